"""A LoRA for the transformer, in the names that Wan's LoRAs have, so that the studio merges it like any of theirs."""

import math

import torch
from torch import nn

from .transformer import Transformer

PREFIX = "diffusion_model."
LEFT_ALONE = ("router", "head.modulation")
"""Routers, so that both modes group tokens alike; and what LoRA files have no name for."""


class Adapter(nn.Module):
    """Changes to a transformer's weights: of low rank to matrices (Hu et al. 2021), of full size to all that is small."""

    def __init__(self, transformer: Transformer, rank: int) -> None:
        super().__init__()
        self.rank = rank
        self.down, self.up, self.diff = (nn.ParameterDict() for _ in range(3))
        for name, weight in transformer.named_parameters():
            if any(part in name for part in LEFT_ALONE):
                continue
            if name.endswith(".weight") and weight.ndim > 1:
                columns = weight[0].numel()
                start = torch.randn(rank, columns) / math.sqrt(columns)
                self.down[_key(name)] = nn.Parameter(start)
                self.up[_key(name)] = nn.Parameter(torch.zeros(len(weight), rank))
            else:
                self.diff[_key(name)] = nn.Parameter(torch.zeros_like(weight))

    def merged(self, transformer: Transformer) -> dict[str, torch.Tensor]:
        """The transformer's weights with the changes, by their names; those without one are left out."""
        weights = dict(transformer.named_parameters())
        merged = {}
        for key, down in self.down.items():
            weight = weights[_name(key)]
            merged[_name(key)] = weight + (self.up[key] @ down).view_as(weight)
        return merged | {_name(key): weights[_name(key)] + diff for key, diff in self.diff.items()}

    def tensors(self) -> dict[str, torch.Tensor]:
        """As a LoRA file has them."""
        tensors = {}
        for key, down in self.down.items():
            path = PREFIX + _name(key).removesuffix(".weight")
            tensors |= {f"{path}.lora_A.weight": down, f"{path}.lora_B.weight": self.up[key]}
        return tensors | {PREFIX + _stored(_name(key)): diff for key, diff in self.diff.items()}

    @torch.no_grad()
    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Takes over a file's changes."""
        for name, parameter in self.tensors().items():
            parameter.copy_(tensors[name])


def rank_of(tensors: dict[str, torch.Tensor]) -> int:
    """Of a file's pairs."""
    return next(len(x) for name, x in tensors.items() if name.endswith(".lora_A.weight"))


def _stored(name: str) -> str:
    for ending, stored in ((".weight", ".diff"), (".bias", ".diff_b"), (".modulation", ".diff_m")):
        if name.endswith(ending):
            return name.removesuffix(ending) + stored
    raise ValueError(f"LoRA files have no name for a change to {name}")


def _key(name: str) -> str:
    """Parameters of a module may have no dots in their names."""
    return name.replace(".", "/")


def _name(key: str) -> str:
    return key.replace("/", ".")
