"""How faithful the autoencoder is, and whether pictures flicker where shots meet."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional as F

from ..world import Film, render
from .attributes import frames_of_shots
from .interface import Judged

WINDOW, SPREAD = 11, 1.5
"""Of SSIM's Gaussian, Wang et al. 2004."""
NEAR_CUT = 4
"""Frames on either side of a cut that count as next to it: one latent frame."""
LUMA = (0.299, 0.587, 0.114)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Of uint8 pictures, over everything, in dB."""
    error = np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-10)))


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Mean structural similarity of the luma of uint8 [n, 3, height, width]."""
    offsets = torch.arange(WINDOW) - WINDOW // 2
    weights = torch.exp(-(offsets.float() ** 2) / (2 * SPREAD**2))
    weights = weights / weights.sum()

    def luma(frames: np.ndarray) -> torch.Tensor:
        return torch.einsum("nchw,c->nhw", torch.from_numpy(frames).float(), torch.tensor(LUMA))[:, None]

    def local(x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(F.conv2d(x, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))

    x, y = luma(one), luma(other)
    mean_x, mean_y = local(x), local(y)
    var_x, var_y = local(x * x) - mean_x**2, local(y * y) - mean_y**2
    both = local(x * y) - mean_x * mean_y
    a, b = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = (2 * mean_x * mean_y + a) * (2 * both + b) / ((mean_x**2 + mean_y**2 + a) * (var_x + var_y + b))
    return float(index.mean())


def near_cuts(film: Film) -> np.ndarray:
    """bool [frames]: next to a cut."""
    near = np.zeros(film.frames, bool)
    for number, (_, first) in enumerate(frames_of_shots(film)):
        if number:
            near[max(0, first - NEAR_CUT) : first + NEAR_CUT] = True
    return near


def within_shots(film: Film) -> np.ndarray:
    """bool [frames - 1]: whether a frame and the next one belong to one shot."""
    inside = np.ones(film.frames - 1, bool)
    for number, (_, first) in enumerate(frames_of_shots(film)):
        if number:
            inside[first - 1] = False
    return inside


def change(frames: np.ndarray) -> np.ndarray:
    """[frames - 1, ...]: from each frame to the next, in grey levels."""
    return np.diff(frames.astype(np.int16), axis=0).astype(np.float32)


def autoencoder_fidelity(judged: Judged, films: Sequence[Film]) -> dict[str, float]:
    """Means over held-out films: PSNR, SSIM, both PSNRs by distance from cuts, and flicker, which is change from frame
    to frame that the original has not, in grey levels."""
    rows: dict[str, list[float]] = {}
    for film in films:
        original = render(film, threads=2).frames
        copy = judged.reconstruct(original)
        near, inside = near_cuts(film), within_shots(film)
        row = {"psnr": psnr(original, copy), "ssim": ssim(original, copy)}
        flicker = np.abs(change(copy) - change(original)).mean((1, 2, 3))
        if near.any() and not near.all():
            row["psnr at cuts"] = psnr(original[near], copy[near])
            row["psnr elsewhere"] = psnr(original[~near], copy[~near])
            beside = near[1:] & near[:-1]
            row["flicker at cuts"] = float(flicker[inside & beside].mean())
            row["flicker elsewhere"] = float(flicker[inside & ~beside].mean())
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
    return {name: round(float(np.mean(values)), 4) for name, values in rows.items()}


def restlessness(film: Film, frames: np.ndarray) -> dict[str, float]:
    """Of a sample: mean change from frame to frame within shots, next to cuts and elsewhere, in grey levels."""
    moved = np.abs(change(frames)).mean((1, 2, 3))
    near, inside = near_cuts(film), within_shots(film)
    beside = near[1:] & near[:-1]
    out = {}
    if (inside & beside).any():
        out["at cuts"] = float(moved[inside & beside].mean())
    if (inside & ~beside).any():
        out["elsewhere"] = float(moved[inside & ~beside].mean())
    return out
