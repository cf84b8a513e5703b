"""Training of the sketch alone, on stills and short films: the text encoder and all else stay as they are."""

import torch

from . import world
from .film_kinds import FilmKind
from .films import Films, Prompting, Record, rendered, stacked
from .marks import marks_for
from .model import Denoiser, Papercut
from .settings import EOS, SketchSettings
from .train_transformer import PAD, films_of, latents_of, without_padding
from .trainer import Stage, generator_for, precision
from .transformer import cells_of

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
        error, covered = self._errors(films, generator, settings.no_prompt)
        weight = 1 + settings.subject * covered
        loss = (weight * (error * self._channels).sum(-1)).mean() / weight.mean() / self._channels.sum()
        with torch.no_grad():
            of_subject = (error.mean(-1) * covered).sum() / covered.sum().clamp(min=1)
        return loss, {
            "loss": loss,
            f"off_{kind.name}": error.mean(),
            f"off_subject_{kind.name}": of_subject,
            "tokens": float(error.shape[0] * error.shape[1]),
            "reuse": self._films.reuse,
        }

    @torch.no_grad()
    def off(self, kind: FilmKind, split: world.Split) -> dict[str, float]:
        """The mean squared error of films of a kind, in deviations of latents, whole and where they show their subject."""
        scope = world.Scope(self._model.facts["scope"])
        films = [rendered(kind, scope, self._prompting, TEST_SEED + i, split) for i in range(TEST_FILMS)]
        record = latents_of(self._model)(stacked(films))
        generator = generator_for(record["latent"].device, self._seed, 0, 17)
        error, covered = self._errors(record, generator, 0)
        of_subject = (error.mean(-1) * covered).sum() / covered.sum()
        return {"off": error.mean().item(), "off_subject": of_subject.item()}

    def _errors(
        self, films: Record, generator: torch.Generator, no_prompt: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Squared errors of cells [films, N, cells, z], and how much they show the subject [films, N, cells]."""
        latent = films["latent"].float()
        device, patch = latent.device, self._denoiser.telling.patch
        marks = marks_for(films, self._denoiser.telling, generator)
        assert marks is not None
        ids = without_padding(films["ids"])
        # As films are made without prompts for guidance.
        silent = torch.rand(len(ids), generator=generator, device=device) < no_prompt
        empty = torch.full_like(ids[:1], PAD)
        empty[..., 0] = EOS
        with torch.no_grad(), precision(device):
            text, real = self._denoiser.encode(torch.where(silent[:, None, None], empty, ids))
        with precision(device):
            guess = self.network(text.float(), real, marks, films["shots"])
        covered = cells_of(films["cells"][:, None].float() / 255, patch)
        error = (guess.float() - cells_of(latent, patch)).square()
        return error.unflatten(-1, (covered.shape[-1], -1)), covered

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        ours = {f"transformer.sketch.{name}": x for name, x in weights.items()}
        return {**self._denoiser.state_dict(), **ours}
