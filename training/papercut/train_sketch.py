"""Training of the sketch alone, on stills and short films: the text encoder and all else stay as they are."""

import torch

from . import world
from .film_kinds import FilmKind
from .films import Films, Prompting, Record, rendered, stacked
from .marks import marks_for
from .model import Denoiser, Papercut
from .patches import cells_of
from .settings import SketchSettings
from .sketch import known_of_tokens, misread, said_exactly, weighed_by_subject
from .train_transformer import films_of, latents_of, without_padding
from .trainer import Stage, generator_for, precision

SHOWN = 0.05
"""Cells that a token shows of a subject, at least."""
READ_FILMS = 24
"""Films of a step whose captions are read: a linear layer needs no more, and the text encoder takes its time."""
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
        self.optimizers = [torch.optim.Adam(self.network.parameters(), lr=settings.rate, betas=(0.9, 0.98))]
        self._settings, self._films, self._prompting, self._seed = settings, films, prompting, seed
        self._channels = model.autoencoder.channel_weights().to(model.mean.device)

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings = self._settings
        draw = generator_for(torch.device("cpu"), self._seed, step, 15)
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, settings.tokens), draw)
        generator = generator_for(films["latent"].device, self._seed, step, 16)
        error, covered, reading = self._errors(films, generator, settings.background)
        loss = weighed_by_subject((error * self._channels).sum(-1) / self._channels.sum(), covered)
        with torch.no_grad():
            of_subject = (error.mean(-1) * covered).sum() / covered.sum().clamp(min=1)
        return loss + reading, {
            "loss": loss,
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
        error, covered, _ = self._errors(record, generator, 1)
        of_subject = (error.mean(-1) * covered).sum() / covered.sum()
        return {"off": error.mean().item(), "off_subject": of_subject.item()}

    def _errors(
        self, films: Record, generator: torch.Generator, background: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of tokens that show a subject, and of a share of the others: squared errors of cells [tokens, cells, z], how much
        these show the subject [tokens, cells]; and the cross entropy of what captions are read to say.
        """
        latent = films["latent"].float()
        device, patch = latent.device, self._denoiser.telling.patch
        marks = marks_for(films, self._denoiser.telling, generator)
        assert marks is not None
        shots, told = films["shots"], films["told"]
        with torch.no_grad(), precision(device):
            text, real = self._denoiser.encode(without_padding(films["ids"][:READ_FILMS]))
        logits = self.network.logits(text.float(), real)
        reading = misread(logits, told[:READ_FILMS])
        # What captions say is known here; to read it is learnt beside.
        known = known_of_tokens(said_exactly(told), marks, shots)
        covered = cells_of(films["cells"][:, None].float() / 255, patch)
        chance = torch.rand(covered.shape[:2], generator=generator, device=device)
        chosen = (covered.sum(-1) > SHOWN) | (chance < background)
        with precision(device):
            guess = self.network.of_tokens(known[chosen])
        error = (guess.float() - cells_of(latent, patch)[chosen]).square()
        return error.unflatten(-1, (covered.shape[-1], -1)), covered[chosen], reading

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        ours = {f"transformer.sketch.{name}": x for name, x in weights.items()}
        return {**self._denoiser.state_dict(), **ours}
