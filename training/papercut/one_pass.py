"""Guidance in one pass, learnt from a finished model: half of the cost of a film, with the model's other mode left as it is.

The network learns, for timesteps that are moved up by `FEW_STEPS_OFFSET`, the velocity that guidance makes of two passes of
its former self (Meng et al. 2023), and goes on to give its former self's velocities elsewhere. All targets are
functions of the input, so that a few hundred steps at a low rate do. Times are learnt first and alone, in seconds: the
moved ones begin as what they were before they were moved.
"""

import copy

import torch
from torch.nn import functional as F

from .films import Films
from .flow import noised, shift_for, shifted
from .marks import marks_for
from .model import Papercut
from .noise import noise_for
from .optimizers import for_transformer
from .settings import EOS, OnePassSettings, TransformerSettings
from .train_transformer import FlowLoss, films_of, guided_velocity, without_padding
from .trainer import Stage, generator_for, precision
from .transformer import FEW_STEPS_OFFSET, Transformer, sinusoid

TIME_STEPS, TIME_RATE = 2000, 2e-3
EMPTY_SHARE = 0.3
"""Of films that keep the other mode as it is: those without prompts, which guidance needs."""


class OnePassStage(Stage):
    name = "one_pass"
    warm_steps = 10

    def __init__(
        self,
        model: Papercut,
        settings: OnePassSettings,
        training: TransformerSettings,
        films: Films,
        seed: int,
    ) -> None:
        """The model's denoiser becomes the student of a copy of itself."""
        self.network = model.denoiser
        self.ema = settings.ema
        self._teacher = copy.deepcopy(model.denoiser).eval().requires_grad_(False)
        self.optimizers = for_transformer(self.network, settings.rate, settings.muon_rate)
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
        ids = without_padding(ids).clone()
        empty = torch.zeros_like(ids)
        empty[..., 0] = EOS

        def chance(share: float) -> torch.Tensor:
            return torch.rand(count, generator=generator, device=device) < share

        guided = chance(settings.share)
        silent = ~guided & chance(EMPTY_SHARE)
        ids = torch.where(silent[:, None, None], empty, ids)
        sigma = torch.rand(count, generator=generator, device=device)
        sigma = shifted(sigma, shift_for(kind.tokens))
        noise = noise_for(films, self._teacher.noise_correlation, generator)
        marks = marks_for(films, self._teacher.telling, generator)
        x, t = noised(latent, noise, sigma), 1000 * sigma
        positions = torch.arange(shots.shape[1], device=device).expand_as(shots)
        target = torch.empty_like(x)
        # Without guidance, the pass without prompts counts for nothing: 1 leaves the prompted one.
        for mode, guidance in ((guided, settings.guidance), (~guided, 1.0)):
            if mode.any():
                target[mode] = guided_velocity(
                    self._teacher,
                    x[mode],
                    t[mode],
                    ids[mode],
                    shots[mode],
                    positions[mode],
                    guidance,
                    None if marks is None else marks[mode],
                )
        with precision(device):
            velocity, routing = self.network(x, t + FEW_STEPS_OFFSET * guided, ids, shots, positions, marks=marks)
        error = velocity - target
        loss = self._flow.weighted(error, films)
        facts = {"tokens": float(count * kind.tokens)}
        for name, mode in (("guided", guided), ("kept", ~guided)):
            if mode.any():
                facts[f"{name}_error"] = (error[mode].square().mean() / target[mode].square().mean()).sqrt()
        return loss, facts

    def start(self) -> None:
        """Gives the moved timesteps the meaning of their origins."""
        learn_moved_times(self.network.transformer, self._teacher.transformer)


def learn_moved_times(student: Transformer, teacher: Transformer) -> float:
    """Trains the student's time embedding alone. Returns the relative error that is left."""
    size = student.config["freq_dim"]
    device = next(student.parameters()).device
    optimizer = torch.optim.Adam(student.time_embedding.parameters(), lr=TIME_RATE)
    generator = generator_for(device, 10)
    error = torch.tensor(0.0)
    for step in range(TIME_STEPS):
        optimizer.param_groups[0]["lr"] = TIME_RATE * (1 - step / TIME_STEPS)
        t = 1000 * torch.rand(256, generator=generator, device=device)
        with torch.no_grad():
            wanted = teacher.time_embedding(sinusoid(t, size)).repeat(2, 1)
        got = student.time_embedding(sinusoid(torch.cat([t, t + FEW_STEPS_OFFSET]), size))
        error = F.mse_loss(got, wanted)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float((error.detach() / wanted.square().mean()).sqrt())
