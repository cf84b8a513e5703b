"""Convolutions over latent cells, beside the transformer's tokens.

A token covers several cells, and attention says only roughly how the edges in one go on in the next. Small convolutions
see the noisy cells themselves, across the borders of tokens: what they find joins the tokens, and at the end the tokens
say what is there and convolutions draw it. They cost an eighth of the transformer.

The frames of a shot show much the same thing, so that what the first convolution finds may be blended over the frames
around, by channel: little arithmetic, and it may hold outlines steady.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .decoder import channels_last, conv3


class Residual(nn.Module):
    """Two convolutions whose finding is added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = conv3(channels, channels)
        self.conv2 = conv3(channels, channels)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv2(F.relu(self.conv1(x)))


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
        self.residuals = nn.ModuleList()
        self.add_residuals(config.get("detail_residuals", 0))
        self.blend: nn.Parameter | None = None
        if reach := config.get("detail_reach", 0):
            self.add_blend(reach)
        for last in (self.to_tokens, self.velocity):
            nn.init.zeros_(last.weight)
        nn.init.zeros_(self.velocity.bias)

    def add_residuals(self, count: int) -> None:
        """Draws with so many more pairs of convolutions, each of which adds to what is drawn. Changes nothing yet."""
        channels = self.conv1.out_channels
        for _ in range(count):
            self.residuals.append(Residual(channels).to(self.conv1.weight.device))

    def add_blend(self, reach: int) -> None:
        """Lets frames see so many on either side of them, within their shot. Changes nothing yet."""
        self.blend = nn.Parameter(self.conv1.weight.new_zeros(2 * reach, self.conv1.out_channels))

    def look(self, latent: torch.Tensor, shots: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """latent: [films, z, frames, height, width]; shots: [films, frames].

        Returns what is seen in cells [films * frames, channels, height, width] and what tokens gain by it [films, N, dim].
        """
        cells = self.conv1(channels_last(latent.transpose(1, 2).flatten(0, 1)))
        if self.blend is not None:
            cells = blended(cells, self.blend, frames_beside(shots, len(self.blend) // 2))
        seen = F.relu(self.conv2(F.relu(cells)))
        return seen, self.to_tokens(self._patches(seen, len(latent)))

    def draw(self, seen: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """seen: of `look`; tokens: [films, N, dim]. Returns velocities [films, N, cells * z], ordered (row, column, z)."""
        images, channels, height, width = seen.shape
        p = self.patch
        told = self.of_tokens(tokens).view(images, height // p, width // p, p, p, channels)
        told = told.permute(0, 5, 1, 3, 2, 4).reshape(seen.shape)
        drawn = F.relu(self.conv4(F.relu(self.conv3(seen) + told)))
        for residual in self.residuals:
            drawn = residual(drawn)
        return self.velocity(self._patches(drawn, len(tokens)))

    def _patches(self, x: torch.Tensor, films: int) -> torch.Tensor:
        """[films * frames, channels, height, width] -> [films, N, channels * cells], ordered (channel, row, column)."""
        images, channels, height, width = x.shape
        p = self.patch
        x = x.view(images, channels, height // p, p, width // p, p).permute(0, 2, 4, 1, 3, 5)
        return x.reshape(films, -1, channels * p * p)


def frames_beside(shots: torch.Tensor, reach: int) -> torch.Tensor:
    """[2 * reach, films * frames]: for each distance from -reach to reach, but for 0, which of all films' frames lies there.

    shots: [films, frames]. Where a shot has no such frame it is the frame itself.
    """
    films, frames = shots.shape
    own = torch.arange(frames, device=shots.device)
    first = torch.arange(films, device=shots.device)[:, None] * frames
    beside = []
    for distance in (*range(-reach, 0), *range(1, reach + 1)):
        there = (own + distance).clamp(0, frames - 1).expand(films, -1)
        same = (own + distance == there) & (shots.gather(1, there) == shots)
        beside.append((torch.where(same, there, own) + first).flatten())
    return torch.stack(beside)


def blended(x: torch.Tensor, weight: torch.Tensor, beside: torch.Tensor) -> torch.Tensor:
    """x [n, channels, height, width] drawn towards other frames: x + the sum of weight * (frame beside - x) over distances.

    weight: [distances, channels]; beside: [distances, n].
    """
    y = x * (1 - weight.sum(0))[:, None, None]
    for share, places in zip(weight, beside):
        y = y + share[:, None, None] * x[places]
    return y
