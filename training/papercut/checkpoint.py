"""Checkpoints: a folder of safetensors shards of at most 16 MiB each and a state.json, written as a whole or not at all."""

import json
import shutil
from pathlib import Path

import torch

from . import safetensors

SHARD_BYTES = 16 << 20
HEADER_BYTES = 256 << 10
"""Room left in every shard for its header."""
PART = "#"
"""Between the name of a tensor that is too large for a shard and the number of its part."""
STATE = "state.json"


def save(folder: Path, tensors: dict[str, torch.Tensor], state: dict) -> None:
    """Replaces the checkpoint in a folder; when killed meanwhile, `load` finds the one before."""
    fresh, old = _beside(folder, "new"), _beside(folder, "old")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shards = _packed(tensors)
    for i, shard in enumerate(shards):
        safetensors.save(fresh / f"shard-{i:02}.safetensors", shard, {})
    shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
    (fresh / STATE).write_text(json.dumps({"shards": len(shards), "shapes": shapes, **state}))
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load(folder: Path) -> tuple[dict[str, torch.Tensor], dict] | None:
    """Tensors and state of the last whole checkpoint of a folder, or None where there is none."""
    for place in (folder, _beside(folder, "old")):
        if (place / STATE).is_file():
            return _read(place)
    return None


def _read(folder: Path) -> tuple[dict[str, torch.Tensor], dict]:
    state = json.loads((folder / STATE).read_text())
    shapes = state.pop("shapes")
    parts: dict[str, list[torch.Tensor]] = {}
    for i in range(state.pop("shards")):
        for name, tensor in safetensors.load(folder / f"shard-{i:02}.safetensors").items():
            parts.setdefault(name.split(PART)[0], []).append(tensor.flatten())
    return {name: torch.cat(parts[name]).view(shape) for name, shape in shapes.items()}, state


def _packed(tensors: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    """Shards in order; a tensor that is larger than a shard is cut into flat parts."""
    room = SHARD_BYTES - HEADER_BYTES
    shards: list[dict[str, torch.Tensor]] = []
    left = 0
    for name, tensor in tensors.items():
        flat = tensor.detach().cpu().flatten()
        size = flat.element_size()
        whole = flat.numel() * size <= room
        for number, part in enumerate(flat.split(room // size) if not whole else [flat]):
            bytes_ = part.numel() * size
            if not shards or bytes_ > left:
                shards.append({})
                left = room
            shards[-1][name if whole else f"{name}{PART}{number}"] = part
            left -= bytes_
    return shards


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")
