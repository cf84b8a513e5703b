"""Makes the golden fixtures: what PyTorch computes in float32 from the weights as they are stored.

    python3 training/make_goldens.py                        the small films of other shapes
    python3 training/make_goldens.py --reference FILE       also: checks the networks here against a
                                                            golden.safetensors made elsewhere, and cuts it down

Needs torch 1.13 or later with numpy; no GPU.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from papercut import safetensors
from papercut.decoder import Decoder
from papercut.text_encoder import TextEncoder, tokenize
from papercut.transformer import Transformer

ROOT = Path(__file__).parent.parent
TEXT_PREFIX = "text_encoder."
DECODER_PREFIX = "decoder."
REFERENCE_TOLERANCE = 1e-6
"""Relative error: sums of f32 in another order."""


@dataclass
class Film:
    """A golden to make: sizes in latent cells, lengths in latent frames."""

    name: str
    height: int
    width: int
    shots: dict[str, int]
    t: float
    seed: int
    blocks: range
    """Blocks whose output is kept."""
    decoded: int
    """Latent frames to decode."""


FILMS = [
    Film(
        "portrait",
        height=10,
        width=6,
        shots={
            "a red sailboat on the sea at sunset": 1,
            "": 2,
            "close up of a blue whale in space at night, camera pans left": 1,
        },
        t=250.0,
        seed=1,
        blocks=range(0, 8, 3),
        decoded=2,
    ),
    Film(
        "one_frame",
        height=6,
        width=10,
        shots={"wide shot of a yellow house in the meadow": 1},
        t=1000.0,
        seed=2,
        blocks=range(8),
        decoded=1,
    ),
    Film(
        "five_cuts",
        height=8,
        width=8,
        shots={
            "a green train in the desert": 1,
            "": 1,
            "snow": 1,
            "close up of an orange balloon over the mountains at dawn, it rises": 1,
            "the balloon": 1,
        },
        t=3.5,
        seed=3,
        blocks=range(1, 8, 3),
        decoded=0,
    ),
]


class Model:
    """The three networks of a model folder, in float32."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "config.json").read_text())
        self.vocabulary = json.loads((folder / "vocab.json").read_text())
        dit = as_floats(safetensors.load(folder / "dit.safetensors"))
        ae = as_floats(safetensors.load(folder / "ae.safetensors"))
        self.mean, self.deviation = ae["latent_mean"], ae["latent_std"]
        text = with_prefix(dit, TEXT_PREFIX)
        self.text_encoder = filled(TextEncoder(self.config["text_encoder"]), text)
        rest = {name: tensor for name, tensor in dit.items() if not name.startswith(TEXT_PREFIX)}
        self.transformer = filled(Transformer(self.config["dit"]), rest)
        decoder = with_prefix(ae, DECODER_PREFIX)
        del decoder["sd"]  # a statistic of the training data
        self.decoder = filled(Decoder(self.config["ae"]), decoder)

    def ids(self, prompts: list[str]) -> torch.Tensor:
        """[shots, length], padded to the longest."""
        config = self.config["text_encoder"]
        lists = [tokenize(prompt, self.vocabulary, config) for prompt in prompts]
        longest = max(map(len, lists))
        return torch.tensor([ids + [config["pad"]] * (longest - len(ids)) for ids in lists])

    @torch.no_grad()
    def forward(
        self, latent: torch.Tensor, t: float, ids: torch.Tensor, shot_of_frame: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Everything that one forward pass computes, by its name in a golden file, with a batch of one."""
        text, real = self.text_encoder(ids)
        trace: dict[str, torch.Tensor] = {}
        velocity, _ = self.transformer(
            latent[None], torch.tensor([t]), text[None], real[None], shot_of_frame[None], trace=trace
        )
        tensors = {"text.out": text[None], "text.mask": real.byte()[None], "out.v": velocity}
        return tensors | {f"dit.{name}": tensor for name, tensor in trace.items()}

    @torch.no_grad()
    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """latent: [1, frames, z, height, width], not normalised."""
        return self.decoder(latent)


def as_floats(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.float() for name, tensor in tensors.items()}


def with_prefix(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {
        name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)
    }


def filled(network: torch.nn.Module, tensors: dict[str, torch.Tensor]) -> torch.nn.Module:
    network.load_state_dict(tensors)
    return network.eval()


def make(model: Model, film: Film) -> dict[str, torch.Tensor]:
    """The golden tensors of a film of random noise."""
    generator = torch.Generator().manual_seed(film.seed)
    z = model.config["ae"]["z"]
    shot_of_frame = torch.arange(len(film.shots)).repeat_interleave(
        torch.tensor(list(film.shots.values()))
    )
    latent = torch.randn(z, len(shot_of_frame), film.height, film.width, generator=generator)
    ids = model.ids(list(film.shots))
    tensors = model.forward(latent, film.t, ids, shot_of_frame)
    for i in range(model.config["dit"]["layers"]):
        if i not in film.blocks:
            del tensors[f"dit.block{i}"]
    golden = {
        "in.x": latent[None],
        "in.t": torch.tensor([film.t]),
        "in.ids": ids[None],
        "in.shot": shot_of_frame[None],
        **tensors,
    }
    if film.decoded:
        normal = torch.randn(1, film.decoded, z, film.height, film.width, generator=generator)
        raw = normal * model.deviation[:, None, None] + model.mean[:, None, None]
        golden |= {"ae.latent_raw": raw, "ae.decoded": model.decode(raw).half()}
    return golden


def check(model: Model, reference: dict[str, torch.Tensor]) -> bool:
    """Prints the relative error of everything that the reference holds too."""
    ours = model.forward(
        reference["in.x"][0], reference["in.t"].item(), reference["in.ids"][0], reference["in.shot"][0]
    )
    ours["ae.decoded"] = model.decode(reference["ae.latent_raw"])
    good = True
    for name, tensor in ours.items():
        expected = reference[name].double()
        error = ((tensor.double() - expected).norm() / expected.norm()).item()
        good = good and error <= REFERENCE_TOLERANCE
        print(f"{name:20} {error:.2e}")
    return good


def cut(reference: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Without the frames that went into the encoder, and with the decoded ones in half the bytes."""
    kept = {name: tensor for name, tensor in reference.items() if name != "ae.frames_u8"}
    return kept | {"ae.decoded": reference["ae.decoded"].half()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "public/models/papercut")
    parser.add_argument("--out", type=Path, default=ROOT / "src/engine/golden/fixtures/papercut")
    parser.add_argument("--reference", type=Path)
    arguments = parser.parse_args()

    model = Model(arguments.model)
    if arguments.reference:
        reference = safetensors.load(arguments.reference)
        if not check(model, reference):
            print(f"The networks here differ from {arguments.reference}: mend them first.", file=sys.stderr)
            return 1
        safetensors.save(arguments.out / "golden.safetensors", cut(reference), {})
    for film in FILMS:
        prompts = {"prompts": "|".join(film.shots)}
        safetensors.save(arguments.out / f"{film.name}.safetensors", make(model, film), prompts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
