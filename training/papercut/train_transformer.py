"""Training of the transformer and the text encoder by rectified flow on latents of rendered films."""

import torch
from torch import nn
from torch.nn import functional as F

from .attributes import UNKNOWN as NOT_SAID
from .attributes import Probes
from .film_kinds import FilmKind
from .films import Films, Prepare, Record
from .flow import noised, shift_for, shifted
from .marks import marks_for
from .model import DENOISER, Denoiser, Papercut
from .noise import noise_for
from .optimizers import for_transformer
from .recall import Recall
from .settings import EOS, TransformerSettings
from .sketch import misread
from .trainer import Stage, generator_for, precision, with_prefix
from .transformer import FEW_STEPS_OFFSET
from .windows import window_of

UNKNOWN, PAD = 1, 0
KEPT = ("cells", "carried", "ids", "shots", "shown", "told", "marks", "sceneries")
LAST_POSITION = 360
"""Latent frames of a film of one minute."""
GAP_CHANCE = 0.5
NEVER = (1.0, 0.0)
"""`TransformerSettings.guided` where no film is asked of the mode without guidance."""
USUAL_SHARE = 0.1
"""Of a frame's latent cells, that a subject covers; smaller ones weigh more."""
MOST_WEIGHT = 3.0
"""Of small subjects, against those of usual size."""
HIGHER = 2.0
"""How much further up than the sampler's noise levels of training are moved."""
EARLY = 0.4
"""Until when routers are held to balance most firmly."""


class TransformerStage(Stage):
    name = "transformer"

    def __init__(
        self,
        model: Papercut,
        probes: Probes,
        settings: TransformerSettings,
        films: Films,
        recall: Recall,
        seed: int,
        shared_seed: int | None = None,
    ) -> None:
        """shared_seed: of all processes that train together, which take films of one kind and so need not wait."""
        self._denoiser = model.denoiser
        self.network = nn.ModuleDict({DENOISER: model.denoiser, "probes": probes})
        self.ema = settings.ema
        self.optimizers = for_transformer(self.network, settings.rate, settings.muon_rate)
        self._flow = FlowLoss(model, settings, probes)
        self._settings, self._films, self._recall, self._seed = settings, films, recall, seed
        self._shared_seed = seed if shared_seed is None else shared_seed

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings = self._settings
        mix = next(mix for end, mix in settings.phases if progress < end)
        draw = generator_for(torch.device("cpu"), self._shared_seed, step, 4)
        if float(torch.rand((), generator=draw)) < settings.recall:
            smallest = min(mix, key=lambda kind: kind.tokens)
            return self._recall(self._denoiser, smallest, self._seed, self._shared_seed, step)
        kind, films = self._films.draw(mix, lambda kind: films_of(kind, settings.tokens), draw)
        loss, facts = self._flow(self._denoiser, films, progress, self._seed, step, kind.window)
        return loss, {**facts, f"loss_{kind.name}": facts["loss"], "reuse": self._films.reuse}

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return with_prefix(weights, f"{DENOISER}.")


def films_of(kind: FilmKind, tokens: int) -> int:
    """How many films of a kind have about so many tokens."""
    return max(1, round(tokens / kind.tokens))


def without_padding(ids: torch.Tensor) -> torch.Tensor:
    """ids [films, shots, length], as long as the longest of their prompts."""
    return ids[..., : int((ids != PAD).sum(-1).max())]


