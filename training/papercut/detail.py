"""Convolutions over latent cells, beside the transformer's tokens.

A token covers several cells, and attention says only roughly how the edges in one go on in the next. Small convolutions
see the noisy cells themselves, across the borders of tokens: what they find joins the tokens, and at the end the tokens
say what is there and convolutions draw it. They cost a tenth of the transformer.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .decoder import channels_last, conv3


class Detail(nn.Module):
    """Starts as if it were not there, so that a finished transformer can be given one."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        channels, dim, z = config["detail"], config["dim"], config["z"]
        self.patch = config["patch"][1]
        cells = self.patch**2
        self.conv1 = conv3(z, channels)
        self.conv2 = conv3(channels, channels)
        self.to_tokens = nn.Linear(channels * cells, dim, bias=False)
        self.of_tokens = nn.Linear(dim, cells * channels)
        self.conv3 = conv3(channels, channels)
        self.conv4 = conv3(channels, channels)
        self.velocity = nn.Linear(channels * cells, cells * z)
        for last in (self.to_tokens, self.velocity):
            nn.init.zeros_(last.weight)
        nn.init.zeros_(self.velocity.bias)

    def look(self, latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """latent: [films, z, frames, height, width].

        Returns what is seen in cells [films * frames, channels, height, width] and what tokens gain by it [films, N, dim].
        """
        cells = channels_last(latent.transpose(1, 2).flatten(0, 1))
        seen = F.relu(self.conv2(F.relu(self.conv1(cells))))
        return seen, self.to_tokens(self._patches(seen, len(latent)))

    def draw(self, seen: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """seen: of `look`; tokens: [films, N, dim]. Returns velocities [films, N, cells * z], ordered (row, column, z)."""
        images, channels, height, width = seen.shape
        p = self.patch
        told = self.of_tokens(tokens).view(images, height // p, width // p, p, p, channels)
        told = told.permute(0, 5, 1, 3, 2, 4).reshape(seen.shape)
        drawn = F.relu(self.conv3(seen) + told)
        return self.velocity(self._patches(F.relu(self.conv4(drawn)), len(tokens)))

    def _patches(self, x: torch.Tensor, films: int) -> torch.Tensor:
        """[films * frames, channels, height, width] -> [films, N, channels * cells], ordered (channel, row, column)."""
        images, channels, height, width = x.shape
        p = self.patch
        x = x.view(images, channels, height // p, p, width // p, p).permute(0, 2, 4, 1, 3, 5)
        return x.reshape(films, -1, channels * p * p)
