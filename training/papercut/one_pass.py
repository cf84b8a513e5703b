"""Guidance in one pass, learnt from a finished model: half of the cost of a film, with the model as it is.

A LoRA learns the velocity that guidance makes of two passes of the model (Meng et al. 2023). The model's own weights are
left alone, so that its films with guidance stay what they are. All targets are functions of the input: a few hundred
steps do.
"""

import torch
from torch.func import functional_call

from .adapter import Adapter
from .films import Films
from .flow import noised, shift_for, shifted
from .model import TRANSFORMER, Papercut
from .settings import OnePassSettings, TransformerSettings
from .train_transformer import FlowLoss, films_of, guided_velocity
from .trainer import Stage, generator_for, precision

UP_RATE = 2.0
"""Of the upper halves of pairs, in rates of the lower ones, since they start at nothing (Hayou et al. 2024)."""


class OnePassStage(Stage):
    name = "one_pass"
    warm_steps = 10

    def __init__(
        self,
        model: Papercut,
        adapter: Adapter,
        settings: OnePassSettings,
        training: TransformerSettings,
        films: Films,
        seed: int,
    ) -> None:
        self.network = adapter
        self.ema = settings.ema
        self._denoiser = model.denoiser.eval().requires_grad_(False)
        ups = {"params": list(adapter.up.parameters()), "lr": UP_RATE * settings.rate}
        rest = {"params": [*adapter.down.parameters(), *adapter.diff.parameters()], "lr": settings.rate}
        self.optimizers = [
            torch.optim.AdamW([group], betas=(0.9, 0.98), weight_decay=0.0) for group in (rest, ups)
        ]
        self._flow = FlowLoss(model, training)
        self._settings, self._films, self._seed = settings, films, seed

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings = self._settings
        draw = generator_for(torch.device("cpu"), self._seed, step, 8)
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, settings.tokens), draw)
        latent = films["latent"].float()
        device, count = latent.device, len(latent)
        generator = generator_for(device, self._seed, step, 9)
        ids, shots = films["ids"], films["shots"]
        ids = ids[..., : int((ids != 0).sum(-1).max())]
        sigma = torch.rand(count, generator=generator, device=device)
        sigma = shifted(sigma, shift_for(kind.tokens))
        noise = torch.randn(latent.shape, generator=generator, device=device)
        x, t = noised(latent, noise, sigma), 1000 * sigma
        positions = torch.arange(shots.shape[1], device=device).expand_as(shots)
        target = guided_velocity(self._denoiser, x, t, ids, shots, positions, settings.guidance)
        merged = self.network.merged(self._denoiser.transformer)
        weights = {f"{TRANSFORMER}.{name}": weight for name, weight in merged.items()}
        with precision(device):
            velocity, _ = functional_call(self._denoiser, weights, (x, t, ids, shots, positions))
        error = velocity - target
        relative = (error.detach().square().mean() / target.square().mean()).sqrt()
        facts = {"tokens": float(count * kind.tokens), "relative_error": relative}
        return self._flow.weighted(error, films), facts
