"""Encoder of the autoencoder: four frames of 16 x 16 pixels become a cell of a latent frame. Training alone needs it."""

import torch
from torch import nn
from torch.nn import functional as F

from .decoder import MemBlock, channels_last, conv3


class Pool(nn.Module):
    """Halves the number of frames: a 1x1 convolution over two frames, the older first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frames, channels, height, width = x.shape
        return self.conv(channels_last(x.contiguous().view(frames // 2, 2 * channels, height, width)))


class Encoder(nn.Module):
    """A linear path, the whitened principal components of blocks of pixels, and a network that adds to it."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        self.temporal, self.spatial, self.ps = config["temporal"], config["spatial"], config["ps"]
        first, second, third = config["enc"]
        blocks = config["enc_mem"]
        block = self.temporal * 3 * self.spatial**2
        self.conv_in = conv3(3 * self.ps**2, first)
        self.down1 = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.pool1 = Pool(second)
        self.mem1 = nn.ModuleList(MemBlock(second) for _ in range(blocks[0]))
        self.down2 = nn.Conv2d(second, third, 3, stride=2, padding=1)
        self.pool2 = Pool(third)
        self.mem2 = nn.ModuleList(MemBlock(third) for _ in range(blocks[1]))
        self.conv_out = conv3(third, config["z"])
        self.register_buffer("lin_w", torch.zeros(config["z"], block))
        self.register_buffer("lin_b", torch.zeros(config["z"]))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """frames: [films, 1 + 4k, 3, H, W] in [-1, 1] -> latent [films, 1 + k, z, H / 16, W / 16], not normalised."""
        films = len(frames)
        blocks = self._first_repeated(frames).flatten(0, 1)
        blocks = blocks.reshape(len(blocks) // self.temporal, -1, *blocks.shape[2:])
        blocks = F.pixel_unshuffle(blocks, self.spatial)
        linear = F.conv2d(blocks, self.lin_w[:, :, None, None], self.lin_b)

        x = F.relu(self.conv_in(channels_last(F.pixel_unshuffle(frames.flatten(0, 1), self.ps))))
        x = self._first_repeated(self.down1(x).unflatten(0, (films, -1))).flatten(0, 1)
        x = self.pool1(x)
        for block in self.mem1:
            x = block(x, films)
        x = self.pool2(self.down2(x))
        for block in self.mem2:
            x = block(x, films)
        latent = self.conv_out(F.relu(x)).float() + linear.float()
        return latent.view(films, -1, *latent.shape[1:])

    def _first_repeated(self, frames: torch.Tensor) -> torch.Tensor:
        """[films, 1 + 4k, ...] -> [films, 4 + 4k, ...]: every latent frame covers four, and cuts lie between latent frames."""
        return torch.cat([frames[:, :1]] * (self.temporal - 1) + [frames], 1)
