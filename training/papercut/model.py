"""The three networks of Papercut together with what belongs to them: sizes, words, and the scale of latents."""

import json
from pathlib import Path

import torch
from torch import nn

from . import checkpoint, safetensors, world
from .autoencoder import Autoencoder
from .bearings import Telling
from .layout import Mode
from .settings import Preset
from .sketch import columns_of
from .text_encoder import TextEncoder
from .transformer import Routing, Transformer

TEXT_PREFIX = "text_encoder."
AUTOENCODER, DENOISER = "autoencoder", "denoiser"
LATENTS_APART = 2e-3
"""At most, of an encoder's weights that went through half precision."""
LATENT_SCALE = ("latent_mean", "latent_std")


class Denoiser(nn.Module):
    """Text encoder and transformer, which are trained together."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        self.channels = config["dit"]["z"]
        self.transformer = Transformer(config["dit"])
        self.text_encoder = TextEncoder(config["text_encoder"])

    def forward(
        self,
        latent: torch.Tensor,
        t: torch.Tensor,
        ids: torch.Tensor,
        shots: torch.Tensor,
        positions: torch.Tensor | None = None,
        mode: Mode = Mode.MOGA,
        trace: dict[str, torch.Tensor] | None = None,
        marks: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Routing]:
        """latent: [films, z, frames, height, width]; ids: [films, shots, length]; the rest as in Transformer."""
        text, real = self.encode(ids)
        if trace is not None:
            trace.update(text=text, real_text=real)
        said = self.said(ids, text, real)
        return self.transformer(latent, t, text, real, shots, positions, mode, trace, marks, said)

    @property
    def noise_correlation(self) -> float:
        """Of neighbouring latent frames of a shot, in what films start from; see `noise.correlated`."""
        return self.transformer.config.get("noise_correlation", 0.0)

    @property
    def telling(self) -> Telling:
        """What it is told of where tokens are."""
        return Telling.of(self.transformer.config)

    def encode(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """ids: [films, shots, length] -> features [films, shots, length, text_dim], and which are no padding."""
        films, shots, length = ids.shape
        text, real = self.text_encoder(ids.flatten(0, 1))
        return text.view(films, shots, length, -1), real.view(films, shots, length)

    def said(self, ids: torch.Tensor, text: torch.Tensor, real: torch.Tensor) -> torch.Tensor | None:
        """What the sketch reads prompts to say, where there is one. ids: [films, shots, length]; the others of `encode`."""
        sketch = self.transformer.sketch
        if sketch is None:
            return None
        with torch.no_grad():
            return sketch.read(ids, text, real)


class Papercut:
    """The networks, in one state of their training."""

    def __init__(self, config: dict, vocabulary: list[str], facts: dict | None = None) -> None:
        self.config = config
        self.vocabulary = vocabulary
        self.facts = facts or {}
        """What is known of the training: scope, steps, metrics."""
        self.autoencoder = Autoencoder(config["ae"])
        self.denoiser = Denoiser(config)
        z = config["ae"]["z"]
        self.mean, self.deviation = torch.zeros(z), torch.ones(z)
        """Of raw latents, by channel."""

    @classmethod
    def untrained(cls, preset: Preset, scope: world.Scope) -> "Papercut":
        vocabulary = world.vocabulary(scope)
        text_encoder = {**preset.text_encoder, "vocab": len(vocabulary)}
        grids = columns_of(scope) if preset.dit["sketch"] else None
        dit = {**preset.dit, "sketch_grids": grids, "sketch_words": len(vocabulary)}
        config = {"dit": dit, "text_encoder": text_encoder, "ae": preset.ae}
        return cls(config, vocabulary, {"scope": str(scope)})

    def learn_words(self, vocabulary: list[str], most_words: int) -> None:
        """Takes another vocabulary: words of both keep what they mean, each new one starts as a word of its own.

        Were all to start as the unknown word, they would stay near it, and so each other, for thousands of steps.
        """
        old = {word: place for place, word in enumerate(self.vocabulary)}
        config = self.config["text_encoder"]
        embedding = self.denoiser.text_encoder.token_embedding
        sketch = self.denoiser.transformer.sketch
        fresh = nn.Embedding(len(vocabulary), config["dim"])
        nn.init.normal_(fresh.weight, std=float(embedding.weight.detach().std()))
        tables = [(fresh, embedding)]
        if sketch:
            saying = nn.Embedding.from_pretrained(torch.zeros(len(vocabulary), sketch.words.embedding_dim), freeze=False)
            tables.append((saying, sketch.words))
            sketch.words = saying
        for place, word in enumerate(vocabulary):
            for table, known in tables:
                if word in old:
                    table.weight.data[place] = known.weight.data[old[word]]
        self.denoiser.text_encoder.token_embedding = fresh
        self.vocabulary = vocabulary
        config.update(vocab=len(vocabulary), max_len=most_words)
        self.config["dit"]["text_len"] = most_words
        for name in ("vocab", "sketch_words"):
            if name in self.config["dit"]:
                self.config["dit"][name] = len(vocabulary)

    def take_autoencoder(self, other: "Papercut") -> None:
        """Another model's autoencoder and what is known of it. Raises ValueError where its latents are others."""
        own, theirs = (model.autoencoder.state_dict() for model in (self, other))
        same = own.keys() == theirs.keys() and all(
            torch.allclose(own[name], x, atol=LATENTS_APART)
            for name, x in theirs.items()
            if name.startswith("encoder.")
        )
        if not same or not torch.allclose(self.mean, other.mean, atol=LATENTS_APART):
            raise ValueError("The other autoencoder has latents that this transformer has not learnt.")
        self.autoencoder.load_state_dict(theirs)
        self.mean, self.deviation = other.mean.clone(), other.deviation.clone()
        facts, steps = other.facts, other.facts.get("steps", {})
        if "psnr" in facts:
            self.facts["psnr"] = facts["psnr"]
        kept = {stage: count for stage, count in steps.items() if stage in ("autoencoder", "decoder")}
        self.facts["steps"] = {**self.facts.get("steps", {}), **kept}

    def to(self, device: torch.device) -> "Papercut":
        self.autoencoder.to(device, memory_format=torch.channels_last)
        self.denoiser.to(device)
        self.mean, self.deviation = self.mean.to(device), self.deviation.to(device)
        return self

    def save(self, folder: Path, newer: dict[str, dict[str, torch.Tensor]] | None = None) -> None:
        """In half precision, as it is exported: enough to export from and to start anew from.

        newer: weights to save in place of a network's own, by AUTOENCODER or DENOISER.
        """
        newer = newer or {}
        tensors = {}
        for name, network in self.networks().items():
            weights = newer.get(name) or network.state_dict()
            tensors |= {f"{name}.{key}": x.half() for key, x in weights.items()}
        tensors |= dict(zip(LATENT_SCALE, (self.mean, self.deviation)))
        state = {"config": self.config, "vocabulary": self.vocabulary, "facts": self.facts}
        checkpoint.save(folder, tensors, state)

    def networks(self) -> dict[str, nn.Module]:
        return {AUTOENCODER: self.autoencoder, DENOISER: self.denoiser}

    @classmethod
    def load(cls, folder: Path) -> "Papercut":
        """From a folder that `save` wrote, or from an exported model whose file has the encoder."""
        if (folder / "config.json").is_file():
            return cls._load_exported(folder)
        found = checkpoint.load(folder)
        if found is None:
            raise FileNotFoundError(f"{folder} holds no model: name a folder with config.json or state.json.")
        tensors, state = found
        model = cls(state["config"], state["vocabulary"], state["facts"])
        model.mean, model.deviation = (tensors[name] for name in LATENT_SCALE)
        for name, network in model.networks().items():
            network.load_state_dict(_floats(tensors, f"{name}."))
        return model

    @classmethod
    def _load_exported(cls, folder: Path) -> "Papercut":
        config = json.loads((folder / "config.json").read_text())
        vocabulary = json.loads((folder / "vocab.json").read_text())
        config["ae"].setdefault("kind", "papercut")
        parts = {name: config[name] for name in ("dit", "text_encoder", "ae")}
        model = cls(parts, vocabulary, config.get("training", {}))
        ae = _floats(safetensors.load(folder / "ae.safetensors"), "")
        model.mean, model.deviation = (ae.pop(name) for name in LATENT_SCALE)
        ae.pop("decoder.sd", None)  # a statistic that older files have
        known = model.autoencoder.state_dict()
        missing = [name for name in known if name not in ae and name.startswith("encoder.")]
        model.facts = {**model.facts, "encoder": not missing}
        model.autoencoder.load_state_dict({**known, **ae} if missing else ae)
        dit = _floats(safetensors.load(folder / "dit.safetensors"), "")
        model.denoiser.load_state_dict(
            {name if name.startswith(TEXT_PREFIX) else f"transformer.{name}": x for name, x in dit.items()}
        )
        return model

    @torch.no_grad()
    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """uint8 [films, 1 + 4k, 3, H, W] -> latent [films, z, 1 + k, H / 16, W / 16], scaled to deviation 1."""
        raw = self.autoencoder.encoder(frames.float().div_(127.5).sub_(1)).float()
        scaled = (raw - self.mean[:, None, None]) / self.deviation[:, None, None]
        return scaled.transpose(1, 2)

    @torch.no_grad()
    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """[films, z, 1 + k, H / 16, W / 16] -> uint8 [films, 1 + 4k, 3, H, W]"""
        raw = latent.transpose(1, 2) * self.deviation[:, None, None] + self.mean[:, None, None]
        pixels = self.autoencoder.decoder(raw).float().clamp(-1, 1)
        return ((pixels + 1) * 127.5).round().byte()


def _floats(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name[len(prefix) :]: x.float() for name, x in tensors.items() if name.startswith(prefix)}
