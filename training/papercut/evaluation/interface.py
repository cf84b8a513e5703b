"""What the evaluation needs of a model, and nothing else: anything with these methods can be judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..layout import Mode
from ..world import Film


@dataclass(frozen=True)
class Order:
    """A film to be made: one caption and a number of latent frames for each shot."""

    captions: tuple[str, ...]
    latent_frames: tuple[int, ...]
    seed: int
    """Of the noise."""
    width: int = 320
    height: int = 192

    @classmethod
    def of(cls, film: Film, width: int = 320, height: int = 192) -> "Order":
        return cls(film.captions, film.latent_frames, film.seed, width, height)

    @property
    def layout(self) -> tuple[int, int, int]:
        """What films must share to be made in one batch."""
        return sum(self.latent_frames), self.width, self.height


@dataclass(frozen=True)
class Sampling:
    """How films are sampled."""

    steps: int = 10
    guidance: float = 3.5
    shift: float = 3.0
    mode: Mode = Mode.MOGA
    few: bool = False
    """The mode of few steps, without guidance."""


class Judged(Protocol):
    def sample(self, orders: Sequence[Order], how: Sampling) -> list[np.ndarray]:
        """Films uint8 [frames, 3, height, width] in the order asked for; all orders have one layout."""
        ...

    def reconstruct(self, frames: np.ndarray) -> np.ndarray:
        """uint8 [1 + 4k, 3, height, width] through encoder and decoder."""
        ...

    def groups(self, frames: np.ndarray, order: Order, level: float) -> np.ndarray:
        """int [layers, latent frames, rows, columns]: every token's group while a real film, noised to a level in
        [0, 1], goes through the transformer."""
        ...
