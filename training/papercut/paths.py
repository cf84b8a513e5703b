"""Ways of subjects that move by themselves: seen in the masks of rendered films, or read from prompts.

A subject's way is an ellipse of the size of the subject, which goes straight on and evenly through a shot. Noise goes along
with it (`noise.py`), and so the film knows where its subject is to be and where it is to go.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

import torch

from .attributes import ATTRIBUTES
from .world import Action, Camera, Kind, Masks, Scope, Size, draw_film, render
from .world.drawing import Wishes
from .world.motion import MOST_TRAVEL
from .world.spec import ACTIONS_OF
from .world.words import ACTIONS, GOING, NOUNS, RUNNING, SIZES, SPEEDING

MOVING = (Action.MOVE, Action.FAST, Action.RISE, Action.DESCEND)
ACTION = list(ATTRIBUTES).index("action0")
RADII = 2.2
"""In deviations of what a subject covers: an even ellipse has two."""
ROUGHLY = (0.1, 0.15)
"""Deviations by which ellipses of training films are off: of the place in radii, and of the radii's logarithms."""
LEAST_COVERED = 0.5
"""Latent cells of a frame."""

REACH = 5
"""Words from the verb to where it goes: "drifts slowly from right to left"."""
NOT_BEHIND = {"camera", "we", "not", "sun"}
"""A verb behind them is not what a subject does."""
NOT_BEFORE = {"boat", "ship"}
"""Nor is it before them: "a sailing boat"."""
ELSE = {"as", "while", "and", "camera", "we", "sun"}
"""With them something else begins."""
PACE = 0.875
"""Of the renderer's greatest speeds, its mean."""
RISE = (0.24, 0.5)
"""Heights of the picture, at most in a second and in a shot."""
MEASURED = 8
"""Renders of each kind and size."""


class Path(NamedTuple):
    """Shares of the picture's width and height."""

    x: float
    y: float
    """The centre in the shot's first latent frame."""
    right: float
    down: float
    """In a latent frame."""
    width: float
    height: float
    """Radii."""


class Way(NamedTuple):
    """How captions say where a subject goes: a verb and, where there are any, one of the goals soon after it."""

    name: str
    verbs: list[str]
    goals: list[str]
    right: int
    down: int


NOWHERE = Path(*[float("nan")] * 6)


def paths_shown(
    cells: torch.Tensor, shots: torch.Tensor, shown: torch.Tensor, generator: torch.Generator | None = None
) -> torch.Tensor:
    """`Path` [films, shots, 6] of rendered films' subjects; NaN for those that do not move by themselves.

    cells: how much of a latent cell shows a subject, uint8 [films, frames, rows, columns]; shots: [films, frames]; shown:
    attributes [films, shots, attributes]; generator: where given, ellipses are a little off, as those of prompts will be.
    """
    covered = cells.float() / 255
    _, _, rows, columns = covered.shape
    device = covered.device
    x = (torch.arange(columns, device=device) + 0.5) / columns
    y = (torch.arange(rows, device=device) + 0.5) / rows
    mass = covered.sum((-2, -1)).clamp(min=1e-6)
    across, down = covered.sum(-2) / mass[..., None], covered.sum(-1) / mass[..., None]
    centre = torch.stack([(across * x).sum(-1), (down * y).sum(-1)], -1)
    spread = torch.stack([(across * x**2).sum(-1), (down * y**2).sum(-1)], -1) - centre**2
    count = shown.shape[1]
    at = torch.arange(shots.shape[1], device=device, dtype=torch.float)
    paths = torch.full((len(cells), count, 6), float("nan"), device=device)
    for shot in range(count):
        inside = ((shots == shot) & (mass > LEAST_COVERED)).float()
        frames = inside.sum(1).clamp(min=1)
        first = (shots < shot).sum(1)
        time = (at - first[:, None]) * inside
        mean_time = time.sum(1) / frames
        middle = (centre * inside[..., None]).sum(1) / frames[:, None]
        apart = (at - first[:, None] - mean_time[:, None]) * inside
        speed = (apart[..., None] * centre).sum(1) / apart.square().sum(1).clamp(min=1e-6)[:, None]
        radii = RADII * ((spread * inside[..., None]).sum(1) / frames[:, None]).clamp(min=0).sqrt()
        moves = torch.isin(shown[:, shot, ACTION].to(device).long(), torch.tensor(MOVING, device=device))
        moves &= inside.sum(1) > 1
        path = torch.cat([middle - speed * mean_time[:, None], speed, radii], -1)
        paths[:, shot] = torch.where(moves[:, None], path, float("nan"))
    if generator is not None:
        off = torch.randn(len(cells), count, 4, generator=generator, device=device)
        place, size = ROUGHLY
        paths[..., :2] += place * off[..., :2] * paths[..., 4:]
        paths[..., 4:] *= (size * off[..., 2:]).exp()
    return paths


