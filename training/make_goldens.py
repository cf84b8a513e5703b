"""Makes the golden fixtures: what PyTorch computes in float32 from the weights as they are stored.

    python3 training/make_goldens.py                        all goldens of the built-in model
    python3 training/make_goldens.py --reference FILE       those of other shapes, after checking the networks here
                                                            against a golden.safetensors made elsewhere, which is
                                                            cut down and kept

`papercut.export` makes them too, with every model. Needs torch 2.2 or later with numpy; no GPU.
"""

import argparse
import sys
from pathlib import Path

import torch

from papercut import safetensors
from papercut.goldens import FILMS, forward, write_golden, write_goldens
from papercut.model import Papercut

ROOT = Path(__file__).parent.parent
REFERENCE_TOLERANCE = 1e-6
"""Relative error: sums of f32 in another order."""


@torch.no_grad()
def check(model: Papercut, reference: dict[str, torch.Tensor]) -> bool:
    """Prints the relative error of everything that the reference holds too."""
    inputs = (reference[f"in.{name}"] for name in ("ids", "shot"))
    ours = forward(model, reference["in.x"], reference["in.t"].item(), *inputs)
    ours["ae.decoded"] = model.autoencoder.decoder(reference["ae.latent_raw"])
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

    model = Papercut.load(arguments.model)
    if not arguments.reference:
        write_goldens(model, arguments.out)
        return 0
    reference = safetensors.load(arguments.reference)
    if not check(model, reference):
        print(f"The networks here differ from {arguments.reference}: mend them first.", file=sys.stderr)
        return 1
    safetensors.save(arguments.out / "golden.safetensors", cut(reference), {})
    for film in FILMS:
        write_golden(model, film, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
