"""Latents as tokens: the cells of each, one behind the other."""

import torch


def patches_of(x: torch.Tensor, down: int, across: int) -> torch.Tensor:
    """[films, channels, frames, height, width] -> [films, N, channels * down * across], ordered (channel, row, column)."""
    films, channels, frames, height, width = x.shape
    patches = x.reshape(films, channels, frames, height // down, down, width // across, across)
    return patches.permute(0, 2, 3, 5, 1, 4, 6).reshape(films, -1, channels * down * across)


def cells_of(x: torch.Tensor, patch: int) -> torch.Tensor:
    """[films, channels, frames, height, width] -> [films, N, cells * channels], ordered (row, column, channel)."""
    patches = patches_of(x, patch, patch)
    return patches.unflatten(-1, (x.shape[1], -1)).transpose(-1, -2).flatten(-2)
