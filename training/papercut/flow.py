"""Rectified flow: noise levels, noised latents, and steps of the sampler.

x = (1 - sigma) * latent + sigma * noise, and the network predicts v = noise - latent from x and 1000 * sigma.
"""

from enum import StrEnum

import torch

from .layout import Mode
from .model import Denoiser

SHIFT, SHIFT_TOKENS, SHIFT_POWER = 2.6, 780, 0.18
"""Of training: a shot of two seconds is noised by a shift of 2.6, a still by 1.6, a minute of film by 4.7."""


class Solver(StrEnum):
    """How steps are taken, by the studio's names."""

    EULER = "euler"
    ADAMS = "adams"
    """By the last two velocities: as near to the true way in 10 steps as Euler's in 16."""


def shift_for(tokens: int) -> float:
    """How far noise levels are moved up for films of so many tokens: neighbours tell more of each other in long films."""
    return sampling_shift(SHIFT, tokens)


def sampling_shift(shift: float, tokens: int) -> float:
    """A shift that is meant for `SHIFT_TOKENS`, for a film of so many tokens: as the studio grows it."""
    return shift * (tokens / SHIFT_TOKENS) ** SHIFT_POWER


def shifted(u: torch.Tensor, shift: float) -> torch.Tensor:
    """s * u / (1 + (s - 1) * u), Esser et al. 2024, eq. 23."""
    return shift * u / (1 + (shift - 1) * u)


def noise_levels(steps: int, shift: float) -> list[float]:
    """steps + 1 levels of a sampler's run, from 1 to 0."""
    return shifted(torch.linspace(1, 0, steps + 1, dtype=torch.float64), shift).tolist()


def noised(latent: torch.Tensor, noise: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """sigma: [films]"""
    level = sigma.view(-1, *[1] * (latent.ndim - 1))
    return (1 - level) * latent + level * noise


class Sampler:
    """Steps for films whose prompts are encoded once."""

    def __init__(
        self,
        denoiser: Denoiser,
        ids: torch.Tensor,
        shots: torch.Tensor,
        eos: int,
        mode: Mode = Mode.MOGA,
        positions: torch.Tensor | None = None,
        marks: torch.Tensor | None = None,
    ) -> None:
        """ids: [films, shots, length]; shots: [films, frames]; marks: of `bearings.told`"""
        self._denoiser = denoiser
        self._shots, self._mode, self._positions = shots, mode, positions
        self._marks = marks
        empty = torch.zeros_like(ids)
        empty[:, :, 0] = eos
        self._text = denoiser.encode(ids)
        unsaid = denoiser.encode(empty)
        self._both = tuple(torch.cat(pair) for pair in zip(self._text, unsaid))
        self._said = denoiser.said(ids, *self._text)
        nothing = denoiser.said(empty, *unsaid)
        self._said_of_both = None if nothing is None else torch.cat([self._said, nothing])

    def velocity(
        self, x: torch.Tensor, sigma: float, guidance: float = 1.0, offset: float = 0.0
    ) -> torch.Tensor:
        """Of one step; guidance 1 looks at the prompt alone and costs half."""
        guided = guidance != 1
        copies = 2 if guided else 1
        t = torch.full((copies * len(x),), 1000 * sigma + offset, device=x.device)
        positions = self._positions
        if positions is not None and len(positions) > 1:
            positions = positions.repeat(copies, 1)
        v, _ = self._denoiser.transformer(
            torch.cat([x] * copies),
            t,
            *(self._both if guided else self._text),
            self._shots.repeat(copies, 1),
            positions,
            self._mode,
            marks=None if self._marks is None else self._marks.repeat(copies, 1, 1),
            said=self._said_of_both if guided else self._said,
        )
        if not guided:
            return v
        prompted, unprompted = v.chunk(2)
        return unprompted + guidance * (prompted - unprompted)

    def run(
        self,
        x: torch.Tensor,
        levels: list[float],
        guidance: float = 1.0,
        offset: float = 0.0,
        solver: Solver = Solver.EULER,
    ) -> torch.Tensor:
        """x through noise levels, from the first to the last."""
        before: tuple[float, torch.Tensor] | None = None
        for now, then in zip(levels, levels[1:]):
            velocity = self.velocity(x, now, guidance, offset)
            stride = then - now
            x = x + stride * velocity
            if solver is Solver.ADAMS and before:
                # On along the line through the last two velocities: Adams and Bashforth's method of order 2.
                x = x + stride * stride / 2 * (velocity - before[1]) / (now - before[0])
            before = now, velocity
        return x
