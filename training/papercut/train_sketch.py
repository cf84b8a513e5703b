"""Training of the sketch alone, on stills and short films: the text encoder and all else stay as they are."""

import torch
from torch import nn

from . import world
from .attributes import UNKNOWN
from .film_kinds import FilmKind
from .films import Films, Prompting, Record, rendered, stacked
from .marks import marks_for
from .model import Denoiser, Papercut
from .settings import SketchSettings
from .sketch import misread, said_exactly, seen, squared, unforeseen, weighed_by_subject
from .train_transformer import films_of, latents_of, without_padding
from .trainer import Stage, generator_for, precision

SHOWN = 0.05
"""Cells that a token shows of a subject, at least."""
READ_FILMS = 24
"""Films of a step whose captions are read: a linear layer needs no more, and the text encoder takes its time."""
UNSAID = 0.06
"""Share of films of which nothing is said: what is guessed where guidance asks for a picture without a prompt."""
RATES = {"grids.layers": 5.0, "grids.subject": 5.0, "reading": 0.1}
"""In rates of other weights: each place of a grid is seen seldom, and what reads is one layer with many examples."""
TEST_FILMS = 60
TEST_SEED = 1 << 41


class SketchStage(Stage):
    name = "sketch"

    def __init__(
        self, model: Papercut, settings: SketchSettings, films: Films, prompting: Prompting, seed: int
    ) -> None:
        assert model.denoiser.transformer.sketch
        self._model = model
        self._denoiser: Denoiser = model.denoiser
        self.network = model.denoiser.transformer.sketch
        self.ema = settings.ema
        by_rate: dict[float, list[nn.Parameter]] = {1.0: []}
        for name, weights in self.network.named_parameters():
            times = next((times for start, times in RATES.items() if name.startswith(start)), 1.0)
            by_rate.setdefault(times, []).append(weights)
        self.optimizers = [
            torch.optim.Adam(weights, lr=times * settings.rate, betas=(0.9, 0.98)) for times, weights in by_rate.items()
        ]
        self._settings, self._films, self._prompting, self._seed = settings, films, prompting, seed
        self._channels = model.autoencoder.channel_weights().to(model.mean.device)

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings = self._settings
        draw = generator_for(torch.device("cpu"), self._seed, step, 15)
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, settings.tokens), draw)
        generator = generator_for(films["latent"].device, self._seed, step, 16)
        error, doubt, covered, reading = self._errors(films, generator, settings.background, UNSAID)
        doubting = unforeseen(error, doubt)
        loss = weighed_by_subject((error * self._channels).sum(-1) / self._channels.sum(), covered)
        with torch.no_grad():
            of_subject = (error.mean(-1) * covered).sum() / covered.sum().clamp(min=1)
        return loss + doubting + reading, {
            "loss": loss,
            "doubting": doubting,
            "reading": reading,
            f"off_subject_{kind.name}": of_subject,
            "tokens": float(len(error)),
            "reuse": self._films.reuse,
        }

    @torch.no_grad()
    def off(self, kind: FilmKind, split: world.Split) -> dict[str, float]:
        """The mean squared error of films of a kind, in deviations of latents, whole and where they show their subject."""
        scope = world.Scope(self._model.facts["scope"])
        films = [rendered(kind, scope, self._prompting, TEST_SEED + i, split) for i in range(TEST_FILMS)]
        record = latents_of(self._model)(stacked(films))
        generator = generator_for(record["latent"].device, self._seed, 0, 17)
        error, _, covered, _ = self._errors(record, generator, 1, 0)
        of_subject = (error.mean(-1) * covered).sum() / covered.sum()
        return {"off": error.mean().item(), "off_subject": of_subject.item()}

    def _errors(
        self, films: Record, generator: torch.Generator, background: float, unsaid: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of tokens that show a subject, and of a share of the others: squared errors of cells and what is thought of them
        [tokens, cells, z], how much these show the subject [tokens, cells]; and the cross entropy of what captions are read
        to say. unsaid: share of films of which nothing is said.
        """
        device = films["latent"].device
        marks = marks_for(films, self._denoiser.telling, generator)
        assert marks is not None
        shots, told = films["shots"], films["told"]
        with torch.no_grad(), precision(device):
            ids = without_padding(films["ids"][:READ_FILMS])
            text, real = self._denoiser.encode(ids)
        logits = self.network.logits(ids, text.float(), real)
        reading = misread(logits, told[:READ_FILMS])
        with precision(device):
            # What captions say is known here; to read it is learnt beside.
            silent = torch.rand(len(told), generator=generator, device=device) < unsaid
            known_of = told.masked_fill(silent[:, None, None], UNKNOWN)
            known, times = self.network.known(said_exactly(known_of), marks, shots)
            target, covered = seen(films, self._denoiser.telling.patch)
            chance = torch.rand(covered.shape[:2], generator=generator, device=device)
            chosen = (covered.sum(-1) > SHOWN) | (chance < background)
            guess, doubt = self.network.of_tokens(known[chosen], times[chosen])
        error = squared(guess, target[chosen], covered[chosen])
        return error, doubt.view_as(error), covered[chosen], reading

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        ours = {f"transformer.sketch.{name}": x for name, x in weights.items()}
        return {**self._denoiser.state_dict(), **ours}
