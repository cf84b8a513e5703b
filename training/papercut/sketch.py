"""A first guess of every token's latent, from prompts and bearings alone, before anything is denoised.

Where prompts leave little open, most of a picture is a function of what is said and where one looks: who, in which colour,
where and when; and how far from the subject's middle. A network of a few layers that is asked for one token at a time
learns such a function many times faster than a transformer does among its noise, and what it guesses costs nothing beside
one step of it: it is the same for all steps. The transformer is told the guess beside the bearings, and has left to it
what tokens can only know of each other.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .bearings import Telling


class Sketch(nn.Module):
    def __init__(self, config: dict) -> None:
        """config: the transformer's."""
        super().__init__()
        width, layers = config["sketch"], config["sketch_layers"]
        _, down, across = config["patch"]
        self.words = nn.Linear(config["text_dim"], width, bias=False)
        self.bearings = nn.Linear(Telling.of(config).values, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers - 1))
        self.guess = nn.Linear(width, down * across * config["z"])
        for layer in (self.bearings, *self.layers):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        nn.init.kaiming_uniform_(self.words.weight, nonlinearity="relu")
        nn.init.zeros_(self.guess.weight)
        nn.init.zeros_(self.guess.bias)

    def forward(
        self, text: torch.Tensor, real: torch.Tensor, told: torch.Tensor, shots: torch.Tensor
    ) -> torch.Tensor:
        """text: [films, shots, length, text_dim]; real: [films, shots, length], false for padding; told: of `bearings.told`
        [films, N, values]; shots: [films, frames] -> [films, N, cells * z], ordered (row, column, z).
        """
        of_shots = self.words(mean_of_words(text, real))
        of_frames = of_shots.gather(1, shots[..., None].expand(-1, -1, of_shots.shape[-1]))
        of_tokens = of_frames.repeat_interleave(told.shape[1] // shots.shape[1], 1)
        x = F.gelu(self.bearings(told) + of_tokens, approximate="tanh")
        for layer in self.layers:
            x = F.gelu(layer(x), approximate="tanh")
        return self.guess(x)


def mean_of_words(text: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """[films, shots, text_dim]"""
    kept = real[..., None].to(text.dtype)
    return (text * kept).sum(-2) / kept.sum(-2)
