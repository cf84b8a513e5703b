"""What tokens are told of where they are: inside a subject's mark or not and, with bearings, where in the picture and the
shot, and where from the subject.

Attention finds such things out as well, from what neighbours look like, but a small network spends most of its training
on that. One that is told has only to know what is at a place: its sceneries lie still and its subjects have outlines.
"""

import math
from typing import NamedTuple

import torch
from torch.nn import functional as F

from .camera import FRAMES_A_SECOND
from .world.drawing import SCENERIES

IN_PICTURE = (1, 2, 4)
"""Half turns in a height of the picture."""
DEPTHS = (1.5, 4.4)
"""How much further than pictures do on the whole what is far and what is near moves under the camera."""
MOVED = 10
UNKNOWN = -1
"""In place of a scenery's number."""
IN_SECONDS = (0.4, 0.8, 1.6)
"""Turns a second."""
FROM_SUBJECT = (0.5, 1, 2, 4, 8)
"""Half turns in a radius of the mark."""
BESIDE = (0.5, 1, 2)
"""Half turns in a token."""
NEARER_PAN = 1.27
"""How much more a subject moves under the camera than the whole of a picture does."""
GONE = (0.4, 0.8)
"""Turns while a subject goes as far as its mark's radius from top to bottom: limbs and wheels go by the way gone."""
NEAR = 2.5
"""Radii of the mark within which tokens are told of the subject."""
USUAL_RADII = (0.15, 0.25)
SPEED, GROWTH, LENGTH = 20, 10, 3
OF_PICTURE = 3 + 4 * len(IN_PICTURE)
OF_SHOT = 2 + 2 * len(IN_SECONDS) + SCENERIES
OF_CAMERA = 3 + 2 * len(DEPTHS) * len(IN_PICTURE)
OF_SUBJECT = 6 + 4 * len(FROM_SUBJECT) + 4 * len(BESIDE) + 2 * len(GONE)
OF_FRAME = 8
"""Values that all tokens of a frame are told alike, at their end."""
PLAIN = 4 + OF_FRAME
"""What is told as it is, neither as waves nor fading with the distance."""
BEARINGS = OF_PICTURE + OF_SHOT + OF_CAMERA + OF_SUBJECT + PLAIN
"""Values that a token is told, beside those of its cells."""
FARTHEST = 6.0
"""Radii of the mark; further away, and where there is none, it is as far."""
FACING = 40


class Course(NamedTuple):
    """What shots [films, shots] are told to look like, beside their marks."""

    marks: torch.Tensor
    """`Mark` [films, subjects, shots, 7], NaN where none is."""
    motions: torch.Tensor
    """How what is seen moves in a latent frame, on the whole [films, shots, 3]: widths to the right, heights down, and the
    logarithm of the magnification."""
    sceneries: torch.Tensor
    """Which of a place's sceneries, or UNKNOWN [films, shots]."""


class Telling(NamedTuple):
    """What a transformer is told: subjects of a shot, 0 or 1, cells along a token's side, and whether there are bearings."""

    subjects: int
    patch: int
    bearings: bool

    @classmethod
    def of(cls, config: dict) -> "Telling":
        return cls(config.get("marks", 0), config["patch"][1], config.get("bearings", False))

    @property
    def values(self) -> int:
        """Of each token."""
        return self.subjects * self.patch**2 + BEARINGS * self.bearings


