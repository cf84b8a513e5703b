"""Pictures of a film, painted by the C++ library in `cpp/`, which is built when it is first needed."""

import ctypes
import hashlib
import os
import platform
import subprocess
import tempfile
from enum import Enum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .spec import COLOUR_VALUES, Film, Shot, Size, Subject

FPS = 24
SOURCES = Path(__file__).parent / "cpp"
BUILD_FOLDER = Path(__file__).parents[2] / "build"
CELL = 16
"""Pixels of a latent cell's side."""

SIZE_SCALES = {
    Size.EXTREME_WIDE: 0.32,
    Size.WIDE: 0.58,
    Size.MEDIUM: 0.92,
    Size.CLOSE: 1.38,
    Size.EXTREME_CLOSE: 2.3,
}
"""Pixels for one of a subject's hundred units, at 320x192."""

FRAMINGS = {
    Size.EXTREME_WIDE: 0.0,
    Size.WIDE: 0.0,
    Size.MEDIUM: 0.1,
    Size.CLOSE: 0.4,
    Size.EXTREME_CLOSE: 1.0,
}
"""How far the picture is centred on the subject instead of standing on the ground."""


class SubjectParameters(ctypes.Structure):
    """One subject in a shot, as cpp/parameters.hpp has it."""

    _fields_ = [
        ("kind", ctypes.c_int32),
        ("action", ctypes.c_int32),
        *(
            (name, ctypes.c_float)
            for name in "facing red green blue look x y speed_x speed_y stop gait phase scale".split()
        ),
    ]


class ShotParameters(ctypes.Structure):
    """One shot, as cpp/parameters.hpp has it."""

    _fields_ = [
        *((name, ctypes.c_int32) for name in "place time weather frames subjects".split()),
        ("scene", ctypes.c_uint32),
        *(
            (name, ctypes.c_float)
            for name in "scale framing clock share pan pan_rate tilt tilt_rate zoom zoom_rate".split()
        ),
        ("subject", SubjectParameters * 2),
    ]


class Masks(Enum):
    """What to tell of where the subjects are."""

    NONE = "none"
    CELLS = "cells"
    FULL = "full"


class Pictures(NamedTuple):
    frames: np.ndarray
    """uint8 [frames, 3, height, width]."""
    masks: np.ndarray | None
    """uint8 [frames, 2, height, width]: 255 where the first, or second, subject is seen."""
    cells: np.ndarray | None
    """uint8 [latent frames, 2, height / 16, width / 16]: how much of a latent cell a subject covers."""


def compiler_flags() -> list[str]:
    """AVX2 rather than whatever this machine has, so that pictures are the same on every x86 machine."""
    machine = "x86-64-v3" if platform.machine() == "x86_64" else "native"
    return ["-std=c++17", "-O3", f"-march={machine}", "-ffast-math", "-fPIC", "-shared", "-pthread"]


@cache
def library() -> ctypes.CDLL:
    """The renderer, built by g++ (or $CXX) into training/build unless it lies there already."""
    sources = sorted(SOURCES.glob("*.cpp"))
    digest = hashlib.sha256(" ".join(compiler_flags()).encode())
    for path in sorted(SOURCES.iterdir()):
        digest.update(path.read_bytes())
    target = BUILD_FOLDER / f"papercut_world_{digest.hexdigest()[:16]}.so"
    if not target.exists():
        BUILD_FOLDER.mkdir(exist_ok=True)
        handle, unfinished = tempfile.mkstemp(suffix=".so", dir=BUILD_FOLDER)
        os.close(handle)
        compiler = os.environ.get("CXX", "g++")
        subprocess.run([compiler, *compiler_flags(), *map(str, sources), "-o", unfinished], check=True)
        os.replace(unfinished, target)
    loaded = ctypes.CDLL(str(target))
    loaded.papercut_render.restype = None
    loaded.papercut_render.argtypes = [
        ctypes.POINTER(ShotParameters),
        *[ctypes.c_int] * 3,
        ctypes.c_float,
        *[ctypes.c_int] * 3,
        *[ctypes.c_void_p] * 3,
    ]
    if loaded.papercut_shot_bytes() != ctypes.sizeof(ShotParameters):
        raise RuntimeError("renderer.py and cpp/parameters.hpp disagree about ShotParameters.")
    return loaded


def shot_parameters(shot: Shot, subjects: tuple[Subject, ...]) -> ShotParameters:
    lens = shot.lens
    out = ShotParameters(
        place=shot.place,
        time=shot.time,
        weather=shot.weather,
        frames=shot.frames,
        subjects=len(subjects),
        scene=shot.scene,
        scale=SIZE_SCALES[shot.size],
        framing=FRAMINGS[shot.size],
        clock=shot.clock,
        **lens._asdict(),
    )
    for slot in out.subject:
        slot.kind = -1
    for slot, subject, role in zip(out.subject, subjects, shot.roles):
        if role is None:
            continue
        slot.kind, slot.action, slot.facing = subject.kind, role.action, role.facing
        slot.red, slot.green, slot.blue = COLOUR_VALUES[subject.colour]
        slot.look = subject.skin
        for name in ("x", "y", "speed_x", "speed_y", "stop", "gait", "phase", "scale"):
            setattr(slot, name, getattr(role, name))
    return out


def render(
    film: Film,
    width: int = 320,
    height: int = 192,
    masks: Masks = Masks.NONE,
    threads: int = 1,
    window: tuple[int, int] | None = None,
) -> Pictures:
    """Frames of a film; with `window` (first, count) those alone, whose cells count as a film of their own.

    Sizes are multiples of 16. The result does not depend on the number of threads.
    """
    if width % CELL or height % CELL:
        raise ValueError(f"A picture's sides must be multiples of {CELL}, not {width}x{height}.")
    first, count = window or (0, film.frames)
    if first < 0 or count < 1 or first + count > film.frames:
        raise ValueError(f"Frames {first} to {first + count} are not all in a film of {film.frames}.")
    shots = (ShotParameters * len(film.shots))(*(shot_parameters(s, film.subjects) for s in film.shots))
    frames = np.empty((count, 3, height, width), np.uint8)
    full = np.empty((count, 2, height, width), np.uint8) if masks is Masks.FULL else None
    latents = (count + 3) // 4
    cells = None
    if masks is not Masks.NONE:
        cells = np.empty((latents, 2, height // CELL, width // CELL), np.uint8)
    library().papercut_render(
        shots,
        len(film.shots),
        width,
        height,
        FPS,
        threads,
        first,
        count,
        frames.ctypes.data,
        None if full is None else full.ctypes.data,
        None if cells is None else cells.ctypes.data,
    )
    return Pictures(frames, full, cells)
