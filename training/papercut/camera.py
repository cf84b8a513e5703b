"""Moves of the camera: what they do to the picture, and how prompts ask for them. Noise goes along with them (`noise.py`)."""

import math
import re
from typing import NamedTuple

from .world import Camera

FRAMES_A_SECOND = 6
"""Latent ones."""
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
            for goal in range(at + 1, min(len(words), at + 1 + REACH)):
                # "From left to right" is to the right.
                if re.search("from( the)?$", " ".join(words[at:goal])):
                    continue
                for camera, (verbs, goals) in SAID.items():
                    if word in verbs and words[goal] in goals:
                        return camera
    return Camera.STATIC
