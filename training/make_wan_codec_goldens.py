"""Makes the golden fixtures of the networks around Wan2.1's transformer: what their authors' code computes.

    python3 training/make_wan_codec_goldens.py --wan WAN2.1 --taehv TAEHV

WAN2.1 is a checkout of github.com/Wan-Video/Wan2.1 (commit 9737cba), of which wan/modules/t5.py and
wan/modules/vae.py are run; TAEHV is one of github.com/madebyollin/taehv (commit 1f14a56), of which taehv.py is
run. Neither is part of this repository. The weights are small and made up: every value follows from its tensor's
name and its index (src/engine/testing/hashed.ts makes the same), so that only inputs and outputs are kept.

Needs torch with numpy, and what those files import: einops, tqdm. No GPU.
"""

import argparse
import importlib.util
import math
import sys
import types
from pathlib import Path

import numpy as np
import torch

from papercut import safetensors

FIXTURES = Path(__file__).parent.parent / "src/engine/golden/fixtures/wan"

MEAN = [-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508]
MEAN += [0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921]
STD = [2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743]
STD += [3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160]


def noise(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Values in [-1, 1) from a 32-bit hash of the key plus the index."""
    seed = 0x811C9DC5
    for byte in key.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    u = (np.arange(math.prod(shape), dtype=np.uint64) + seed) & 0xFFFFFFFF
    u ^= u >> np.uint64(16)
    u = (u * np.uint64(0x7FEB352D)) & np.uint64(0xFFFFFFFF)
    u ^= u >> np.uint64(15)
    u = (u * np.uint64(0x846CA68B)) & np.uint64(0xFFFFFFFF)
    u ^= u >> np.uint64(16)
    return torch.from_numpy((u / 2**32 * 2 - 1).astype(np.float32)).reshape(shape)


def fill(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A weight: norms near 1, small biases, matrices that keep the size of what they multiply."""
    values = noise(name, shape)
    if name.endswith("gamma") or ("norm" in name and name.endswith("weight")):
        return 1 + 0.1 * values
    if len(shape) == 1:
        return 0.1 * values
    if len(shape) == 2 and "embedding.weight" in name:
        return values
    return values * math.sqrt(3 / math.prod(shape[1:]))


def fill_module(module: torch.nn.Module) -> torch.nn.Module:
    state = {name: fill(name, tuple(tensor.shape)) for name, tensor in module.state_dict().items()}
    module.load_state_dict(state)
    return module.eval().requires_grad_(False)


def load_file(name: str, path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_wan(folder: Path, name: str) -> types.ModuleType:
    """One file of wan/modules, without the rest of the package and its dependencies."""
    package = types.ModuleType("wan_modules")
    package.__path__ = []
    tokenizers = types.ModuleType("wan_modules.tokenizers")
    tokenizers.HuggingfaceTokenizer = None
    # A default argument of t5.py asks for the current CUDA device.
    torch.cuda.current_device = lambda: 0
    sys.modules |= {"wan_modules": package, "wan_modules.tokenizers": tokenizers}
    return load_file(f"wan_modules.{name}", folder / "wan/modules" / f"{name}.py")


def make_vae(folder: Path) -> dict[str, torch.Tensor]:
    model = fill_module(load_wan(folder, "vae").WanVAE_(dim=8, z_dim=16, temperal_downsample=[False, True, True]))
    scale = [torch.tensor(MEAN), 1 / torch.tensor(STD)]
    out = {}
    for name, shape in {"film": (16, 5, 2, 3), "still": (16, 1, 5, 3), "wide": (16, 3, 4, 18)}.items():
        z = noise(f"input:{name}", shape)
        decoded = model.decode(z[None], scale)[0]
        out[f"{name}.z"] = z
        # The widest is there for its seams, which a picture in half precision shows as well.
        out[f"{name}.decoded"] = decoded.half() if name == "wide" else decoded
    return out


def make_taehv(folder: Path) -> dict[str, torch.Tensor]:
    taehv = load_file("taehv", folder / "taehv.py")
    model = fill_module(taehv.TAEHV(checkpoint_path=None))
    out = {}
    for name, shape in {"film": (16, 4, 3, 2), "still": (16, 1, 2, 5)}.items():
        z = noise(f"input:{name}", shape)
        frames = z.transpose(0, 1)[None]
        out[f"{name}.z"] = z
        # As decode_video does it, before the colours are clamped.
        raw = taehv.apply_model_with_memblocks(model.decoder, frames, False, False)
        out[f"{name}.decoded"] = raw[0, model.frames_to_trim :].clone()
    return out


def make_umt5(folder: Path) -> dict[str, torch.Tensor]:
    shape = dict(vocab=97, dim=64, dim_attn=64, dim_ffn=160, num_heads=4, num_layers=3, num_buckets=32)
    model = fill_module(load_wan(folder, "t5").T5Encoder(**shape, shared_pos=False))
    length = 512
    out = {}
    for name, count in {"long": 150, "short": 9, "empty": 1}.items():
        ids = torch.zeros(length, dtype=torch.int64)
        ids[: count - 1] = torch.arange(count - 1) * 31 % 93 + 4
        ids[count - 1] = 1
        mask = (torch.arange(length) < count).long()
        out[f"{name}.ids"] = ids[:count].clone()
        out[f"{name}.features"] = model(ids[None], mask[None])[0, :count].clone()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wan", type=Path, required=True)
    parser.add_argument("--taehv", type=Path, required=True)
    arguments = parser.parse_args()
    FIXTURES.mkdir(parents=True, exist_ok=True)
    made = {
        "vae": make_vae(arguments.wan),
        "taehv": make_taehv(arguments.taehv),
        "umt5": make_umt5(arguments.wan),
    }
    for name, tensors in made.items():
        path = FIXTURES / f"{name}.safetensors"
        safetensors.save(path, tensors, {"made_by": "training/make_wan_codec_goldens.py"})
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
