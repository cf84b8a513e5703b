"""Noise that films start from: alike in neighbouring frames, and going along with the camera and with subjects.

By the way they change from frame to frame, films are told from noise long before anything is seen in them. A network that
always learns from true films takes their motion from them and none from prompts, and what it makes stands still. So the
noise moves as the film does, in training as in sampling, and the film follows (Burgert et al. 2025, "Go-with-the-Flow:
Motion-Controllable Video Diffusion Models Using Real-Time Warped Noise"). Each frame's noise by itself stays what it was.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch.nn import functional as F

from .attributes import cameras_shown
from .camera import MOVES, STILL, said_by
from .paths import paths_said, paths_shown
from .world import Camera

FRAMES_A_SECOND = 6
"""Latent ones."""
PARTS = 4
"""Of a latent cell's height and width: noise moves by whole parts, as smoothly as films do."""


class NoiseKind(NamedTuple):
    """What a model has learnt to start from."""

    correlation: float = 0.0
    """Of neighbouring latent frames of a shot; see `correlated`."""
    subjects: bool = False
    """It goes along with subjects, too."""


def noise_of(
    captions: Sequence[str], size: tuple[int, ...], shots: torch.Tensor, seed: int, kind: NoiseKind
) -> torch.Tensor:
    """What a film is made from that moves as its captions say. size: (1, z, frames, height, width); shots: [1, frames]."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(size, generator=generator)
    cameras = [said_by(caption) for caption in captions]
    lengths = [int((shots == shot).sum()) for shot in range(len(captions))]
    slides = [moved_in_a_frame(camera, length)[:2] for camera, length in zip(cameras, lengths)]
    paths = paths_said(captions, lengths, FRAMES_A_SECOND, slides)[None] if kind.subjects else None
    return correlated(noise, shots, kind.correlation, torch.tensor([cameras]), generator, paths)


def noise_for(films: dict[str, torch.Tensor], kind: NoiseKind, generator: torch.Generator) -> torch.Tensor:
    """What rendered films, as `latents_of` keeps them, are made noisy by: it moves as they do. generator: on their device."""
    latent = films["latent"]
    noise = torch.randn(latent.shape, generator=generator, device=latent.device)
    paths = None
    if kind.subjects:
        paths = paths_shown(films["cells"], films["shots"], films["shown"], generator)
    return correlated(noise, films["shots"], kind.correlation, cameras_shown(films["shown"]), generator, paths)


def correlated(
    noise: torch.Tensor,
    shots: torch.Tensor,
    correlation: float,
    cameras: torch.Tensor | None = None,
    generator: torch.Generator | None = None,
    paths: torch.Tensor | None = None,
) -> torch.Tensor:
    """Normal noise in which neighbouring latent frames of a shot are alike, and each frame by itself is as before.

    What a network gets wrong depends on the noise: by noise of its own, every frame is wrong in another way, and the film
    flickers (Ge et al. 2023, "Preserve your own correlation", eq. 5).
    noise: [films, z, frames, height, width], independent; shots: [films, frames] of ascending numbers; cameras: [films,
    shots], with which the noise goes along; generator: of the parts of cells; paths: of subjects, `Path` [films, shots, 6],
    NaN where none moves by itself. What a subject covers in a shot's first frame goes with it, in front of the rest.
    """
    if correlation == 0:
        return noise
    films, _, count, rows, columns = noise.shape
    if cameras is None:
        cameras = torch.full((films, int(shots.max()) + 1), int(Camera.STATIC))
    in_front = paths is not None and not bool(paths.isnan().all())
    fine = PARTS if in_front or MOVES.keys() & set(cameras.flatten().tolist()) else 1
    ways = [travelled(*film, fine * rows, fine * columns) for film in zip(shots.tolist(), cameras.tolist())]
    down, across = (torch.tensor(way, device=noise.device) for way in zip(*ways))
    layer = Front(paths, shots, fine * rows, fine * columns, generator) if in_front else None
    back = in_parts(noise[:, :, 0], fine, generator)
    if layer:
        back = layer.begin(back, 0)
    frames = [noise[:, :, 0]]
    for frame in range(1, count):
        fresh = in_parts(noise[:, :, frame], fine, generator)
        row, column = down[:, frame, None, :, None], across[:, frame, None, None, :]
        follows = correlation * moved(back, row, column) + (1 - correlation**2) ** 0.5 * fresh
        back = torch.where((row >= 0) & (column >= 0), follows, fresh)
        if not layer:
            frames.append(F.avg_pool2d(back, fine) * fine)
            continue
        frames.append(F.avg_pool2d(layer.seen(back, fresh, frame, correlation), fine) * fine)
        back = layer.begin(back, frame)
    return torch.stack(frames, 2)


class Front:
    """What goes along with subjects, in front of a film's other noise, by parts of cells."""

    def __init__(
        self,
        paths: torch.Tensor,
        shots: torch.Tensor,
        rows: int,
        columns: int,
        generator: torch.Generator | None,
    ) -> None:
        self._generator = generator
        begins = F.pad(shots.diff(dim=1) != 0, (1, 0), value=True)
        first = torch.where(begins, torch.arange(shots.shape[1], device=shots.device), 0).cummax(1).values
        self._begins = begins
        since = torch.arange(shots.shape[1], device=shots.device) - first
        size = torch.tensor([columns, rows], device=shots.device)
        path = paths.to(shots.device).gather(1, shots[..., None].expand(-1, -1, paths.shape[-1]))
        start, speed, radii = (path[..., i : i + 2] * size for i in (0, 2, 4))
        # Whole parts from where it was in the first frame: [films, frames, 2]
        gone = (speed * since[..., None] + 0.5).floor()
        self._gone = gone.nan_to_num()
        x, y = (torch.arange(count, device=shots.device) for count in (columns, rows))
        centre = start + gone
        across = (x - centre[..., 0, None] + 0.5) / radii[..., 0, None]
        down = (y - centre[..., 1, None] + 0.5) / radii[..., 1, None]
        self._covers = (across.square()[:, :, None] + down.square()[..., None] < 1)[:, None]
        """[films, 1, frames, rows, columns]"""
        self._parts: torch.Tensor | None = None

    def begin(self, back: torch.Tensor, frame: int) -> torch.Tensor:
        """At a shot's first frame what a subject covers goes over to the front, and is new in the back, which it returns."""
        begins = self._begins[:, frame, None, None, None]
        if not bool(begins.any()):
            return back
        new = torch.randn(back.shape, generator=self._generator, device=back.device)
        self._parts = back if self._parts is None else torch.where(begins, back, self._parts)
        return torch.where(begins & self._covers[:, :, frame], new, back)

    def seen(self, back: torch.Tensor, fresh: torch.Tensor, frame: int, correlation: float) -> torch.Tensor:
        """A frame: the back, and before it what goes along with subjects."""
        begins = self._begins[:, frame, None, None, None]
        columns, rows = back.shape[-1], back.shape[-2]
        step = (self._gone[:, frame] - self._gone[:, frame - 1]).long()
        row = (torch.arange(rows, device=back.device) - step[:, 1, None])[:, None, :, None]
        column = (torch.arange(columns, device=back.device) - step[:, 0, None])[:, None, None, :]
        parts = moved(self._parts, row.clamp(max=rows - 1), column.clamp(max=columns - 1))
        known = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        self._parts = torch.where(known, correlation * parts + (1 - correlation**2) ** 0.5 * fresh, fresh)
        return torch.where(self._covers[:, :, frame] & ~begins, self._parts, back)


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
