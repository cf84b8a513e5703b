"""Decoder of the TAEHV family: a latent frame becomes four frames, sixteen times as high and wide.

A linear path runs beside the network; the network sees its picture and adds to it.
"""

import torch
from torch import nn
from torch.nn import functional as F

LATENT_RANGE = 6
LINEAR_SPACE = 4


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def channels_last(x: torch.Tensor) -> torch.Tensor:
    """The order in memory that convolutions are fastest in."""
    return x.contiguous(memory_format=torch.channels_last)


class MemBlock(nn.Module):
    """Residual block that also sees the frame before; before the first there are zeros."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = conv3(2 * channels, channels)
        self.conv2 = conv3(channels, channels)
        self.conv3 = conv3(channels, channels)

    def forward(self, x: torch.Tensor, films: int) -> torch.Tensor:
        """x: [films * frames, channels, height, width]"""
        by_film = x.view(films, -1, *x.shape[1:])
        before = torch.cat([torch.zeros_like(by_film[:, :1]), by_film[:, :-1]], 1).flatten(0, 1)
        h = F.relu(self.conv1(channels_last(torch.cat([x, before], 1))))
        # Linear after the sum: with TAEHV's ReLU there, the stream died in training.
        return x + self.conv3(F.relu(self.conv2(h)))


class Up(nn.Module):
    """Doubles time and space; outputs of the 1x1 convolution are ordered (frame, channel, dy, dx)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, 8 * outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frames, _, height, width = x.shape
        pairs = self.conv(x).contiguous().view(2 * frames, -1, height, width)
        return channels_last(F.pixel_shuffle(pairs, 2))


class Decoder(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        z, self.temporal, self.ps = config["z"], config["temporal"], config["ps"]
        first, second, third = config["dec"]
        blocks = [
            nn.ModuleList(MemBlock(channels) for _ in range(count))
            for channels, count in zip(config["dec"], config["dec_mem"])
        ]
        picture = 3 * self.ps**2
        pixels = self.temporal * picture * LINEAR_SPACE**2
        self.conv_in = conv3(z, first)
        self.mem1, self.mem2, self.mem3 = blocks
        self.up1 = Up(first, second)
        self.up2 = Up(second, third)
        self.lin_in = conv3(picture, third)
        self.conv_out = conv3(third, picture)
        self.register_buffer("lin_w", torch.zeros(pixels, z))
        self.register_buffer("lin_b", torch.zeros(pixels))

    def picture(self, x: torch.Tensor) -> torch.Tensor:
        """The linear path: [n, z, height, width] -> [temporal * n, colours of ps x ps pixels, 4 height, 4 width]."""
        linear = F.conv2d(x.contiguous(), self.lin_w[:, :, None, None], self.lin_b)
        frames, features, height, width = linear.shape
        linear = linear.view(frames * self.temporal, features // self.temporal, height, width)
        return F.pixel_shuffle(linear, LINEAR_SPACE)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """latent: [films, frames, z, height, width], not normalised -> [films, 1 + temporal * (frames - 1), 3, H, W]."""
        films = len(latent)
        x = LATENT_RANGE * torch.tanh(latent.flatten(0, 1) / LATENT_RANGE)
        linear = self.picture(x)
        x = self.conv_in(channels_last(x))
        for block in self.mem1:
            x = block(x, films)
        x = self.up1(x)
        for block in self.mem2:
            x = block(x, films)
        x = self.up2(x) + self.lin_in(channels_last(linear))
        for block in self.mem3:
            x = block(x, films)
        pixels = F.pixel_shuffle((self.conv_out(x) + linear).contiguous(), self.ps)
        # The film's first latent frame holds its first frame, repeated.
        return pixels.view(films, -1, *pixels.shape[1:])[:, self.temporal - 1 :]


def flops_per_pixel(config: dict) -> float:
    """Multiplications and additions that decoding takes for a pixel of a frame."""
    z, temporal, ps = config["z"], config["temporal"], config["ps"]
    first, second, third = config["dec"]
    blocks = [4 * 9 * channels**2 * count for channels, count in zip(config["dec"], config["dec_mem"])]
    picture = 3 * ps**2
    cell = temporal * (ps * LINEAR_SPACE) ** 2
    per_cell = z * (9 * first + temporal * picture * LINEAR_SPACE**2) + blocks[0] + first * 8 * second
    per_quarter = blocks[1] + second * 8 * third
    per_patch = 9 * 2 * picture * third + blocks[2]
    return 2 * (per_cell / cell + 8 * per_quarter / cell + per_patch / ps**2)
