"""Training of the text encoder by itself, on captions without pictures: it must know from each word what the shot shows.

A caption costs nothing to draw, and a text encoder little to run, so that a few minutes show it more sentences than all
of the transformer's training does.
"""

import numpy as np
import torch
from torch import nn

from . import world
from .attributes import Probes, shown_and_told
from .films import Prompting
from .model import Denoiser, Papercut
from .optimizers import for_transformer
from .settings import WordsSettings
from .trainer import Stage, generator_for, precision

MOST_SHOTS = 4
LATENT_FRAMES_A_SHOT = 3
TEST_CAPTIONS = 1000
TEST_SEED = 1 << 42


class WordsStage(Stage):
    name = "words"

    def __init__(
        self, model: Papercut, probes: Probes, settings: WordsSettings, prompting: Prompting, seed: int
    ) -> None:
        self._denoiser: Denoiser = model.denoiser
        self.network = nn.ModuleDict({"text_encoder": model.denoiser.text_encoder, "probes": probes})
        self.ema = settings.ema
        self.optimizers = for_transformer(self.network, settings.rate, settings.muon_rate)
        self._probes, self._settings, self._prompting, self._seed = probes, settings, prompting, seed
        self._scope = world.Scope(model.facts["scope"])
        self._device = model.mean.device

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, torch.Tensor | float]]:
        draw = generator_for(torch.device("cpu"), self._seed, step, 10)
        first = int(torch.randint(1 << 40, (), generator=draw))
        ids, told = self._captions(first, self._settings.captions, world.Split.TRAIN)
        with precision(self._device):
            text, real = self._denoiser.text_encoder(ids)
        loss = self._probes.of_words(text, real, told)
        return loss, {"loss": loss, "captions": float(len(ids))}

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        text = {name: x for name, x in weights.items() if name.startswith("text_encoder.")}
        return {**self._denoiser.state_dict(), **text}

    @torch.no_grad()
    def right(self) -> dict[str, float]:
        """Share of held-out captions that are understood, by attribute."""
        ids, told = self._captions(TEST_SEED, TEST_CAPTIONS, world.Split.HELD_OUT)
        return self._probes.right(*self._denoiser.text_encoder(ids), told)

    def _captions(self, first: int, count: int, split: world.Split) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids [captions, length], without needless padding, and what they tell [captions, attributes]."""
        rows, facts = [], []
        seed = first
        while len(rows) < count:
            shots = 1 + seed % MOST_SHOTS
            film = world.draw_film(
                seed=seed, scope=self._scope, latent_frames=LATENT_FRAMES_A_SHOT * shots, shots=shots, split=split
            )
            seed += 1
            if self._prompting.knows(film.captions):
                rows.extend(self._prompting.ids(film.captions, shots))
                facts.extend(shown_and_told(film, shots)[1])
        ids = torch.from_numpy(np.stack(rows[:count]))
        ids = ids[:, : int((ids != self._prompting.config["pad"]).sum(1).max())]
        return ids.to(self._device), torch.from_numpy(np.stack(facts[:count])).to(self._device)
