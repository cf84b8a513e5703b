"""What prompts say, asked of tokens of pure noise: films without pictures, through the first half of the blocks.

At the first step of the sampler there is nothing to see, and what a film will show is decided. A token must know then what
its own prompt says, and, where that leaves out a subject's colour, what the prompts of other shots have said, which only
self-attention across shots can bring. The error of velocities hardly teaches the latter: there are few such tokens, and
at most noise levels the picture gives the colour away. Without pictures there is nothing to render and to encode, every
caption is new, and half of the blocks are run: a step takes half as long as an ordinary one.
"""

import numpy as np
import torch

from . import world
from .attributes import UNKNOWN, Probes, cameras_shown, shown_and_told
from .bearings import UNKNOWN as SCENERY_UNKNOWN
from .bearings import Course
from .bearings import told as told_to_tokens
from .film_kinds import FilmKind
from .films import Prompting
from .marks import NONE
from .model import Denoiser
from .noise import correlated, motions_of
from .settings import TransformerSettings
from .trainer import Facts, generator_for, precision
from .transformer import FEW_STEPS_OFFSET

MOST_SHOTS = 4
SMALL = 0.7
"""Share of the steps whose frames have half of the width and height: there are four times as many films then."""
MOST_CAPTIONS = 133
"""A step: each takes a third of a millisecond to draw, which a GPU would wait for."""
FRAMES_A_SHOT = (1, 1, 2, 4)
"""Latent frames. Most are short, so that there are many films; tokens that have only known cuts nearby carry less far."""
FRAMES_DRAWN = 3
"""Latent frames a shot of the films that captions are taken from."""


class Recall:
    """A loss on captions alone."""

    def __init__(
        self, probes: Probes, settings: TransformerSettings, prompting: Prompting, scope: world.Scope
    ) -> None:
        self._probes, self._settings = probes, settings
        self._prompting, self._scope = prompting, scope

    def __call__(
        self, denoiser: Denoiser, size: FilmKind, seed: int, shared_seed: int, step: int
    ) -> tuple[torch.Tensor, Facts]:
        """The loss of a step, for latent frames as large as a kind's. The same numbers give the same loss.

        shared_seed: says how many shots there are, so that processes that train together take equally long.
        """
        settings = self._settings
        device = next(denoiser.parameters()).device
        alike = generator_for(torch.device("cpu"), shared_seed, step, 11)
        shots = 1 + int(torch.randint(MOST_SHOTS, (), generator=alike))
        half = 2 if float(torch.rand((), generator=alike)) < SMALL else 1
        rows, columns = size.height // 32 // half, size.width // 32 // half
        frames = FRAMES_A_SHOT[int(torch.randint(len(FRAMES_A_SHOT), (), generator=alike))]
        count = max(1, round(min(settings.tokens / (frames * rows * columns), MOST_CAPTIONS) / shots))
        own = generator_for(torch.device("cpu"), seed, step, 12)
        first = int(torch.randint(1 << 40, (), generator=own))
        ids, told, carried = (
            x.to(device) for x in captions(self._prompting, self._scope, first, count, shots)
        )
        size_of_noise = (count, denoiser.channels, shots * frames, 2 * rows, 2 * columns)
        noise = torch.randn(size_of_noise, generator=own)
        few = torch.rand(count, generator=own) < 0.5
        t = 1000 + FEW_STEPS_OFFSET * few.float().to(device)
        each = torch.arange(shots).repeat_interleave(frames).expand(count, -1)
        noise = correlated(noise, each, denoiser.noise_correlation, cameras_shown(told.cpu()), own)
        noise, each = noise.to(device), each.to(device)
        nowhere = torch.tensor(NONE).expand(count, 1, shots, -1)
        motions = motions_of(cameras_shown(told), each)
        course = Course(nowhere, motions, torch.full((count, shots), SCENERY_UNKNOWN))
        marks = told_to_tokens(course, each, (2 * rows, 2 * columns), denoiser.telling)
        with precision(device):
            text, real = denoiser.encode(ids)
            said = denoiser.said(ids, text, real)
            tokens, routing = denoiser.transformer.tokens_half_way(noise, t, text, real, each, marks, said)
        of_tokens = tokens.view(count, shots, -1, tokens.shape[-1])
        entropies = {
            "recalled": self._probes.of_noise(of_tokens, told),
            "recalled_carried": self._probes.of_noise(of_tokens, carried),
            "recalled_words": self._probes.of_words(text, real, told),
        }
        _, loose = settings.balance
        loss = loose * (routing.balance - 1) - settings.confidence * routing.confidence
        for entropy in entropies.values():
            loss = loss + settings.probing * entropy
        if shots == 1:
            del entropies["recalled_carried"]
        right = self._probes.right_of_noise(of_tokens, told, carried)
        return loss, {**entropies, **right, "tokens": float(tokens.shape[0] * tokens.shape[1])}


def captions(
    prompting: Prompting, scope: world.Scope, first: int, count: int, shots: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Prompts of films [count, shots, length] without needless padding, what each tells of its shot [count, shots,
    attributes], and what it leaves out that an earlier one has told and that is still so."""
    ids, told, carried = [], [], []
    seed = first
    while len(ids) < count:
        film = world.draw_film(seed=seed, scope=scope, latent_frames=FRAMES_DRAWN * shots, shots=shots)
        seed += 1
        if prompting.knows(film.captions):
            shown, said = shown_and_told(film, shots)
            ids.append(prompting.ids(film.captions, shots))
            told.append(said)
            carried.append(carried_over(shown, said))
    all_ids = torch.from_numpy(np.stack(ids))
    longest = int((all_ids != prompting.config["pad"]).sum(-1).max())
    return all_ids[..., :longest], torch.from_numpy(np.stack(told)), torch.from_numpy(np.stack(carried))


def carried_over(shown: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Of [shots, attributes]: what shots show that their own captions leave out, where the last caption that told it
    still holds. Others are unknown."""
    carried = np.full_like(told, UNKNOWN)
    last = np.full_like(told[0], UNKNOWN)
    for shot, (truth, said) in enumerate(zip(shown, told)):
        still = (said == UNKNOWN) & (truth != UNKNOWN) & (last == truth)
        carried[shot, still] = truth[still]
        last = np.where(said == UNKNOWN, last, said)
    return carried