class FlowLoss:
    """The weighted squared error of the velocity, and what keeps the routers useful."""

    def __init__(
        self, model: Papercut, settings: TransformerSettings, probes: Probes | None = None
    ) -> None:
        self._settings, self._probes = settings, probes
        # Scale errors of a channel by what they do to the picture; the optimum stays where it is.
        self._channels = model.autoencoder.channel_weights().to(model.mean.device)

    def __call__(
        self,
        denoiser: Denoiser,
        films: Record,
        progress: float,
        seed: int,
        step: int,
        window: tuple[int, int] | None = None,
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        """`films`: what `latents_of` keeps; window: as `FilmKind` has it. The same numbers give the same loss."""
        settings = self._settings
        device = films["latent"].device
        generator = generator_for(device, seed, step, 5)
        marks = marks_for(films, denoiser.telling, generator)
        tokens = films["latent"][0, 0].numel() // 4
        if window:
            films, marks = window_of(films, marks, window, denoiser.telling.patch, generator)
        latent = films["latent"].float()
        count = len(latent)
        ids = self._prompts(films["ids"], generator)
        sigma = training_levels(count, tokens, generator)
        noise = noise_for(films, denoiser.noise_correlation, generator)
        x = noised(latent, noise, sigma)
        t = 1000 * sigma
        positions = spread_positions(films["shots"], settings.spread, generator)
        target = noise - latent
        start, share = settings.guided
        guided = round(count * share + float(torch.rand((), generator=generator, device=device)) - 0.5)
        if progress > start and guided:
            own = slice(0, guided)
            if settings.guidance != 1:
                target[own] = guided_velocity(
                    denoiser,
                    x[own],
                    t[own],
                    ids[own],
                    films["shots"][own],
                    positions[own],
                    settings.guidance,
                    None if marks is None else marks[own],
                )
            t[own] += FEW_STEPS_OFFSET
        trace: dict[str, torch.Tensor] | None = {} if self._probes else None
        with precision(device):
            velocity, routing = denoiser(x, t, ids, films["shots"], positions, trace=trace, marks=marks)
        error = self.weighted(velocity - target, films)
        firm, loose = settings.balance
        balance = firm + (loose - firm) * min(1.0, progress / EARLY)
        loss = error + balance * (routing.balance - 1) - settings.confidence * routing.confidence
        loss = loss + settings.shared * routing.shared
        asked = self._asked(trace, films, ids) if trace else {}
        if trace and (sketch := denoiser.transformer.sketch):
            # Features move; what they are read to say must not.
            logits = sketch.logits(ids, trace["text"].float(), trace["real_text"])
            asked["reading"] = misread(logits, said_of(films, ids))
        for entropy in asked.values():
            loss = loss + settings.probing * entropy
        return loss, {
            **asked,
            "loss": error,
            "balance": routing.balance,
            "winner": routing.confidence.detach().exp(),
            "shared": routing.shared,
            "tokens": float(latent[:, 0].numel() // 4),
        }

    def _asked(
        self, trace: dict[str, torch.Tensor], films: Record, ids: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """What probes get wrong, of words and half-way through the blocks. Films without prompts are not asked."""
        blocks = sum(name.startswith("block") for name in trace)
        told = said_of(films, ids)
        shown = films["shown"].masked_fill(silent_of(ids)[:, None, None], NOT_SAID)
        # Shots to latent frames, and these to tokens.
        places = films["shots"][..., None].expand(-1, -1, shown.shape[-1])
        of_frames = shown.gather(1, places)
        covered = F.avg_pool2d(films["cells"].float() / 255, 2)
        of_tokens = of_frames[:, :, None].expand(-1, -1, covered.shape[-2] * covered.shape[-1], -1)
        tokens = trace[f"block{blocks // 2 - 1}"]
        return {
            "words": self._probes.of_words(trace["text"], trace["real_text"], told),
            "tokens_asked": self._probes.of_tokens(tokens, of_tokens.flatten(1, 2), covered.flatten(1)),
        }

    def weighted(self, error: torch.Tensor, films: Record) -> torch.Tensor:
        """Mean square of an error [films, z, frames, height, width], subjects counting more, and small ones most."""
        covered, carried = (films[name].float() / 255 for name in ("cells", "carried"))
        share = covered.mean((-2, -1), keepdim=True).clamp(min=1e-6)
        small = (USUAL_SHARE / share).sqrt().clamp(1, MOST_WEIGHT)
        weight = 1 + small * (self._settings.subject * covered + self._settings.carried * carried)
        weight = weight[:, None] * self._channels[:, None, None, None]
        return (weight * error.square()).mean() / weight.mean()

    def _prompts(self, ids: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Ids without needless padding, some films without prompts, some words unknown."""
        settings, device = self._settings, ids.device
        ids = without_padding(ids).clone()
        chance = torch.rand(ids.shape, generator=generator, device=device)
        ids[(chance < settings.unknown_word) & (ids > EOS)] = UNKNOWN
        silent = torch.rand(len(ids), generator=generator, device=device) < settings.no_prompt
        empty = torch.full_like(ids[:1], PAD)
        empty[..., 0] = EOS
        return torch.where(silent[:, None, None], empty, ids)


def training_levels(count: int, tokens: int, generator: torch.Generator) -> torch.Tensor:
    """Noise levels [count] for films of so many tokens, of every range equally many.

    Up to pure noise, since that is what films begin from, and more high ones than the sampler takes: most of a picture is
    settled there, where a prompt leaves little open.
    """
    device = generator.device
    places = torch.randperm(count, generator=generator, device=device)
    u = (places + torch.rand(count, generator=generator, device=device)) / count
    return shifted(u, HIGHER * shift_for(tokens))


def silent_of(ids: torch.Tensor) -> torch.Tensor:
    """Which films [films] have no prompts. ids: [films, shots, length]"""
    return (ids != PAD).sum(-1).amax(1) == 1


def said_of(films: Record, ids: torch.Tensor) -> torch.Tensor:
    """What prompts say [films, shots, attributes]; of films without prompts nothing."""
    return films["told"].masked_fill(silent_of(ids)[:, None, None], NOT_SAID)


@torch.no_grad()
def guided_velocity(
    denoiser: Denoiser,
    x: torch.Tensor,
    t: torch.Tensor,
    ids: torch.Tensor,
    shots: torch.Tensor,
    positions: torch.Tensor,
    guidance: float,
    marks: torch.Tensor | None = None,
) -> torch.Tensor:
    """What classifier-free guidance makes of two passes, for a mode that learns it in one (Meng et al. 2023)."""
    empty = torch.zeros_like(ids)
    empty[..., 0] = EOS
    with precision(x.device):
        both, _ = denoiser(
            *(torch.cat([y, y]) for y in (x, t)),
            torch.cat([ids, empty]),
            *(torch.cat([y, y]) for y in (shots, positions)),
            marks=None if marks is None else torch.cat([marks, marks]),
        )
    prompted, unprompted = both.chunk(2)
    return unprompted + guidance * (prompted - unprompted)


def spread_positions(shots: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Positions of latent frames on the time axis [films, frames].

    A share of the films is laid out as if other shots lay between some of theirs, up to a minute in all, so that a long
    film finds no distance that was never seen. Distances inside a shot stay as they are.
    """
    films, frames = shots.shape
    device = shots.device
    most = int(shots.max()) + 1
    room = max(0, LAST_POSITION - frames)
    gaps = torch.rand(films, most, generator=generator, device=device) * room / max(1, most - 1)
    open_ = torch.rand(films, most, generator=generator, device=device) < GAP_CHANCE
    chosen = torch.rand(films, 1, generator=generator, device=device) < share
    gaps = (gaps * open_ * chosen).floor()
    gaps[:, 0] = 0
    return torch.arange(frames, device=device) + gaps.cumsum(1).gather(1, shots)


def latents_of(model: Papercut) -> Prepare:
    """What is kept of a film for the transformer: its latent, where subjects are, its prompts and shots."""

    def prepare(films: Record) -> Record:
        device = model.mean.device
        with precision(device):
            latent = model.encode(films["frames"].to(device, non_blocking=True))
        kept = {name: films[name].to(device) for name in KEPT}
        return {"latent": latent.half(), **kept}

    return prepare
