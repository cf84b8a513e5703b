"""Distillation: a mode of few steps without guidance, in the same weights as the mode of many.

The network learns, for timesteps that are moved up by `FEW_STEPS_OFFSET`, to take in one step what its former self takes
in several with guidance: from a noise level of the short schedule to the next. That is a regression to a function, the
teacher's flow between two levels, so that it has no modes to average over, needs no discriminator and starts from a
network that is almost right, which a few hundred steps suffice for. Steps start mostly where the student's own steps
have led, since that is where its errors add up. Now and then a step of ordinary training keeps the other mode.
"""

import copy
from dataclasses import replace

import torch

from .films import Films
from .flow import Sampler, noise_levels, noised
from .marks import marks_for
from .model import Papercut
from .noise import noise_for
from .optimizers import for_transformer
from .settings import EOS, DistillationSettings, TransformerSettings
from .train_transformer import NEVER, FlowLoss, films_of, without_padding
from .trainer import Stage, generator_for, precision
from .transformer import FEW_STEPS_OFFSET


class DistillationStage(Stage):
    name = "distillation"

    def __init__(
        self,
        model: Papercut,
        settings: DistillationSettings,
        training: TransformerSettings,
        films: Films,
        seed: int,
    ) -> None:
        """The model's denoiser becomes the student, starting from the teacher, which is a copy of it."""
        self.network = model.denoiser
        self.ema = settings.ema
        self.optimizers = for_transformer(self.network, settings.rate, settings.muon_rate)
        self._teacher = copy.deepcopy(model.denoiser).eval().requires_grad_(False)
        # The moved timesteps are the student's alone from here on.
        self._flow = FlowLoss(model, replace(training, guided=NEVER))
        self._settings, self._training, self._films, self._seed = settings, training, films, seed
        self._levels = noise_levels(settings.steps, settings.shift)

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings = self._settings
        draw = generator_for(torch.device("cpu"), self._seed, step, 6)
        replay = float(torch.rand((), generator=draw)) < settings.replay
        if replay:
            # Half-way through training: routers held loosely, and no timesteps of the mode of few steps yet.
            mix = self._training.phases[-1][1]
            _, films = self._films.draw(
                {kind: share for kind, share in mix.items() if kind in settings.films} or settings.films,
                lambda kind: films_of(kind, settings.tokens),
                draw,
            )
            loss, facts = self._flow(self.network, films, 0.5, self._seed, step)
            return loss, {"replay": facts["loss"], "tokens": facts["tokens"]}
        return self._distilled(step, draw)

    def _distilled(
        self, step: int, draw: torch.Generator
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings, levels = self._settings, self._levels
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, settings.tokens), draw)
        latent = films["latent"].float()
        device = latent.device
        ids, shots = films["ids"], films["shots"]
        ids = without_padding(ids)
        generator = generator_for(device, self._seed, step, 7)
        noise = noise_for(films, self._teacher.noise_correlation, generator)
        marks = marks_for(films, self._teacher.telling, generator)
        segment = int(torch.randint(settings.steps, (1,), generator=draw))
        own = float(torch.rand((), generator=draw)) < settings.own_path
        with torch.no_grad(), precision(device):
            if own:
                student = Sampler(self.network, ids, shots, EOS, marks=marks)
                x = student.run(noise, levels[: segment + 1], offset=FEW_STEPS_OFFSET)
            else:
                x = noised(latent, noise, torch.full((len(latent),), levels[segment], device=device))
            start, end = levels[segment : segment + 2]
            between = torch.linspace(start, end, settings.substeps + 1, dtype=torch.float64).tolist()
            there = Sampler(self._teacher, ids, shots, EOS, marks=marks).run(x, between, guidance=settings.guidance)
            target = (there - x) / (end - start)
        with precision(device):
            t = torch.full((len(x),), 1000 * start + FEW_STEPS_OFFSET, device=device)
            velocity, routing = self.network(x, t, ids, shots, marks=marks)
        error = self._flow.weighted(velocity - target, films)
        size = self._flow.weighted(target, films)
        return error + self._training.balance[1] * (routing.balance - 1), {
            "distilled": error,
            "relative_error": (error / size).sqrt(),
            f"error_at_{segment}": error,
            "tokens": float(latent.numel() / latent.shape[1] / 4),
        }
