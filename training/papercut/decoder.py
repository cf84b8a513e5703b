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


class MemBlock(nn.Module):
    """Residual block that also sees the frame before; before the first there are zeros."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = conv3(2 * channels, channels)
        self.conv2 = conv3(channels, channels)
        self.conv3 = conv3(channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: [frames, channels, height, width]"""
        before = torch.cat([torch.zeros_like(x[:1]), x[:-1]])
        h = F.relu(self.conv1(torch.cat([x, before], 1)))
        return x + self.conv3(F.relu(self.conv2(h)))


class Up(nn.Module):
    """Doubles time and space; outputs of the 1x1 convolution are ordered (frame, channel, dy, dx)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, 8 * outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frames, _, height, width = x.shape
        return F.pixel_shuffle(self.conv(x).reshape(2 * frames, -1, height, width), 2)


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

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """latent: [frames, z, height, width], not normalised -> [1 + temporal * (frames - 1), 3, H, W]."""
        x = LATENT_RANGE * torch.tanh(latent / LATENT_RANGE)
        linear = F.conv2d(x, self.lin_w[:, :, None, None], self.lin_b)
        frames, features, height, width = linear.shape
        linear = linear.reshape(frames * self.temporal, features // self.temporal, height, width)
        linear = F.pixel_shuffle(linear, LINEAR_SPACE)

        x = self.conv_in(x)
        for block in self.mem1:
            x = block(x)
        x = self.up1(x)
        for block in self.mem2:
            x = block(x)
        x = self.up2(x) + self.lin_in(linear)
        for block in self.mem3:
            x = block(x)
        pixels = F.pixel_shuffle(self.conv_out(x) + linear, self.ps)
        # The film's first latent frame holds its first frame, repeated.
        return pixels[self.temporal - 1 :]
