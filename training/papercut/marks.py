"""Marks of subjects: where in the picture they stand and where they go, seen in rendered films or set by prompts.

A mark is an ellipse of its subject's size, which goes straight on and evenly through a shot. The transformer sees marks
beside what it denoises, from the first step on, when there is nothing else to see: a film's subjects stand where they are
told to and go where they are told to, and all tokens of a subject know each other for the same across cuts.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

import numpy as np
import torch

from .attributes import cameras_shown
from .bearings import NEARER_PAN, Course, Telling, told
from .camera import FRAMES_A_SECOND, MOVES, STILL, said_by
from .noise import motions_of, moved_in_a_frame
from .world import Action, Camera, Film, Kind, Masks, Scope, Size, draw_film, render
from .world.drawing import SCENERIES, Wishes
from .world.motion import MOST_TRAVEL, PACE
from .world.spec import ACTIONS_OF, PLACES_OF
from .world.words import ACTIONS, COLOURS, GOING, NOUNS, PRONOUNS, RUNNING, SIZES, SPEEDING, VAGUE_NOUNS

RADII = 2.2
"""In deviations of what a subject covers: an even ellipse has two."""
ROUGHLY = (0.005, 0.01)
"""Deviations by which marks of training films are off: of the place in radii, and of the radii's logarithms."""
UNMARKED = 0.04
"""Share of films that are trained without marks."""
LEAST_COVERED = 0.5
"""Latent cells of a frame."""
LEAST_RADIUS = 0.02
MOST_GROWTH = 0.1
"""Logarithm, in a latent frame."""

REACH = 5
"""Words from the verb to where it goes: "drifts slowly from right to left"."""
NOT_BEHIND = {"camera", "we", "not", "sun", "with", "its", *(word for words in COLOURS.values() for word in words)}
"""A verb behind them is not what a subject does, or no verb: "with white sails"."""
NOT_BEFORE = {"boat", "ship", "sun", "moon"}
"""Nor is it before them: "a sailing boat"."""
AGAIN = {"it", "its", "he", "she", "they", "them", *PRONOUNS.values(), *VAGUE_NOUNS.values()}
"""By these the subject is meant that was spoken of before."""
ELSE = {"as", "while", "and", "camera", "we", "sun"}
"""With them something else begins."""
RISE = (0.24, 0.5)
"""Heights of the picture, at most in a second and in a shot."""
ASIDE = 0.1
"""Widths of the picture that the middle of a subject's way is off that of the picture, at most."""
NEARER_ZOOM = 2.07
"""How much more a subject grows under the camera than the whole of a picture does."""
FEET = 0.13
"""Heights of the picture below a subject's middle where a zoom leaves what stands there."""
UPRIGHT = {kind for kind in Kind if ACTIONS_OF[kind][0] is Action.RISE}
"""They stand as they do when they rise, unless they go to a side."""
MEASURED = 8
"""Renders of each kind and size."""
PICTURES = ((320, 192), (256, 256), (192, 320))
"""Sizes of pictures that subjects are measured in; in others they are as in the nearest of them."""


class Mark(NamedTuple):
    """Shares of the picture's width and height."""

    x: float
    y: float
    """The centre in the shot's first latent frame."""
    right: float
    down: float
    """In a latent frame."""
    width: float
    height: float
    """Radii in the shot's first latent frame."""
    nearer: float
    """Natural logarithm of how they grow in a latent frame."""


class Way(NamedTuple):
    """How captions say where a subject goes: a verb and, where there are any, one of the goals soon after it."""

    name: str
    verbs: list[str]
    goals: list[str]
    right: int
    down: int


NONE = Mark(*[float("nan")] * 7)


