"""Makes the goldens of Wan's transformer and samplers by running the original code in float32 on a CPU.

    git clone https://github.com/Wan-Video/Wan2.1 WAN     (read at commit 9737cba)
    python3 training/make_wan_goldens.py WAN

Needs torch, numpy and diffusers. Weights and inputs come from a hash of their names (src/engine/testing/hashed.ts
computes the same), so that only outputs are kept: transformer.safetensors holds the velocity and the output of the
first block of several small transformers, trajectories.json what the samplers do with a model that is a formula.
"""

import importlib.util
import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from papercut import safetensors

FIXTURES = Path(__file__).parent.parent / "src/engine/golden/fixtures/wan"

TRANSFORMERS = {
    "two_heads": dict(
        config=dict(dim=256, ffn=512, heads=2, layers=2, text_len=8, text_dim=64),
        latent=[3, 4, 6],
        rows=5,
        t=[500, 937.5],
    ),
    "odd_grid": dict(
        config=dict(dim=384, ffn=640, heads=3, layers=3, text_len=16, text_dim=32),
        latent=[5, 6, 10],
        rows=3,
        t=[999],
    ),
    "one_frame_full_prompt": dict(
        config=dict(dim=256, ffn=512, heads=2, layers=5, text_len=6, text_dim=64),
        latent=[1, 14, 2],
        rows=6,
        t=[1],
    ),
}
"""latent: frames, height, width. rows: real rows of the prompt, the rest of text_len is zeros."""

TRAJECTORIES = [
    dict(solver=solver, steps=steps, shift=shift)
    for solver in ("unipc", "euler")
    for steps, shift in ((20, 5.0), (20, 3.0), (6, 8.0), (4, 5.0), (1, 5.0))
]


def hashed(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Values in [-1, 1) by FNV-1a of the key and a 32-bit finaliser of the index."""
    start = 0x811C9DC5
    for byte in key.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    u = (np.arange(math.prod(shape), dtype=np.uint64) + start) & 0xFFFFFFFF
    u ^= u >> np.uint64(16)
    u = (u * np.uint64(0x7FEB352D)) & np.uint64(0xFFFFFFFF)
    u ^= u >> np.uint64(15)
    u = (u * np.uint64(0x846CA68B)) & np.uint64(0xFFFFFFFF)
    u ^= u >> np.uint64(16)
    return torch.from_numpy((u / 2**32 * 2 - 1).astype(np.float32)).reshape(shape)


def weight(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    values = hashed(name, shape)
    if "norm" in name and name.endswith("weight"):
        return 1 + 0.1 * values
    if name.endswith("modulation"):
        return 0.2 * values
    if len(shape) == 1:
        return 0.1 * values
    return values * math.sqrt(3 / math.prod(shape[1:]))


def load_module(name: str, path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def plain_attention(q, k, v, k_lens=None, window_size=(-1, -1)):
    """What flash_attention computes, for one sequence without padding. q, k, v: [1, rows, heads, size]."""
    assert q.shape[0] == 1 and window_size == (-1, -1)
    assert k_lens is None or int(k_lens[0]) == k.shape[1]
    scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(q.shape[-1])
    return torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), v)


def transformer_goldens(wan: Path) -> tuple[dict[str, torch.Tensor], dict]:
    package = types.ModuleType("wan_reference")
    package.__path__ = []
    attention = types.ModuleType("wan_reference.attention")
    attention.flash_attention = plain_attention
    sys.modules["wan_reference"] = package
    sys.modules["wan_reference.attention"] = attention
    model_module = load_module("wan_reference.model", wan / "wan/modules/model.py")

    tensors, cases = {}, {}
    for name, case in TRANSFORMERS.items():
        c = case["config"]
        model = model_module.WanModel(
            text_len=c["text_len"],
            text_dim=c["text_dim"],
            dim=c["dim"],
            ffn_dim=c["ffn"],
            num_heads=c["heads"],
            num_layers=c["layers"],
        ).float()
        state = model.state_dict()
        model.load_state_dict({key: weight(key, tuple(value.shape)) for key, value in state.items()})
        model.eval()
        first_block = {}
        model.blocks[0].register_forward_hook(lambda _, __, out: first_block.update(x=out[0]))
        latent = hashed("input:latent", (16, *case["latent"]))
        rows = hashed("input:context", (case["rows"], c["text_dim"]))
        tokens = case["latent"][0] * case["latent"][1] * case["latent"][2] // 4
        for t in case["t"]:
            out = model([latent], torch.tensor([float(t)]), [rows], tokens)[0]
            tensors[f"{name}.t{t:g}.v"] = out
            tensors[f"{name}.t{t:g}.block0"] = first_block["x"]
        cases[name] = case
    return tensors, cases


def velocity(x: torch.Tensor, t: float) -> torch.Tensor:
    """The model of the trajectories."""
    return 0.5 * torch.tanh(x) + 0.3 * t / 1000


def trajectory(unipc: types.ModuleType, solver: str, steps: int, shift: float) -> dict:
    x = 2 * hashed("trajectory", (1, 8))
    if solver == "unipc":
        scheduler = unipc.FlowUniPCMultistepScheduler(
            num_train_timesteps=1000, shift=1, use_dynamic_shifting=False
        )
        scheduler.set_timesteps(steps, device="cpu", shift=shift)
    else:
        scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=shift)
        scheduler.set_timesteps(sigmas=[1 - i / steps for i in range(steps)])
    states = []
    for t in scheduler.timesteps:
        x = scheduler.step(velocity(x, float(t)), t, x, return_dict=False)[0]
        states.append(x[0].tolist())
    return dict(
        solver=solver,
        steps=steps,
        shift=shift,
        start=(2 * hashed("trajectory", (8,))).tolist(),
        timesteps=[float(t) for t in scheduler.timesteps],
        sigmas=[float(s) for s in scheduler.sigmas],
        states=states,
    )


def main() -> None:
    torch.set_grad_enabled(False)
    wan = Path(sys.argv[1])
    FIXTURES.mkdir(parents=True, exist_ok=True)
    tensors, cases = transformer_goldens(wan)
    safetensors.save(FIXTURES / "transformer.safetensors", tensors, {"cases": json.dumps(cases)})
    unipc = load_module("wan_unipc", wan / "wan/utils/fm_solvers_unipc.py")
    runs = [trajectory(unipc, **run) for run in TRAJECTORIES]
    (FIXTURES / "trajectories.json").write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
