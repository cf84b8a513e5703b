"""Layers that the transformer and the text encoder share, and the chains of element-wise operations in them."""

from collections.abc import Callable

import torch
import torch._dynamo
from torch import nn
from torch.nn import functional as F


class RmsNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight over the last dimension."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return rms_norm(x, self.weight, self.eps)


def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    x = x.float()
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last dimension where `mask` is true; every row must have such a place."""
    return scores.masked_fill(~mask, float("-inf")).softmax(-1)


class Chain:
    """A chain of element-wise operations, which `fuse` lets torch.compile turn into one kernel.

    Only these are compiled: they are what an eager GPU spends most of its memory traffic on, they compile in seconds,
    and the shapes of attention, which change from batch to batch, stay out of the compiler.
    """

    every: "list[Chain]" = []

    def __init__(self, operations: Callable[..., torch.Tensor]) -> None:
        self.operations = operations
        self.run = operations
        self.every.append(self)

    def __call__(self, *inputs: object) -> torch.Tensor:
        if self.run is not self.operations:
            try:
                return self.run(*inputs)
            except Exception as error:  # shapes or types that the compiler cannot do after all
                print(f"{self.operations.__name__} goes on uncompiled: {type(error).__name__}", flush=True)
                self.run = self.operations
        return self.operations(*inputs)


@Chain
def modulated_norm(x: torch.Tensor, shift: torch.Tensor, scale: torch.Tensor, eps: float) -> torch.Tensor:
    """LayerNorm(x) * (1 + scale) + shift. x: [films, N, dim]; shift, scale: [films, dim]."""
    return F.layer_norm(x, x.shape[-1:], eps=eps) * (1 + scale[:, None]) + shift[:, None]


@Chain
def gated_sum(x: torch.Tensor, y: torch.Tensor, gate: torch.Tensor) -> torch.Tensor:
    """x + y * gate. x, y: [films, N, dim]; gate: [films, dim]."""
    return x + y.float() * gate[:, None]


@Chain
def rotated_norm(
    x: torch.Tensor, weight: torch.Tensor, turns: torch.Tensor, heads: int, eps: float
) -> torch.Tensor:
    """RMSNorm over all heads, then every pair of neighbouring values turned: [films, N, heads, head size].

    x: [films, N, dim]; turns: cosines and sines [2, films or 1, N, head size / 2].
    """
    films, tokens, _ = x.shape
    pairs = rms_norm(x, weight, eps).view(films, tokens, heads, -1, 2)
    a, b = pairs.unbind(-1)
    cosine, sine = turns[0][:, :, None], turns[1][:, :, None]
    turned = torch.stack([a * cosine - b * sine, a * sine + b * cosine], -1)
    return turned.flatten(-2).to(x.dtype)


def fuse() -> str:
    """Compiles the chains. Returns what became of it, for the log; where compiling fails, they stay as they are."""
    dim, heads = 32, 2
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x = torch.randn(2, 5, dim, device=device, requires_grad=True)
    row = torch.randn(2, dim, device=device)
    turns = torch.randn(2, 1, 5, dim // heads // 2, device=device)
    examples = {
        modulated_norm: (x, row, row, 1e-6),
        gated_sum: (x, x, row),
        rotated_norm: (x, row[0], turns, heads, 1e-6),
    }
    try:
        # With and without gradients, precision of each kind, single films: more versions than the usual eight.
        torch._dynamo.config.cache_size_limit = 64
        for chain in Chain.every:
            compiled = torch.compile(chain.operations, dynamic=True)
            result = compiled(*examples[chain])
            torch.testing.assert_close(result, chain.operations(*examples[chain]), rtol=1e-3, atol=1e-3)
            result.sum().backward()
            chain.run = compiled
    except Exception as error:  # whatever the compiler of this machine may raise
        for chain in Chain.every:
            chain.run = chain.operations
        return f"not compiled: {type(error).__name__}: {str(error)[:200]}"
    return f"{len(Chain.every)} chains compiled"