def told(
    course: Course, shots: torch.Tensor, size: tuple[int, int], telling: Telling
) -> torch.Tensor | None:
    """What tokens are told [films, N, values], first whether their cells are the subject's; None where it is nothing.

    shots: [films, frames]; size: rows and columns of cells.
    """
    if telling.subjects == 0:
        return None
    films, frames = shots.shape
    rows, columns = (cells // telling.patch for cells in size)
    inside = drawn(course.marks, shots, *size).reshape(films, frames, rows, telling.patch, columns, telling.patch)
    values = inside.transpose(3, 4).reshape(films, -1, telling.patch**2)
    if not telling.bearings:
        return values
    bearings = bearings_of(course, shots, rows, columns)
    return torch.cat([values, bearings.reshape(films, -1, BEARINGS)], -1)


def bearings_of(course: Course, shots: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """[films, frames, rows, columns, BEARINGS] of tokens. shots: [films, frames]."""
    films, frames = shots.shape
    device = shots.device
    y = ((torch.arange(rows, device=device) + 0.5) / rows)[:, None].expand(rows, columns)
    x = ((torch.arange(columns, device=device) + 0.5) / columns).expand(rows, columns)
    aspect = columns / rows
    across, down = (x - 0.5) * aspect, y - 0.5
    of_picture = [across, down, torch.full_like(x, math.log(aspect)), *waves((across, down), IN_PICTURE)]

    since = frames_since(shots)
    count = (shots[:, None] == shots[..., None]).sum(-1)
    seconds = since / FRAMES_A_SECOND
    of_shot = [(since + 0.5) / count - 0.5, count.float().log() / LENGTH]
    of_shot += waves((seconds,), [2 * turns for turns in IN_SECONDS])
    scenery = course.sceneries.to(device).gather(1, shots)
    of_shot += [(scenery == which).float() for which in range(SCENERIES)]

    def of_frames(of_shots: torch.Tensor) -> torch.Tensor:
        """[films, shots, values] -> [films, frames, values]"""
        return of_shots.to(device).gather(1, shots[..., None].expand(-1, -1, of_shots.shape[-1]))

    # Moves are centred in the middle of their shots.
    moved = of_frames(course.motions) * (since + 0.5 - count / 2)[..., None]
    moved_right, moved_down, nearer_by = (value[..., None, None] for value in moved.unbind(-1))
    of_camera = [MOVED * value for value in (moved_right, moved_down, nearer_by)]
    of_camera += waves(tuple(across - depth * aspect * moved_right for depth in DEPTHS), IN_PICTURE)

    mark_x, mark_y, right, falls, width, height, nearer = (
        value[..., None, None] for value in of_frames(course.marks[:, 0]).unbind(-1)
    )
    time = since[..., None, None]
    grown = (nearer * time).exp()
    width, height = width * grown, height * grown
    off_x, off_y = x - mark_x - right * time, y - mark_y - falls * time
    u, v = off_x / width, off_y / height
    gone = right * time * aspect / height
    of_subject = [
        torch.ones_like(u),
        (width / USUAL_RADII[0]).log().expand_as(u),
        (height / USUAL_RADII[1]).log().expand_as(u),
        *((SPEED * speed).tanh().expand_as(u) for speed in (right, falls)),
        (GROWTH * nearer).expand_as(u),
        *waves((u, v), FROM_SUBJECT),
        *waves((off_x * columns, off_y * rows), BESIDE),
        *(wave.expand_as(u) for wave in waves((gone,), [2 * turns for turns in GONE])),
    ]
    plain = [
        *(place.nan_to_num(nan=FARTHEST).clamp(-FARTHEST, FARTHEST) for place in (u, v)),
        *(cell.clamp(max=FARTHEST) for cell in (0.25 / columns / width, 0.25 / rows / height)),
        torch.full_like(width, 1 / rows),
        torch.full_like(width, aspect),
        (~width.isnan()).float(),
        mark_x + right * time - 0.5,
        mark_y + falls * time - 0.5,
        (width / USUAL_RADII[0]).log(),
        (height / USUAL_RADII[1]).log(),
        # Against what the camera does, which way it goes.
        (FACING * (right - NEARER_PAN * of_frames(course.motions)[..., 0, None, None])).tanh(),
    ]
    near = (-(u.square() + v.square()) / NEAR**2).exp()
    shape = (films, frames, rows, columns)
    told = [
        *(value.expand(shape) for value in of_picture),
        *(value[..., None, None].expand(shape) for value in of_shot),
        *(value.expand(shape) for value in of_camera),
        *((near * value).nan_to_num(nan=0.0) for value in of_subject),
        *(value.nan_to_num(nan=0.0).expand(shape) for value in plain),
    ]
    return torch.stack(told, -1).float()


class Placed(NamedTuple):
    """What of `told` [..., values] says where tokens are."""

    cells: torch.Tensor
    """The four cells' middles, in heights from the middle of the picture [..., 4, 2], to the right and down."""
    from_subject: torch.Tensor
    """The token's middle, in radii of the mark from its middle [..., 2]."""
    half: torch.Tensor
    """Half of a token, in radii of the mark [..., 2]."""
    moved: torch.Tensor
    """By how much what is seen has moved since the middle of the shot, times `MOVED` [..., 3]."""
    scenery: torch.Tensor
    """Which one [..., SCENERIES]."""
    of_frame: torch.Tensor
    """What frames are told [..., OF_FRAME], at its end which way the subject goes."""
    aspect: torch.Tensor
    """Width of the picture in heights [...]."""


def placed(told: torch.Tensor, telling: Telling) -> Placed:
    """told: as `told` has it, of tokens of four cells."""
    inside = telling.patch**2
    of_camera = inside + OF_PICTURE + OF_SHOT
    plain = told[..., -PLAIN:]
    half = plain[..., 4] / 4
    corners = told.new_tensor([(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)])
    return Placed(
        cells=told[..., None, inside : inside + 2] + corners * half[..., None, None],
        from_subject=plain[..., :2],
        half=2 * plain[..., 2:4],
        moved=told[..., of_camera : of_camera + 3],
        scenery=told[..., of_camera - SCENERIES : of_camera],
        of_frame=plain[..., -OF_FRAME:],
        aspect=plain[..., 5],
    )


def waves(values: tuple[torch.Tensor, ...], half_turns: tuple[float, ...] | list[float]) -> list[torch.Tensor]:
    """Sines and cosines of values, so many half turns in one; by value, then frequency, then sine before cosine."""
    return [
        wave
        for value in values
        for rate in half_turns
        for wave in ((math.pi * rate * value).sin(), (math.pi * rate * value).cos())
    ]


def frames_since(shots: torch.Tensor) -> torch.Tensor:
    """[films, frames]: how many frames of its shot come before each."""
    begins = F.pad(shots.diff(dim=1) != 0, (1, 0), value=True)
    at = torch.arange(shots.shape[1], device=shots.device)
    return at - torch.where(begins, at, 0).cummax(1).values


def drawn(marks: torch.Tensor, shots: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """How much cells are a mark's: 1 in its middle, exp(-1) at its edge; 0 where there is none.

    marks: `Mark` [films, subjects, shots, 7]; shots: [films, frames] -> [films, subjects, frames, rows, columns].
    """
    since = frames_since(shots)[:, None]
    of_frame = shots[:, None, :, None].expand(-1, marks.shape[1], -1, marks.shape[-1])
    x, y, right, down, width, height, nearer = marks.to(shots.device).gather(2, of_frame).unbind(-1)
    grown = (nearer * since).exp()
    columns_at, rows_at = ((torch.arange(n, device=shots.device) + 0.5) / n for n in (columns, rows))
    off_x = (columns_at - (x + right * since)[..., None]) / (width * grown)[..., None]
    off_y = (rows_at - (y + down * since)[..., None]) / (height * grown)[..., None]
    return (-(off_x.square()[..., None, :] + off_y.square()[..., None])).exp().nan_to_num(nan=0.0)
