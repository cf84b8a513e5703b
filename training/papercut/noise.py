"""Noise that films start from: alike in neighbouring frames, and going along with the camera.

By the way they change from frame to frame, films are told from noise long before anything is seen in them. A network that
always learns from true films takes their motion from them and none from prompts, and what it makes stands still. So the
noise moves as the film does, in training as in sampling, and the film follows (Burgert et al. 2025, "Go-with-the-Flow:
Motion-Controllable Video Diffusion Models Using Real-Time Warped Noise"). Each frame's noise by itself stays what it was.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch.nn import functional as F

from .attributes import cameras_shown
from .camera import FRAMES_A_SECOND, MOVES, STILL, said_by
from .world import Camera

PARTS = 4
"""Of a latent cell's height and width: noise moves by whole parts, as smoothly as films do."""


def noise_of(
    captions: Sequence[str], size: tuple[int, ...], shots: torch.Tensor, seed: int, correlation: float
) -> torch.Tensor:
    """What a film is made from that moves as its captions say. size: (1, z, frames, height, width); shots: [1, frames]."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(size, generator=generator)
    cameras = torch.tensor([[said_by(caption) for caption in captions]])
    return correlated(noise, shots, correlation, cameras, generator)


def noise_for(films: dict[str, torch.Tensor], correlation: float, generator: torch.Generator) -> torch.Tensor:
    """What rendered films, as `latents_of` keeps them, are made noisy by: it moves as they do. generator: on their device."""
    latent = films["latent"]
    noise = torch.randn(latent.shape, generator=generator, device=latent.device)
    return correlated(noise, films["shots"], correlation, cameras_shown(films["shown"]), generator)


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
    back = in_parts(noise[:, :, 0], fine, generator)
    frames = [noise[:, :, 0]]
    for frame in range(1, count):
        fresh = in_parts(noise[:, :, frame], fine, generator)
        row, column = down[:, frame, None, :, None], across[:, frame, None, None, :]
        follows = correlation * moved(back, row, column) + (1 - correlation**2) ** 0.5 * fresh
        back = torch.where((row >= 0) & (column >= 0), follows, fresh)
        frames.append(F.avg_pool2d(back, fine) * fine)
    return torch.stack(frames, 2)


def moved(parts: torch.Tensor, row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
    """parts [films, z, rows, columns], taken from a row [films, 1, rows, 1] and a column [films, 1, 1, columns] each."""
    taken = parts.gather(2, row.clamp(min=0).expand_as(parts))
    return taken.gather(3, column.clamp(min=0).expand_as(parts))


def in_parts(noise: torch.Tensor, fine: int, generator: torch.Generator | None) -> torch.Tensor:
    """Noise of cells [films, z, height, width] as that of fine x fine parts of each, which add up to so many times it."""
    if fine == 1:
        return noise
    films, z, rows, columns = noise.shape
    size = (films, z, rows, fine, columns, fine)
    detail = torch.randn(size, generator=generator, device=noise.device)
    detail -= detail.mean((3, 5), keepdim=True)
    return (detail + noise[:, :, :, None, :, None] / fine).reshape(films, z, fine * rows, fine * columns)


def moved_in_a_frame(camera: int, frames: int) -> tuple[float, float, float]:
    """How far what is seen moves in a latent frame of a shot of so many: to the right, down, and nearer."""
    move = MOVES.get(camera, STILL)
    pace = min(1.0, move.seconds / (frames / FRAMES_A_SECOND)) / FRAMES_A_SECOND
    return move.right * pace, move.down * pace, move.nearer * pace


def motions_of(cameras: torch.Tensor, shots: torch.Tensor) -> torch.Tensor:
    """What `moved_in_a_frame` says of shots [films, shots, 3]. cameras: [films, shots]; shots: [films, frames]."""
    motions = [
        [moved_in_a_frame(camera, max(1, of_frames.count(shot))) for shot, camera in enumerate(of_shots)]
        for of_shots, of_frames in zip(cameras.tolist(), shots.tolist())
    ]
    return torch.tensor(motions)


def travelled(shots: Sequence[int], cameras: Sequence[int], rows: int, columns: int) -> tuple[list, list]:
    """`came_from` of a film's rows [frames, rows] and columns [frames, columns].

    shots: of every latent frame; cameras: of every shot, any number that is no camera standing still.
    """
    down, across = [], []
    for shot in sorted(set(shots)):
        frames = list(shots).count(shot)
        slide, sink, nearer = moved_in_a_frame(cameras[shot], frames)
        down += came_from(frames, rows, sink * rows, nearer)
        across += came_from(frames, columns, slide * columns, nearer)
    return down, across


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
