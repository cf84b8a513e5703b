"""Moves of the camera: read from prompts, and given to films by the noise that they start from.

By the way they change from frame to frame, films are told from noise long before anything is seen in them. A network that
always learns from true films takes their motion from them and none from prompts, and what it makes stands still. So the
noise goes along with the camera, in training as in sampling, and the film follows (Burgert et al. 2025, "Go-with-the-Flow:
Motion-Controllable Video Diffusion Models Using Real-Time Warped Noise"). Each frame's noise by itself stays what it was.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch.nn import functional as F

from .world import Camera

FRAMES_A_SECOND = 6
"""Latent ones."""
PARTS = 4
"""Of a latent cell's height and width: noise moves by whole parts, as smoothly as films do."""
REACH = 4
"""Words from the verb to where it goes: "pans slowly to the left"."""


class Move(NamedTuple):
    """How what is seen moves, in a second."""

    right: float = 0.0
    """Widths of the picture."""
    down: float = 0.0
    """Heights of it."""
    nearer: float = 0.0
    """Natural logarithm of the magnification."""
    seconds: float = math.inf
    """A longer shot takes its time, and moves in all as far as one of so many seconds."""


STILL = Move()

MOVES = {
    Camera.PAN_LEFT: Move(right=0.055, seconds=2.9),
    Camera.PAN_RIGHT: Move(right=-0.055, seconds=2.9),
    Camera.TILT_UP: Move(down=0.1, seconds=2.4),
    Camera.TILT_DOWN: Move(down=-0.1, seconds=2.4),
    Camera.ZOOM_IN: Move(nearer=0.08, seconds=2.6),
    Camera.ZOOM_OUT: Move(nearer=-0.08, seconds=2.6),
}
"""Such that latents of films move on the whole as those of renders do: what is near more, what is far less."""

_PAN, _TILT = ("pan", "pans", "panning"), ("tilt", "tilts", "tilting", "looks")
_IN = ("zoom", "zooms", "zooming", "push", "pushes", "pushing", "dolly", "dollies")
_OUT = ("zoom", "zooms", "zooming", "pull", "pulls", "pulling", "dolly", "dollies")
SAID: dict[Camera, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Camera.PAN_LEFT: (_PAN, ("left",)),
    Camera.PAN_RIGHT: (_PAN, ("right",)),
    Camera.TILT_UP: (_TILT, ("up",)),
    Camera.TILT_DOWN: (_TILT, ("down",)),
    Camera.ZOOM_IN: (_IN, ("in",)),
    Camera.ZOOM_OUT: (_OUT, ("out", "back")),
}
"""Verbs, and words of which one follows them soon, in the same clause."""


def said_by(caption: str) -> Camera:
    """The first move that a caption asks for; static where it asks for none."""
    for clause in re.split("[.,;:!?]", caption.lower()):
        words = re.findall("[a-z]+", clause)
        for at, word in enumerate(words):
            for follows in words[at + 1 : at + 1 + REACH]:
                for camera, (verbs, goals) in SAID.items():
                    if word in verbs and follows in goals:
                        return camera
    return Camera.STATIC


@lru_cache(maxsize=4096)
def came_from(frames: int, cells: int, slide: float, growth: float) -> list[list[int]]:
    """Where each of a row's cells, or parts of cells, was a frame before, for every frame of a shot; -1 for one that was not in the picture.

    slide: cells a frame; growth: logarithm of the magnification in a frame, about the row's middle. Things move by whole
    cells, so that noise stays noise; where things are magnified a cell may be two, of which one is new.
    """
    middle = (cells - 1) / 2
    sources, places = [], {}
    for frame in range(frames):
        seen: dict[tuple[int, int], int] = {}
        source = []
        for cell in range(cells):
            thing = math.floor(middle + (cell - middle) * math.exp(-growth * frame) - slide * frame + 0.5)
            copy = 0
            while (thing, copy) in seen:
                copy += 1
            seen[thing, copy] = cell
            source.append(places.get((thing, copy), -1))
        sources.append(source)
        places = seen
    return sources


def travelled(shots: Sequence[int], cameras: Sequence[int], rows: int, columns: int) -> tuple[list, list]:
    """`came_from` of a film's rows [frames, rows] and columns [frames, columns].

    shots: of every latent frame; cameras: of every shot, any number that is no camera standing still.
    """
    down, across = [], []
    for shot in sorted(set(shots)):
        frames = list(shots).count(shot)
        move = MOVES.get(cameras[shot], STILL)
        pace = min(1.0, move.seconds / (frames / FRAMES_A_SECOND)) / FRAMES_A_SECOND
        down += came_from(frames, rows, move.down * rows * pace, move.nearer * pace)
        across += came_from(frames, columns, move.right * columns * pace, move.nearer * pace)
    return down, across


def correlated(
    noise: torch.Tensor,
    shots: torch.Tensor,
    correlation: float,
    cameras: torch.Tensor | None = None,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """Normal noise in which neighbouring latent frames of a shot are alike, and each frame by itself is as before.

    What a network gets wrong depends on the noise: by noise of its own, every frame is wrong in another way, and the film
    flickers (Ge et al. 2023, "Preserve your own correlation", eq. 5).
    noise: [films, z, frames, height, width], independent; shots: [films, frames] of ascending numbers; cameras: [films,
    shots], with which the noise goes along; generator: of the parts of cells.
    """
    if correlation == 0:
        return noise
    films, _, count, rows, columns = noise.shape
    if cameras is None:
        cameras = torch.full((films, int(shots.max()) + 1), int(Camera.STATIC))
    fine = PARTS if MOVES.keys() & set(cameras.flatten().tolist()) else 1
    ways = [travelled(*film, fine * rows, fine * columns) for film in zip(shots.tolist(), cameras.tolist())]
    down, across = (torch.tensor(way, device=noise.device) for way in zip(*ways))
    parts = in_parts(noise[:, :, 0], fine, generator)
    frames = [noise[:, :, 0]]
    for frame in range(1, count):
        fresh = in_parts(noise[:, :, frame], fine, generator)
        row, column = down[:, frame, None, :, None], across[:, frame, None, None, :]
        moved = parts.gather(2, row.clamp(min=0).expand_as(parts))
        moved = moved.gather(3, column.clamp(min=0).expand_as(parts))
        follows = correlation * moved + (1 - correlation**2) ** 0.5 * fresh
        parts = torch.where((row >= 0) & (column >= 0), follows, fresh)
        frames.append(F.avg_pool2d(parts, fine) * fine)
    return torch.stack(frames, 2)


def in_parts(noise: torch.Tensor, fine: int, generator: torch.Generator | None) -> torch.Tensor:
    """Noise of cells [films, z, height, width] as that of fine x fine parts of each, which add up to so many times it."""
    if fine == 1:
        return noise
    films, z, rows, columns = noise.shape
    size = (films, z, rows, fine, columns, fine)
    detail = torch.randn(size, generator=generator, device=noise.device)
    detail -= detail.mean((3, 5), keepdim=True)
    return (detail + noise[:, :, :, None, :, None] / fine).reshape(films, z, fine * rows, fine * columns)


def noise_of(
    captions: Sequence[str], size: tuple[int, ...], shots: torch.Tensor, seed: int, correlation: float
) -> torch.Tensor:
    """What a film is made from that moves as its captions say. size: (1, z, frames, height, width); shots: [1, frames]."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(size, generator=generator)
    cameras = torch.tensor([[said_by(caption) for caption in captions]])
    return correlated(noise, shots, correlation, cameras, generator)
