"""A trained Papercut as the evaluation sees it."""

from collections.abc import Sequence

import numpy as np
import torch

from ..flow import Sampler, noised
from ..marks import marks_of
from ..model import Papercut
from ..noise import noise_of
from ..sample import SOLVER, few_solver, levels_of
from ..text_encoder import tokenize
from ..trainer import precision
from ..transformer import FEW_STEPS_OFFSET
from .interface import Order, Sampling


class JudgedPapercut:
    """Satisfies `interface.Judged`."""

    def __init__(self, model: Papercut, device: torch.device) -> None:
        self.model = model.to(device)
        self.model.denoiser.eval()
        self.model.autoencoder.eval()
        self.device = device

    @torch.no_grad()
    def sample(self, orders: Sequence[Order], how: Sampling) -> list[np.ndarray]:
        frames, width, height = orders[0].layout
        size = (self.model.config["ae"]["z"], frames, height // 16, width // 16)
        with precision(self.device, alike=True):
            eos = self.model.config["text_encoder"]["eos"]
            ids, shots = self._prompts(orders)
            noise = self._noise(orders, shots, size)
            sampler = Sampler(self.model.denoiser, ids, shots, eos, how.mode, marks=self._marks(orders, shots, size[-2:]))
            offset = FEW_STEPS_OFFSET if how.few else 0.0
            guidance = 1.0 if how.few else how.guidance
            solver = few_solver(self.model) if how.few else SOLVER
            levels = levels_of(self.model, how.few, how.steps, noise[0, 0].numel() // 4, how.shift)
            latents = sampler.run(noise, levels, guidance, offset, solver)
            return [self.model.decode(latent[None])[0].cpu().numpy() for latent in latents]

    @torch.no_grad()
    def reconstruct(self, frames: np.ndarray) -> np.ndarray:
        with precision(self.device, alike=True):
            latent = self.model.encode(torch.from_numpy(frames)[None].to(self.device))
            return self.model.decode(latent)[0].cpu().numpy()

    @torch.no_grad()
    def groups(self, frames: np.ndarray, order: Order, level: float) -> np.ndarray:
        chosen: list[torch.Tensor] = []
        blocks = self.model.denoiser.transformer.blocks
        hooks = [
            block.self_attn.register_forward_hook(lambda _m, _in, out: chosen.append(out[1].argmax(-1)))
            for block in blocks
        ]
        try:
            with precision(self.device, alike=True):
                latent = self.model.encode(torch.from_numpy(frames)[None].to(self.device))
                ids, shots = self._prompts([order])
                noise = self._noise([order], shots, latent.shape[1:])
                x = noised(latent, noise, torch.tensor([level], device=self.device))
                t = torch.tensor([1000 * level], device=self.device)
                self.model.denoiser(x, t, ids, shots, marks=self._marks([order], shots, latent.shape[-2:]))
        finally:
            for hook in hooks:
                hook.remove()
        _, down, across = self.model.config["dit"]["patch"]
        grid = (latent.shape[2], latent.shape[3] // down, latent.shape[4] // across)
        return torch.stack([group.view(grid) for group in chosen]).cpu().numpy()

    def _noise(self, orders: Sequence[Order], shots: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
        """What films [films, *size] are made from, each from its own seed."""
        correlation = self.model.denoiser.noise_correlation
        films = [
            noise_of(order.captions, (1, *size), of_film[None].cpu(), order.seed, correlation)
            for order, of_film in zip(orders, shots)
        ]
        return torch.cat(films).to(self.device)

    def _marks(
        self, orders: Sequence[Order], shots: torch.Tensor, size: tuple[int, int]
    ) -> torch.Tensor | None:
        """What tokens are told of films' prompts: of each film from its own seed."""
        telling = self.model.denoiser.telling
        films = [
            marks_of(order.captions, size, of_film[None].cpu(), order.seed, telling)
            for order, of_film in zip(orders, shots)
        ]
        return torch.cat(films).to(self.device) if telling.subjects else None

    def _prompts(self, orders: Sequence[Order]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids [films, shots, length] and the shot of every latent frame [films, frames]."""
        config = self.model.config["text_encoder"]
        shots = max(len(order.captions) for order in orders)
        ids = torch.full((len(orders), shots, config["max_len"]), config["pad"])
        ids[:, :, 0] = config["eos"]
        for row, order in zip(ids, orders):
            for shot, caption in zip(row, order.captions):
                words = tokenize(caption, self.model.vocabulary, config)
                shot[: len(words)] = torch.tensor(words)
        of_frame = [
            torch.arange(len(order.latent_frames)).repeat_interleave(torch.tensor(order.latent_frames))
            for order in orders
        ]
        return ids.to(self.device), torch.stack(of_frame).to(self.device)
