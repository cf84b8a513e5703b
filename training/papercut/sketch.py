"""A first guess of every token's latent, from prompts and bearings alone, before anything is denoised.

Where prompts leave little open, most of a picture is a function of what is said and where one looks: who, in which colour,
where and when; and how far from the subject's middle. A network of a few layers that is asked for one token at a time
learns such a function many times faster than a transformer does among its noise, and what it guesses costs nothing beside
one step of it: it is the same for all steps. The transformer is told the guess beside the bearings, and has left to it
what tokens can only know of each other.

It is not given the text's features, by which it would tell one sentence from another, but what they say: a distribution
over the values of each attribute, and over saying nothing of it.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from .attributes import ATTRIBUTES, UNKNOWN
from .bearings import Telling
from .films import Record
from .patches import cells_of

READ = tuple(column for column, name in enumerate(ATTRIBUTES) if not name.endswith("1"))
"""Columns of the attributes that are read: of the first subject and of the shot."""
VALUES = [len(list(ATTRIBUTES.values())[column]) + 1 for column in READ]
"""Of each, the last being that nothing is said."""
GAIN = 4.0
"""Of logits: a linear layer on a finished text encoder learns faster than the layers behind it."""
BESIDE = 0.15
"""Weight of a cell without a subject against one that is all of it."""
EVEN = 4
"""The engine's matrix products take rows of a multiple of so many values."""


class Sketch(nn.Module):
    def __init__(self, config: dict) -> None:
        """config: the transformer's."""
        super().__init__()
        width, layers = config["sketch"], config["sketch_layers"]
        _, down, across = config["patch"]
        self.reading = nn.Linear(config["text_dim"], sum(VALUES))
        known = Telling.of(config).values + sum(VALUES)
        self.padding = -known % EVEN
        self.first = nn.Linear(known + self.padding, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers - 1))
        self.guess = nn.Linear(width, down * across * config["z"])
        nn.init.zeros_(self.guess.weight)
        nn.init.zeros_(self.guess.bias)

    def logits(self, text: torch.Tensor, real: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Of what prompts say, for each attribute of `READ` [films, shots, values]. text: [films, shots, length, text_dim];
        real: [films, shots, length], false for padding.
        """
        kept = real[..., None].to(text.dtype)
        mean = (text * kept).sum(-2) / kept.sum(-2)
        return (GAIN * self.reading(mean)).split(VALUES, -1)

    def read(self, text: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """What prompts say, as one distribution behind the other [films, shots, sum of VALUES]. Shapes as in `logits`."""
        return torch.cat([part.float().softmax(-1) for part in self.logits(text, real)], -1)

    def forward(self, said: torch.Tensor, told: torch.Tensor, shots: torch.Tensor) -> torch.Tensor:
        """said: [films, shots, sum of VALUES]; told: of `bearings.told` [films, N, values]; shots: [films, frames] ->
        [films, N, cells * z], ordered (row, column, z).
        """
        return self.of_tokens(known_of_tokens(said, told, shots))

    def of_tokens(self, known: torch.Tensor) -> torch.Tensor:
        """known: of `known_of_tokens` [..., values] -> [..., cells * z]"""
        x = F.gelu(self.first(F.pad(known, (0, self.padding))), approximate="tanh")
        for layer in self.layers:
            x = F.gelu(layer(x), approximate="tanh")
        return self.guess(x)


def known_of_tokens(said: torch.Tensor, told: torch.Tensor, shots: torch.Tensor) -> torch.Tensor:
    """What tokens are told, and behind it what their shots' prompts say [films, N, values]. Arguments as in `Sketch.forward`."""
    of_frames = said.gather(1, shots[..., None].expand(-1, -1, said.shape[-1]))
    of_tokens = of_frames.repeat_interleave(told.shape[1] // shots.shape[1], 1)
    return torch.cat([told, of_tokens.to(told.dtype)], -1)


def guess_errors(guess: torch.Tensor, films: Record, patch: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Squared errors of guesses [films, N, cells, z], and how much cells show a subject [films, N, cells]."""
    covered = cells_of(films["cells"][:, None].float() / 255, patch)
    error = (guess.float() - cells_of(films["latent"].float(), patch)).square()
    return error.unflatten(-1, (covered.shape[-1], -1)), covered


def weighed_by_subject(error: torch.Tensor, covered: torch.Tensor) -> torch.Tensor:
    """The mean of errors of cells, those that show a subject counting most."""
    weight = BESIDE + covered
    return (weight * error).mean() / weight.mean()


def misread(logits: Sequence[torch.Tensor], told: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy of `Sketch.logits` over attributes. told: what captions say [films, shots, attributes]."""
    entropies = [
        F.cross_entropy(part.flatten(0, 1), answer.flatten()) for part, answer in zip(logits, answers_of(told))
    ]
    return torch.stack(entropies).mean()


def answers_of(told: torch.Tensor) -> list[torch.Tensor]:
    """What a shot's caption says of each attribute of `READ`, the last value for nothing. told: [..., attributes]."""
    answers = []
    for column, values in zip(READ, VALUES):
        value = told[..., column].long()
        answers.append(torch.where(value == UNKNOWN, values - 1, value))
    return answers


def said_exactly(told: torch.Tensor) -> torch.Tensor:
    """[..., attributes] as distributions without doubt [..., sum of VALUES]."""
    parts = [F.one_hot(answer, values) for answer, values in zip(answers_of(told), VALUES)]
    return torch.cat(parts, -1).float()
