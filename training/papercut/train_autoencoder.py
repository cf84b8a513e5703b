"""Training of the autoencoder on crops of rendered films."""

import copy

import torch
from torch import nn

from .films import Films, Prepare, Record
from .model import AUTOENCODER, Papercut
from .settings import AutoencoderSettings
from .trainer import Facts, Stage, generator_for, precision, with_prefix

CELL = 16
LINEAR_BLOCKS = 12000
LINEAR_ROUNDS = 40
SUBJECT = 1.0
"""Extra weight of cells that show a subject."""
LATER_RATE = 0.6
"""Of an autoencoder that is trained on, in rates of a fresh one."""
HELD = 0.5
"""Weight of how far latents are from what they were, squared, in their deviations."""
GRADIENT, SQUARE = 0.7, 8.0
"""Weights, against the absolute error, of errors of neighbours' differences (edges) and of the squared error (PSNR)."""


class AutoencoderStage(Stage):
    name = "autoencoder"

    def __init__(self, model: Papercut, settings: AutoencoderSettings, films: Films, seed: int) -> None:
        self.network: nn.Module = model.autoencoder
        self._autoencoder = model.autoencoder
        self.ema = 0.998
        self._settings, self._films, self._seed = settings, films, seed
        self._device = model.mean.device
        self.optimizers = [
            torch.optim.AdamW(
                self.network.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=1e-3
            )
        ]

    def start(self) -> None:
        """Gives a fresh network its linear path."""
        self._films.stock(self._settings.films, lambda _: self._settings.batch)
        generator = generator_for(torch.device("cpu"), self._seed, 1)
        blocks = []
        while sum(map(len, blocks)) < LINEAR_BLOCKS and len(blocks) < LINEAR_ROUNDS:
            frames, _ = self._crops(generator)
            blocks.append(_blocks(frames)[: LINEAR_BLOCKS // 4])
        self._autoencoder.set_linear_path(torch.cat(blocks))

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, Facts]:
        device, settings = self._device, self._settings
        frames, cells = self._crops(generator_for(torch.device("cpu"), self._seed, step, 2))
        generator = generator_for(device, self._seed, step, 3)
        with precision(device):
            latent = self.encoded(frames)
            level = settings.noise * torch.rand(len(latent), 1, 1, 1, 1, generator=generator, device=device)
            deviation = latent.std((0, 1, 3, 4), keepdim=True).detach()
            noise = torch.randn(latent.shape, generator=generator, device=device)
            decoded = self._autoencoder.decoder(latent + level * deviation * noise)
        error = decoded.float() - frames
        weight = 1 + SUBJECT * cells.repeat_interleave(CELL, -1).repeat_interleave(CELL, -2)[:, :, None]
        absolute = (error.abs() * weight).mean() / weight.mean()
        edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
        square = error.square().mean()
        wish, facts = self.wish(frames, latent)
        return absolute + GRADIENT * edges + SQUARE * square + wish, facts | {
            "absolute": absolute,
            "psnr_noisy": -10 * torch.log10(square.detach() / 4),
            "latent_deviation": latent.std(),
            "reuse": self._films.reuse,
            "pixels": float(frames.numel() / 3),
        }

    def encoded(self, frames: torch.Tensor) -> torch.Tensor:
        return self._autoencoder.encoder(frames)

    def wish(self, frames: torch.Tensor, latent: torch.Tensor) -> tuple[torch.Tensor | float, Facts]:
        """What is asked of latents, beside what they keep of the frames: a deviation near 1."""
        return 1e-4 * latent.square().mean() + 0.01 * (latent.std() - 1) ** 2, {}

    def _crops(self, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Frames [batch, frames, 3, crop, crop] in [-1, 1], and how much subjects cover cells, by frame."""
        crop = self._settings.crop
        kind, films = self._films.draw(self._settings.films, lambda _: self._settings.batch, generator)
        side = crop // CELL
        rooms = (kind.height - crop) // CELL + 1, (kind.width - crop) // CELL + 1
        corners = [
            torch.randint(room, (len(films["cells"]),), generator=generator).tolist() for room in rooms
        ]
        frames, cells = [], []
        for film, covered, top, left in zip(films["frames"], films["cells"], *corners):
            frames.append(film[..., CELL * top : CELL * top + crop, CELL * left : CELL * left + crop])
            cells.append(covered[..., top : top + side, left : left + side])
        pixels = torch.stack(frames).float().div_(127.5).sub_(1)
        # The first latent frame stands for one frame, later ones for four.
        return pixels, torch.stack(cells).float().div_(255).repeat_interleave(4, 1)[:, 3:]


class DecoderStage(AutoencoderStage):
    """Trains a finished model's decoder on. Latents stay what they are, and so does what the transformer knows."""

    name = "decoder"

    def __init__(self, model: Papercut, settings: AutoencoderSettings, films: Films, seed: int) -> None:
        super().__init__(model, settings, films, seed)
        self._autoencoder.encoder.requires_grad_(False)
        decoder = self._autoencoder.decoder.parameters()
        rate = LATER_RATE * settings.rate
        self.optimizers = [torch.optim.AdamW(decoder, lr=rate, betas=(0.9, 0.98), weight_decay=1e-3)]

    def start(self) -> None:
        """The network has its linear path."""

    @torch.no_grad()
    def encoded(self, frames: torch.Tensor) -> torch.Tensor:
        return super().encoded(frames)


class RefiningStage(AutoencoderStage):
    """Trains both halves of a finished model's autoencoder on, and holds latents near what they were.

    What is learnt of details lies in small differences from the latents before, which the transformer's films do not have:
    pictures that are encoded keep more, and films are decoded as well as before.
    """

    name = "refining"

    def __init__(self, model: Papercut, settings: AutoencoderSettings, films: Films, seed: int) -> None:
        super().__init__(model, settings, films, seed)
        for group in self.optimizers[0].param_groups:
            group["lr"] = LATER_RATE * settings.rate
        # Part of checkpoints: a resumed run holds on to the same latents.
        self._before = copy.deepcopy(model.autoencoder.encoder).requires_grad_(False)
        self.network = nn.ModuleDict({AUTOENCODER: model.autoencoder, "before": self._before})
        self._deviation = model.deviation

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return with_prefix(weights, f"{AUTOENCODER}.")

    def start(self) -> None:
        """The network has its linear path."""

    def wish(self, frames: torch.Tensor, latent: torch.Tensor) -> tuple[torch.Tensor, Facts]:
        """That they are what they were."""
        with torch.no_grad():
            before = self._before(frames).float()
        moved = ((latent.float() - before) / self._deviation[:, None, None]).square().mean()
        return HELD * moved, {"moved": moved.detach().sqrt()}


def _blocks(frames: torch.Tensor) -> torch.Tensor:
    """Blocks of four frames of 16 x 16 pixels, in a random order: [n, 4, 3, 16, 16]."""
    films, length, _, height, width = frames.shape
    groups = frames[:, 1:].view(films, (length - 1) // 4, 4, 3, height // CELL, CELL, width // CELL, CELL)
    blocks = groups.permute(0, 1, 4, 6, 2, 3, 5, 7).flatten(0, 3)
    order = torch.randperm(len(blocks), generator=torch.Generator().manual_seed(len(blocks)))
    return blocks[order.to(blocks.device)]


def keep_frames(device: torch.device) -> Prepare:
    """What is kept of a film for the autoencoder: its frames, and where subjects are."""

    def prepare(films: Record) -> Record:
        return {name: films[name].to(device) for name in ("frames", "cells")}

    return prepare
