"""A critic of latents, by which the transformer is trained on after rectified flow; it is never exported.

The squared error of velocities is least for a mean of all pictures that may be meant, and a small network that has seen
little draws such means: shapes without edges. A critic that knows only encoded films tells means from pictures, and a
picture of something else from one of what was asked for.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .attributes import ATTRIBUTES, SIZES, UNKNOWN
from .decoder import channels_last, conv3
from .detail import Residual

OF_MOTION = ("camera", "action0")
"""Attributes that a frame by itself does not show."""
WEIGHTS = {"kind0": 3.0, "kind1": 3.0}
"""Of attributes that count for more than others: a subject that is something else is seen first."""


class Critic(nn.Module):
    """Looks at single latent frames, each with the way to the next one of its shot."""

    def __init__(self, z: int, width: int) -> None:
        """z: channels of latents; width: of the critic's own, twice as many where it looks at half the resolution."""
        super().__init__()
        self.fine = nn.Sequential(conv3(2 * z, width), nn.LeakyReLU(0.2), Residual(width), Residual(width))
        self.down = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.coarse = nn.Sequential(nn.LeakyReLU(0.2), Residual(2 * width), Residual(2 * width))
        self.of_fine, self.of_coarse = nn.Conv2d(width, 1, 1), nn.Conv2d(2 * width, 1, 1)
        self.of_frame = nn.Linear(4 * width, 1)
        self.expected = nn.Linear(sum(SIZES), 4 * width, bias=False)
        self.attributes = nn.Linear(4 * width, sum(SIZES))

    def forward(self, frames: torch.Tensor, known: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """frames: of `with_next` [n, 2 * z, height, width]; known: what is to be seen [n, attributes].

        Returns scores [n], greater for what seems encoded, and logits of all attributes' values [n, values], which are read
        from the frames alone.
        """
        fine = self.fine(channels_last(frames))
        coarse = self.coarse(self.down(fine))
        seen = torch.cat([coarse.mean((-2, -1)), coarse.amax((-2, -1))], -1)
        fits = (self.expected(one_hot(known)) * seen).mean(-1)
        parts = [x.mean((-3, -2, -1)) for x in (self.of_fine(fine), self.of_coarse(coarse))]
        return sum(parts) + self.of_frame(seen)[:, 0] + fits, self.attributes(seen)

    @staticmethod
    def wrong(
        logits: torch.Tensor, answers: torch.Tensor, counts: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Cross entropy [n], summed over attributes by their weights.

        answers: [n, attributes]; counts: how much each of them counts, beside those weights; one and the same if None.
        """
        counts = torch.ones_like(answers, dtype=torch.float) if counts is None else counts
        parts = zip(ATTRIBUTES, logits.split(SIZES, -1), answers.long().unbind(-1), counts.unbind(-1))
        return sum(
            WEIGHTS.get(name, 1.0)
            * count
            * F.cross_entropy(part, answer, ignore_index=UNKNOWN, reduction="none")
            for name, part, answer, count in parts
        )

    @staticmethod
    @torch.no_grad()
    def right(logits: torch.Tensor, answers: torch.Tensor, name: str) -> torch.Tensor:
        """Share of the frames whose answer for one attribute is known, for which it is the likeliest."""
        column = list(ATTRIBUTES).index(name)
        answer = answers[:, column]
        said = logits.split(SIZES, -1)[column].argmax(-1)
        return (said == answer)[answer != UNKNOWN].float().mean()


def one_hot(known: torch.Tensor) -> torch.Tensor:
    """Attributes [n, attributes] as ones among zeros [n, values]; none for what is unknown."""
    columns = [
        known[:, column, None] == torch.arange(size, device=known.device) for column, size in enumerate(SIZES)
    ]
    return torch.cat(columns, -1).float()


def with_next(latent: torch.Tensor, shots: torch.Tensor) -> torch.Tensor:
    """Every frame and what changes until the next, zero at a shot's end: [films * frames, 2 * z, height, width].

    latent: [films, z, frames, height, width]; shots: [films, frames].
    """
    change = latent.diff(dim=2) * goes_on(shots)[:, None, :-1, None, None]
    change = F.pad(change, (0, 0, 0, 0, 0, 1))
    return torch.cat([latent, change], 1).transpose(1, 2).flatten(0, 1)


def goes_on(shots: torch.Tensor) -> torch.Tensor:
    """Which frames are followed by one of their shot. shots: [films, frames]"""
    return F.pad(shots.diff(dim=1) == 0, (0, 1))


def of_frames(of_shots: torch.Tensor, shots: torch.Tensor) -> torch.Tensor:
    """Attributes of shots [films, shots, attributes] for frames [films * frames, attributes]: of motion only where a frame
    goes on."""
    values = of_shots.gather(1, shots[..., None].expand(-1, -1, of_shots.shape[-1]))
    return values.masked_fill(of_motion(shots.device) & ~goes_on(shots)[..., None], UNKNOWN).flatten(0, 1)


def of_motion(device: torch.device) -> torch.Tensor:
    """Which attributes a frame by itself does not show: [attributes]"""
    return torch.tensor([name in OF_MOTION for name in ATTRIBUTES], device=device)
