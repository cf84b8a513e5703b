"""What a shot shows, as numbers, and linear probes that networks are asked by in training: they are never exported.

A renderer knows what is in its pictures. Asking the networks for it, all through training, teaches them words far sooner
than the error of velocities does, most of which is about noise: prompts must be understood by the text encoder, carried
into every token by the transformer's first half, and so be there when the second half draws.
"""

from enum import IntEnum

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import world

UNKNOWN = -1
"""The value of what a shot does not have or a caption does not tell."""
ATTRIBUTES: dict[str, type[IntEnum]] = {
    "kind0": world.Kind,
    "colour0": world.Colour,
    "kind1": world.Kind,
    "colour1": world.Colour,
    "place": world.Place,
    "time": world.Time,
    "weather": world.Weather,
    "size": world.Size,
    "camera": world.Camera,
    "action0": world.Action,
}
"""By the names of `Shot.said`."""
SIZES = [len(values) for values in ATTRIBUTES.values()]
CAMERA = list(ATTRIBUTES).index("camera")
TOLD_OF = ("kind0", "colour0", "place")
"""Attributes that the log of a training run tells of."""
GAIN = 4.0
"""Of logits: probes learn faster than what they ask, at the same rate."""


def shown_and_told(film: world.Film, shots: int) -> tuple[np.ndarray, np.ndarray]:
    """What every shot shows, and what of it its caption says: int8 [shots, attributes] each.

    shots: rows, at least the film's; those that it has not are unknown.
    """
    shown = np.full((shots, len(ATTRIBUTES)), UNKNOWN, np.int8)
    told = shown.copy()
    for row, shot in enumerate(film.shots):
        values = _values(film, shot)
        for column, name in enumerate(ATTRIBUTES):
            shown[row, column] = values.get(name, UNKNOWN)
            if name in shot.said:
                told[row, column] = shown[row, column]
    return shown, told


def cameras_shown(shown: torch.Tensor) -> torch.Tensor:
    """Of attributes [films, shots, attributes] the camera's moves [films, shots]."""
    return shown[..., CAMERA].long()


def _values(film: world.Film, shot: world.Shot) -> dict[str, int]:
    values = {name: int(getattr(shot, name)) for name in ("place", "time", "weather", "size", "camera")}
    for number, (subject, role) in enumerate(zip(film.subjects, shot.roles)):
        if role is not None:
            values |= {f"kind{number}": int(subject.kind), f"colour{number}": int(subject.colour)}
            values[f"action{number}"] = int(role.action)
    return values


class Probes(nn.Module):
    """Say attributes from features of words and of image tokens, and from the latter how much of a token is subject."""

    def __init__(self, text_width: int, token_width: int) -> None:
        super().__init__()
        self.words = nn.Linear(text_width, sum(SIZES))
        self.tokens = nn.Linear(token_width, sum(SIZES))
        self.cover = nn.Linear(token_width, 1)

    def of_words(self, text: torch.Tensor, real: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """Mean cross entropy over words and attributes.

        text: [..., length, width] of the text encoder; real: [..., length], false for padding; told: [..., attributes].
        """
        logits = self.words(text.float())
        answers = told[..., None, :].expand(*real.shape, -1)
        return self._entropy(logits, torch.where(real[..., None], answers, UNKNOWN))

    def of_tokens(self, tokens: torch.Tensor, shown: torch.Tensor, covered: torch.Tensor) -> torch.Tensor:
        """Mean cross entropies over tokens, of attributes and of the subjects' cover.

        tokens: [films, N, width] between two blocks; shown: [films, N, attributes]; covered: [films, N], in [0, 1].
        """
        x = F.layer_norm(tokens.float(), tokens.shape[-1:])
        cover = F.binary_cross_entropy_with_logits(GAIN * self.cover(x)[..., 0], covered)
        return self._entropy(self.tokens(x), shown) + cover

    def of_noise(self, tokens: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        """Mean cross entropy over tokens where there is no picture yet.

        tokens: [films, shots, tokens of a shot, width]; known: [films, shots, attributes], what a prompt lets one know.
        """
        answers = known[:, :, None].expand(*tokens.shape[:3], -1)
        return self._entropy(self._read(tokens), answers)

    @torch.no_grad()
    def right_of_noise(
        self, tokens: torch.Tensor, told: torch.Tensor, carried: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Share of tokens that say the attributes of `TOLD_OF` rightly, where told and where carried.

        Shapes as in `of_noise`.
        """
        shares = {}
        parts = self._read(tokens).split(SIZES, -1)
        for column, (name, logits) in enumerate(zip(ATTRIBUTES, parts)):
            if name not in TOLD_OF:
                continue
            said = logits.argmax(-1)
            for what, known in (("told", told), ("carried", carried)):
                answers = known[..., column, None].expand_as(said)
                asked = answers != UNKNOWN
                if asked.any():
                    shares[f"{name}_{what}"] = (said == answers)[asked].float().mean()
        return shares

    def _read(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.tokens(F.layer_norm(tokens.float(), tokens.shape[-1:]))

    @torch.no_grad()
    def right(self, text: torch.Tensor, real: torch.Tensor, told: torch.Tensor) -> dict[str, float]:
        """By attribute, the share of prompts that tell it whose words' mean says it rightly. Shapes as in `of_words`."""
        mean = (text * real[..., None]).sum(-2) / real.sum(-1, keepdim=True)
        parts = self.words(mean.float()).split(SIZES, -1)
        shares = {}
        for column, (name, logits) in enumerate(zip(ATTRIBUTES, parts)):
            answers = told[..., column]
            asked = answers != UNKNOWN
            if asked.any():
                shares[name] = (logits.argmax(-1) == answers)[asked].float().mean().item()
        return shares

    def _entropy(self, logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """Of every attribute over its known answers, then the mean over those that have any."""
        parts = (GAIN * logits).split(SIZES, -1)
        total = logits.sum() * 0
        known = 0.0
        for column, part in enumerate(parts):
            expected = answers[..., column].flatten().long()
            asked = (expected != UNKNOWN).sum()
            # The sum, so that nothing is divided by zero where none is known.
            entropy = F.cross_entropy(part.flatten(0, -2), expected, ignore_index=UNKNOWN, reduction="sum")
            total = total + entropy / asked.clamp(min=1)
            known = known + (asked > 0)
        return total / torch.as_tensor(known, device=logits.device).clamp(min=1)
