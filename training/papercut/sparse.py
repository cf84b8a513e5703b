"""What sparse attention lacks to dense: a finished model learns to do in groups what it does where every token sees all.

Its former self looks at the same films with dense attention and at every shot alone, and the network learns, with its own
groups, the velocity that lies beyond: what shots see of each other counts more than it does by itself, as prompts do under
guidance (history guidance, Song et al. 2025, with the other shots for the history). Inside a shot the former self looks with
groups, since attention that was never trained dense is the worse teacher there, and films of one shot stay what they are.
Each target is a function of the input, in which nothing is left to chance, so that a few hundred steps at a low rate do. Most
films are looked at where the network's own steps have led, as in the studio; the others keep the mode of two passes.
"""

import copy

import torch

from .films import Films
from .flow import Sampler, noised, shift_for, shifted
from .layout import Mode
from .marks import marks_for
from .model import Papercut
from .noise import noise_for
from .optimizers import for_transformer
from .sample import few_mode, few_solver, levels_of
from .settings import EOS, SparseSettings, TransformerSettings
from .train_transformer import FlowLoss, films_of, without_padding
from .trainer import Facts, Stage, generator_for, precision
from .transformer import FEW_STEPS_OFFSET

EMPTY_SHARE = 0.2
"""Of films in the mode of two passes: those without prompts, which guidance needs."""


class SparseStage(Stage):
    name = "sparse"
    warm_steps = 20

    def __init__(
        self,
        model: Papercut,
        settings: SparseSettings,
        training: TransformerSettings,
        films: Films,
        seed: int,
        shared_seed: int | None = None,
    ) -> None:
        """The model's denoiser becomes the student of a copy of itself.

        shared_seed: of all processes that train together, which take films of one kind and so need not wait.
        """
        self._model = model
        self.network = model.denoiser
        self.ema = settings.ema
        self._teacher = copy.deepcopy(model.denoiser).eval().requires_grad_(False)
        self.optimizers = for_transformer(self.network, settings.rate, settings.muon_rate)
        self._flow = FlowLoss(model, training)
        self._settings, self._training, self._films, self._seed = settings, training, films, seed
        self._shared_seed = seed if shared_seed is None else shared_seed

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, Facts]:
        settings, training = self._settings, self._training
        draw = generator_for(torch.device("cpu"), self._shared_seed, step, 15)
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, settings.tokens), draw)
        steps = few_mode(self._model)["steps"]
        taken = int(torch.randint(steps, (), generator=draw))
        few = float(torch.rand((), generator=draw)) < settings.few
        generator = generator_for(films["latent"].device, self._seed, step, 16)
        noise = noise_for(films, self._teacher.noise_correlation, generator)
        marks = marks_for(films, self._teacher.telling, generator)
        ids, shots = without_padding(films["ids"]), films["shots"]
        if few:
            levels = levels_of(self._model, True, steps, kind.tokens)[: taken + 1]
            with torch.no_grad(), precision(noise.device):
                sampler = Sampler(self.network, ids, shots, EOS, marks=marks)
                x = sampler.run(noise, levels, offset=FEW_STEPS_OFFSET, solver=few_solver(self._model))
            t = torch.full((len(x),), 1000 * levels[-1] + FEW_STEPS_OFFSET, device=x.device)
        else:
            x, t, ids = self._noised(films, noise, ids, kind.tokens, generator)
        cut = kind.shots[1] > 1
        with precision(x.device):
            wanted = self._wanted(x, t, ids, shots, marks, cut)
            velocity, routing = self.network(x, t, ids, shots, marks=marks)
        error = self._flow.weighted(velocity - wanted, films)
        size = self._flow.weighted(wanted, films)
        loss = error + training.balance[1] * (routing.balance - 1) - training.confidence * routing.confidence
        loss = loss + training.shared * routing.shared
        lacking = (error / size).sqrt()
        return loss, {
            "error": error,
            "lacking": lacking,
            ("lacking_in_a_shot" if not cut else f"lacking_after_{taken}" if few else "lacking_guided"): lacking,
            "balance": routing.balance,
            "tokens": float(len(x) * kind.tokens),
            "reuse": self._films.reuse,
        }

    @torch.no_grad()
    def _wanted(
        self,
        x: torch.Tensor,
        t: torch.Tensor,
        ids: torch.Tensor,
        shots: torch.Tensor,
        marks: torch.Tensor | None,
        cut: bool,
    ) -> torch.Tensor:
        """The teacher's velocity: of every shot alone, and on from there by what dense attention to others changes."""

        def seen(mode: Mode) -> torch.Tensor:
            velocity, _ = self._teacher(x, t, ids, shots, mode=mode, marks=marks)
            return velocity

        if not cut:
            return seen(Mode.MOGA)
        others = seen(Mode.DENSE) - seen(Mode.DENSE_ALONE)
        return seen(Mode.MOGA_ALONE) + self._settings.others * others

    def _noised(
        self,
        films: dict[str, torch.Tensor],
        noise: torch.Tensor,
        ids: torch.Tensor,
        tokens: int,
        generator: torch.Generator,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Films at any noise level, the timesteps of these, and ids, of which some are without prompts."""
        latent = films["latent"].float()
        sigma, chance = torch.rand(2, len(latent), generator=generator, device=latent.device)
        sigma = shifted(sigma, shift_for(tokens))
        empty = torch.zeros_like(ids)
        empty[..., 0] = EOS
        ids = torch.where((chance < EMPTY_SHARE)[:, None, None], empty, ids)
        return noised(latent, noise, sigma), 1000 * sigma, ids