def paths_said(
    captions: Sequence[str], frames: Sequence[int], frames_a_second: float, slides: Sequence[tuple[float, float]]
) -> torch.Tensor:
    """`Path` [shots, 6] of what captions let their subjects do; NaN where nothing moves by itself.

    frames: latent ones of every shot; slides: how far the camera moves what is seen, in a latent frame.
    """
    paths, kind = [], None
    for caption, count, (slide, sink) in zip(captions, frames, slides):
        kind = kind_said(caption, kind)
        way = way_said(caption)
        if kind is None or way is None or count < 2:
            paths.append(NOWHERE)
            continue
        size = size_said(caption)
        speeds = speeds_of(size)
        seconds = count / frames_a_second
        right = way[0] * min(speeds.across, speeds.most_across / seconds) / frames_a_second
        down = way[1] * min(speeds.up, speeds.most_up / seconds) / frames_a_second
        y, width, height = shape_of(kind, size)
        half = (count - 1) / 2
        paths.append(Path(0.5 - right * half, y - down * half, right + slide, down + sink, width, height))
    return torch.tensor(paths)


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
            if NOT_BEHIND & set(words[max(0, at - 1) : at]) or NOT_BEFORE & set(follows[:1]):
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
    """The kind of subject that a caption names first, or that was spoken of before."""
    words = re.findall("[a-z]+", caption.lower())
    for at in range(len(words)):
        for name, kind in NAMES:
            if words[at : at + len(name)] == name:
                return kind
    return before


def size_said(caption: str) -> Size:
    """Medium where a caption says nothing."""
    text = " ".join(re.findall("[a-z]+", caption.lower()))
    for phrase, size in SIZE_PHRASES:
        if phrase in text:
            return size
    return Size.MEDIUM


@cache
def shape_of(kind: Kind, size: Size) -> tuple[float, float, float]:
    """Where a subject is on average from the top, and its radii, as `Path` has them; measured on renders."""
    action = Action.MOVE if Action.MOVE in ACTIONS_OF[kind] else None
    wishes = Wishes(kinds=(kind,), sizes=(size,), cameras=(Camera.STATIC,), action=action)
    ys, widths, heights = [], [], []
    for seed in range(MEASURED):
        film = draw_film(seed, Scope.FULL, 2, 1, wishes=wishes)
        cells = render(film, width=320, height=192, masks=Masks.CELLS, threads=1).cells.max(1)
        shown = torch.full((1, 1, len(ATTRIBUTES)), int(Action.MOVE))
        path = paths_shown(torch.from_numpy(cells)[None], torch.zeros(1, 2, dtype=torch.long), shown)[0, 0]
        if not path.isnan().any():
            ys.append(path[1]), widths.append(path[4]), heights.append(path[5])
    return tuple(round(float(torch.stack(x).mean()), 3) for x in (ys, widths, heights))


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
