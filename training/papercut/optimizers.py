"""Optimizers, the course of their rates, and the running mean of weights."""

import math

import torch
from torch import nn

from .peers import Peers


def orthogonalised(matrices: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz iteration towards the nearest orthogonal matrices: [n, rows, columns].

    Coefficients as in Jordan et al. 2024, "Muon"; bfloat16 is exact enough for a direction.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices.bfloat16() if matrices.is_cuda else matrices
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT.contiguous()
    x = x / (x.flatten(1).float().norm(dim=1)[:, None, None] + 1e-7).to(x.dtype)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return (x.mT if tall else x).float()


QUICK_RATE = 5
"""Of embeddings of words and of blends over frames, in rates of other weights."""
MARKS_RATE = 15
"""Of what marks add to tokens, which begins at nothing."""


class Muon(torch.optim.Optimizer):
    """Momentum whose update is orthogonalised, for matrices; all of one shape at a time."""

    peers = Peers()
    """Processes that hold the same weights and gradients, and share the work."""

    def __init__(self, params: list[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.01):
        super().__init__(params, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape.setdefault(parameter.shape, []).append(parameter)
            for shape, parameters in by_shape.items():
                gradients = [parameter.grad for parameter in parameters]
                moments = [self._moment(parameter) for parameter in parameters]
                torch._foreach_lerp_(moments, gradients, 1 - group["momentum"])
                updates = torch._foreach_lerp(gradients, moments, group["momentum"])
                directions = self.peers.share_out(orthogonalised, torch.stack(updates)).unbind()
                torch._foreach_mul_(parameters, 1 - group["lr"] * group["decay"])
                scale = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                torch._foreach_add_(parameters, list(directions), alpha=-scale)

    def _moment(self, parameter: nn.Parameter) -> torch.Tensor:
        state = self.state[parameter]
        if "moment" not in state:
            state["moment"] = torch.zeros_like(parameter)
        return state["moment"]


def for_transformer(network: nn.Module, rate: float, muon_rate: float) -> list[torch.optim.Optimizer]:
    """AdamW for everything but the matrices inside blocks, which get Muon. `network` holds both networks."""
    matrices, quick, rest, marks = [], [], [], []
    for name, parameter in network.named_parameters():
        inner = "blocks." in name and parameter.ndim == 2
        small = "router" in name or "pos_embedding" in name
        fast = "token_embedding" in name or name.endswith("detail.blend")
        part = matrices if inner and not small else quick if fast else rest
        part = marks if "marks_embedding" in name else part
        part.append(parameter)
    of_marks = [torch.optim.AdamW(marks, lr=MARKS_RATE * rate, betas=(0.9, 0.98), weight_decay=0)] if marks else []
    return [
        torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.01),
        # Each word is in few captions only, and decay would draw rare ones together.
        torch.optim.AdamW(quick, lr=QUICK_RATE * rate, betas=(0.9, 0.98), weight_decay=0),
        Muon(matrices, lr=muon_rate),
        *of_marks,
    ]


def rate_at(progress: float, step: int, warm_steps: int) -> float:
    """Factor of the peak rate: up in `warm_steps`, held to a third of the time, then down to a fiftieth."""
    hold, floor = 0.35, 0.02
    fall = min(1.0, max(0.0, (progress - hold) / (1 - hold)))
    down = floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * fall))
    return min(1.0, (step + 1) / warm_steps) * down


class Mean:
    """Running mean of a network's weights and buffers, which starts short so that the first weights are forgotten."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.weights = {name: x.detach().float().clone() for name, x in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        latest = network.state_dict()
        torch._foreach_lerp_(
            list(self.weights.values()), [latest[name].float() for name in self.weights], 1 - decay
        )


def packed_state(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """An optimizer's state as tensors with names."""
    state = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value)
        for index, values in state.items()
        for name, value in values.items()
    }


def restore_state(optimizer: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
