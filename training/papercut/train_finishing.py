"""Trains a finished model's decoder on the latents that its transformer makes.

What a sampler hands over is not what an encoder would: neighbouring cells do not quite fit, and colours are too strong.
The decoder sees many cells at once and has the true picture to go by. It is shown films that were noised and brought back by
the sampler's last steps, beside others as they were encoded, and so learns to draw both.
"""

import torch

from .films import Films, Prepare, Record
from .flow import FEW_STEPS_OFFSET, Sampler, noised
from .model import Papercut
from .settings import EOS, AutoencoderSettings
from .train_autoencoder import CELL, DecoderStage
from .train_transformer import latents_of
from .trainer import generator_for, precision

AS_ENCODED = 0.3
"""Share of steps whose latents stay as they are."""
NOISE = (0.1, 0.6)
"""Levels that films are brought back from. From higher ones the sampler makes another film."""
LAST_LEVEL = 0.4
"""Of the sampler's last step, as a share of the level that it begins at."""


class FinishingStage(DecoderStage):
    name = "finishing"

    def __init__(self, model: Papercut, settings: AutoencoderSettings, films: Films, seed: int) -> None:
        super().__init__(model, settings, films, seed)
        self._model = model
        self._offset = FEW_STEPS_OFFSET if "one_pass" in model.facts else 0.0
        model.denoiser.eval().requires_grad_(False)

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        settings, device = self._settings, self._device
        draw = generator_for(torch.device("cpu"), self._seed, step, 11)
        kind, films = self._films.draw(settings.films, lambda _: settings.batch, draw)
        latent = films["latent"].float()
        brought_back = float(torch.rand((), generator=draw)) >= AS_ENCODED
        if brought_back:
            lowest, highest = NOISE
            level = lowest + (highest - lowest) * float(torch.rand((), generator=draw))
            latent = self._brought_back(films, latent, level, step)
        latent, frames, cells = self._crop(films, latent, (kind.height, kind.width), draw)
        with precision(device):
            decoded = self.network.decoder(self._model.unscaled(latent))
        loss, facts = self.judged(decoded, frames, cells)
        name = "psnr_brought_back" if brought_back else "psnr_encoded"
        return loss, {name: facts.pop("psnr"), **facts}

    @torch.no_grad()
    def _brought_back(self, films: Record, latent: torch.Tensor, level: float, step: int) -> torch.Tensor:
        generator = generator_for(self._device, self._seed, step, 12)
        noise = torch.randn(latent.shape, generator=generator, device=self._device)
        x = noised(latent, noise, torch.full((len(latent),), level, device=self._device))
        ids = films["ids"][..., : int((films["ids"] != 0).sum(-1).max())]
        with precision(self._device):
            sampler = Sampler(self._model.denoiser, ids, films["shots"], EOS)
            return sampler.run(x, [level, LAST_LEVEL * level, 0.0], offset=self._offset)

    def _crop(
        self, films: Record, latent: torch.Tensor, size: tuple[int, int], draw: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The same part of all films: latents, frames in [-1, 1], and how much subjects cover cells, by frame."""
        side = self._settings.crop // CELL
        top, left = (int(torch.randint(pixels // CELL - side + 1, (1,), generator=draw)) for pixels in size)
        of_cells = (..., slice(top, top + side), slice(left, left + side))
        of_pixels = (*(slice(CELL * at, CELL * (at + side)) for at in (top, left)),)
        frames = films["frames"][(..., *of_pixels)].float().div_(127.5).sub_(1)
        cells = films["cells"][of_cells].float().div_(255).repeat_interleave(4, 1)[:, 3:]
        return latent[of_cells], frames, cells


def latents_and_frames(model: Papercut) -> Prepare:
    """What is kept of a film: what the transformer needs, and its frames."""
    of_latents = latents_of(model)

    def prepare(films: Record) -> Record:
        return {**of_latents(films), "frames": films["frames"].to(model.mean.device)}

    return prepare