def marks_shown(cells: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """`Mark` [subjects, shots, 7] of a rendered film; NaN where a subject is not seen.

    cells: how much of a latent cell shows a subject, uint8 [latent frames, subjects, rows, columns]; lengths: of shots, in
    latent frames.
    """
    _, subjects, rows, columns = cells.shape
    x, y = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    marks = np.full((subjects, len(lengths), len(Mark._fields)), np.nan, np.float32)
    for shot, frames in enumerate(np.split(cells / np.float32(255), np.cumsum(lengths)[:-1])):
        for subject in range(subjects):
            covered = frames[:, subject]
            mass = covered.sum((1, 2))
            seen = np.flatnonzero(mass > LEAST_COVERED)
            if len(seen) == 0:
                continue
            across, down = (covered[seen].sum(axis) / mass[seen, None] for axis in (1, 2))
            centres = np.stack([across @ x, down @ y])
            spread = np.stack([across @ x**2, down @ y**2]) - centres**2
            radii = np.maximum(RADII * np.sqrt(np.maximum(spread, 0)), LEAST_RADIUS)
            start, speed = _line(seen, centres)
            _, growth = _line(seen, np.log(radii).mean(0, keepdims=True))
            growth = growth.clip(-MOST_GROWTH, MOST_GROWTH)
            first = np.exp((np.log(radii) - growth * seen).mean(1))
            marks[subject, shot] = (*start, *speed, *first, *growth)
    return marks


def set_ways(marks: np.ndarray, film: Film) -> None:
    """Sets which way subjects go in shots of one latent frame, where it can't be seen: as they would in the next.

    marks: `Mark` [subjects, shots, 7], as `marks_shown` has it.
    """
    for number, (shot, frames) in enumerate(zip(film.shots, film.latent_frames)):
        if frames > 1:
            continue
        slide, sink, _ = moved_in_a_frame(shot.camera, frames)
        for of_subject, role in zip(marks, shot.roles):
            if role is not None:
                of_subject[number, 2:4] = (
                    role.speed_x / FRAMES_A_SECOND + NEARER_PAN * slide,
                    -role.speed_y / FRAMES_A_SECOND + NEARER_PAN * sink,
                )


def _line(at: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the straight lines through values [n, places] begin, and how they rise."""
    off = at - at.mean()
    slope = (values * off).sum(1) / max(1e-6, (off**2).sum())
    return values.mean(1) - slope * at.mean(), slope


def marks_said(
    captions: Sequence[str], frames: Sequence[int], aspect: float, generator: torch.Generator
) -> torch.Tensor:
    """`Mark` [shots, 7] of what captions speak of first; NaN where they name no subject.

    frames: latent ones of every shot; aspect: width over height; generator: of how far aside each shot's subject is.
    """
    marks, kind = [], None
    for caption, count in zip(captions, frames):
        aside = ASIDE * (2 * float(torch.rand((), generator=generator)) - 1)
        said = kind_said(caption, kind)
        kind = said or kind
        marks.append(NONE if said is None else mark_of(said, caption, count, aspect, aside))
    return torch.tensor(marks)


def mark_of(kind: Kind, caption: str, frames: int, aspect: float, aside: float = 0.0) -> Mark:
    """Where a caption's subject is in a shot of so many latent frames: in the middle of its way when the shot is half over."""
    size = size_said(caption)
    go_right, go_down = way_said(caption) or (0, 0)
    speeds = speeds_of(size)
    seconds = frames / FRAMES_A_SECOND
    picture = min(PICTURES, key=lambda picture: abs(np.log(picture[0] / picture[1] / aspect)))
    y, width, height = shape_of(kind, size, go_down != 0 or (go_right == 0 and kind in UPRIGHT), picture)
    right = go_right * min(speeds.across, speeds.most_across / seconds)
    down = go_down * min(speeds.up, speeds.most_up / seconds)
    move = MOVES.get(said_by(caption), STILL)
    pace = min(1.0, move.seconds / seconds)
    nearer = NEARER_ZOOM * pace * move.nearer
    right += NEARER_PAN * pace * move.right
    down += NEARER_PAN * pace * move.down - (FEET * nearer if go_down == 0 else 0)
    right, down, nearer = (speed / FRAMES_A_SECOND for speed in (right, down, nearer))
    half = (frames - 1) / 2
    smaller = float(np.exp(-nearer * half))
    return Mark(0.5 + aside - right * half, y - down * half, right, down, width * smaller, height * smaller, nearer)


def marks_of(
    captions: Sequence[str], size: tuple[int, int], shots: torch.Tensor, seed: int, telling: Telling
) -> torch.Tensor | None:
    """What tokens are told of a film's prompts [1, N, values]; None for a model that is told nothing.

    size: rows and columns of cells; shots: [1, frames]
    """
    lengths = [int((shots == shot).sum()) for shot in range(len(captions))]
    rows, columns = size
    marks = marks_said(captions, lengths, columns / rows, torch.Generator().manual_seed(seed))
    cameras = torch.tensor([[said_by(caption) for caption in captions]])
    sceneries = torch.full((1, len(captions)), seed % SCENERIES)
    return told(Course(marks[None, None], motions_of(cameras, shots), sceneries), shots, size, telling)


def marks_for(films: dict[str, torch.Tensor], telling: Telling, generator: torch.Generator) -> torch.Tensor | None:
    """What tokens are told of rendered films' first subjects [films, N, values], for training; None where it is nothing.

    films: as `latents_of` keeps them.
    """
    if telling.subjects == 0:
        return None
    first, second = films["marks"].split([1, films["marks"].shape[1] - 1], 1)
    # A shot without the first subject is about the second.
    marks = roughly(torch.where(first.isnan(), second, first) if second.shape[1] else first, generator)
    motions = motions_of(cameras_shown(films["shown"]), films["shots"])
    course = Course(marks, motions, films["sceneries"])
    return told(course, films["shots"], tuple(films["latent"].shape[-2:]), telling)


def roughly(marks: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Marks [films, subjects, shots, 7] of rendered films a little off, as those of prompts will be, and some films' none."""
    device = marks.device
    off = torch.randn((*marks.shape[:-1], 4), generator=generator, device=device)
    none = torch.rand(len(marks), generator=generator, device=device) < UNMARKED
    place, size = ROUGHLY
    centre = marks[..., :2] + place * off[..., :2] * marks[..., 4:6]
    radii = marks[..., 4:6] * (size * off[..., 2:]).exp()
    moved = torch.cat([centre, marks[..., 2:4], radii, marks[..., 6:]], -1)
    return moved.masked_fill(none[:, None, None, None], float("nan"))


class Speeds(NamedTuple):
    """Shares of the picture that subjects go by: in a second, and at most in a shot."""

    across: float
    most_across: float
    up: float
    most_up: float


def speeds_of(size: Size) -> Speeds:
    return Speeds(*(PACE * most for most in (*MOST_TRAVEL[size], *RISE)))


def way_said(caption: str) -> tuple[int, int] | None:
    """Where a caption lets its subject go, to the right and down; None where it stays."""
    for clause in re.split("[.,;:!?]", caption.lower()):
        words = re.findall("[a-z]+", clause)
        for at, verb in enumerate(words):
            follows = list(takewhile(lambda word: word not in ELSE, words[at + 1 : at + 1 + REACH]))
            if NOT_BEHIND & set(words[max(0, at - 1) : at]) or NOT_BEFORE & set(words[at + 1 : at + 2]):
                continue
            ways = [way for way in WAYS if verb in way.verbs]
            # "From left to right" is to the right.
            for word in reversed(follows):
                for way in ways:
                    if word in way.goals:
                        return way.right, way.down
            for way in ways:
                if not way.goals:
                    return way.right, way.down
    return None


def kind_said(caption: str, before: Kind | None) -> Kind | None:
    """The kind of subject that a caption names first, or means by a word of `AGAIN`: the one spoken of before."""
    words = re.findall("[a-z]+", caption.lower())
    for at in range(len(words)):
        for name, kind in NAMES:
            if words[at : at + len(name)] == name:
                return kind
    return before if AGAIN & set(words) else None


def size_said(caption: str) -> Size:
    """Medium where a caption says nothing."""
    text = " ".join(re.findall("[a-z]+", caption.lower()))
    for phrase, size in SIZE_PHRASES:
        if phrase in text:
            return size
    return Size.MEDIUM


@cache
def shape_of(
    kind: Kind, size: Size, rising: bool, picture: tuple[int, int] = PICTURES[0]
) -> tuple[float, float, float]:
    """Where a subject is on average from the top, and its radii, as `Mark` has them; measured on renders.

    rising: rather than going to a side or standing still; most look the same. picture: its width and height.
    """
    columns, rows = picture
    action = next((a for a in ((Action.RISE if rising else Action.MOVE), Action.MOVE) if a in ACTIONS_OF[kind]), None)
    wishes = Wishes(
        kinds=(kind,), sizes=(size,), place=PLACES_OF[kind][0], cameras=(Camera.STATIC,), action=action
    )
    measured = []
    for seed in range(MEASURED):
        film = draw_film(seed, Scope.FULL, 1, 1, wishes=wishes)
        cells = render(film, width=columns, height=rows, masks=Masks.CELLS, threads=1).cells
        mark = Mark(*marks_shown(cells, [1])[0, 0].tolist())
        if mark.x == mark.x:
            measured.append((mark.y, mark.width, mark.height))
    return tuple(round(sum(values) / len(values), 3) for values in zip(*measured))


def _forms(*tables: Iterable[tuple[str, str]]) -> list[str]:
    """First words of verbs, once."""
    return list(dict.fromkeys(form.split()[0] for verbs in tables for verb in verbs for form in verb))


_GO = _forms(*GOING.values(), RUNNING, SPEEDING)
_OFF = ["takes", "taking", "lifts", "lifting"]
WAYS = (
    Way("up", [form for form in _forms(ACTIONS[Action.RISE]) if form not in (*_GO, *_OFF)], [], 0, -1),
    Way("up", _OFF, ["off"], 0, -1),
    Way("up", _GO, ["up", "upward"], 0, -1),
    Way("down", ["descends", "descending", "sinks", "sinking", "lands", "landing"], [], 0, 1),
    Way("down", [*_GO, "comes", "coming"], ["down"], 0, 1),
    Way("left", _GO, ["left"], -1, 0),
    Way("right", _GO, ["right"], 1, 0),
    Way("right", _GO, [], 1, 0),
)
NAMES = sorted(
    ((name.split(), kind) for kind in Kind for name in NOUNS[kind]), key=lambda pair: -len(pair[0])
)
SIZE_PHRASES = sorted(
    ((phrase.removeprefix("a "), size) for size in Size for phrase in SIZES[size]), key=lambda pair: -len(pair[0])
)
