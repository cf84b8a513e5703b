"""UMT5-style text encoder: no 1/sqrt(d), a relative position bias in every layer, gated GELU."""

import math
import re

import torch
from torch import nn
from torch.nn import functional as F

from .layers import RmsNorm, masked_softmax

EPS = 1e-6


def tokenize(text: str, vocabulary: list[str], config: dict) -> list[int]:
    """Ids of the words of a text in lower case, then the end mark."""
    ids = {word: i for i, word in enumerate(vocabulary)}
    words = re.findall("[a-z]+", text.lower())[: config["max_len"] - 1]
    return [ids.get(word, config["unk"]) for word in words] + [config["eos"]]


def relative_buckets(length: int, buckets: int, max_distance: int) -> torch.Tensor:
    """[query, key]: bucket of the distance key - query; half of the buckets for each direction."""
    position = torch.arange(length)
    distance = position[None, :] - position[:, None]
    far = distance.abs()
    per_side = buckets // 2
    exact = per_side // 2
    growth = torch.log(far.float().clamp(min=1) / exact) / math.log(max_distance / exact)
    logarithmic = (exact + (growth * (per_side - exact)).long()).clamp(max=per_side - 1)
    return (distance > 0).long() * per_side + torch.where(far < exact, far, logarithmic)


class Layer(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        dim, ffn = config["dim"], config["ffn"]
        self.config = config
        self.norm1 = RmsNorm(dim, EPS)
        self.norm2 = RmsNorm(dim, EPS)
        self.attn = nn.ModuleDict({name: nn.Linear(dim, dim, bias=False) for name in "qkvo"})
        self.ffn = nn.ModuleDict(
            {
                "gate": nn.Linear(dim, ffn, bias=False),
                "fc1": nn.Linear(dim, ffn, bias=False),
                "fc2": nn.Linear(ffn, dim, bias=False),
            }
        )
        self.pos_embedding = nn.Embedding(config["buckets"], config["heads"])

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """x: [prompts, length, dim]; real: [prompts, length], false for padding."""
        x = x + self.attention(self.norm1(x), real).float()
        h = self.norm2(x)
        gate = F.gelu(self.ffn["gate"](h), approximate="tanh")
        return x + self.ffn["fc2"](gate * self.ffn["fc1"](h)).float()

    def attention(self, h: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        prompts, length, dim = h.shape
        heads = self.config["heads"]
        q, k, v = (
            self.attn[name](h).view(prompts, length, heads, dim // heads).transpose(1, 2) for name in "qkv"
        )
        buckets = relative_buckets(length, self.config["buckets"], self.config["max_dist"]).to(h.device)
        bias = self.pos_embedding(buckets).permute(2, 0, 1)  # [heads, query, key]
        scores = (q @ k.transpose(-1, -2)).float() + bias
        attended = masked_softmax(scores, real[:, None, None, :]).to(v.dtype) @ v
        return self.attn["o"](attended.transpose(1, 2).reshape(prompts, length, dim))


class TextEncoder(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        self.pad = config["pad"]
        self.token_embedding = nn.Embedding(config["vocab"], config["dim"])
        self.blocks = nn.ModuleList(Layer(config) for _ in range(config["layers"]))
        self.norm = RmsNorm(config["dim"], EPS)
        self._initialise(config)

    def _initialise(self, config: dict) -> None:
        """T5's: queries small, since their products with keys are not scaled down."""
        dim, head_size = config["dim"], config["dim"] // config["heads"]
        nn.init.normal_(self.token_embedding.weight, std=0.5)
        for block in self.blocks:
            for projection in (*block.attn.values(), *block.ffn.values()):
                nn.init.normal_(projection.weight, std=projection.in_features**-0.5)
            nn.init.normal_(block.attn["q"].weight, std=(dim * head_size) ** -0.5)
            nn.init.normal_(block.pos_embedding.weight, std=0.1)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """ids: [prompts, length] -> features [prompts, length, dim] and which of them are no padding.

        Always in float32: its scores are not scaled down, and bfloat16 halves the gradient of the first layer's.
        """
        real = ids != self.pad
        with torch.autocast(ids.device.type, enabled=False):
            x = self.token_embedding(ids)
            for block in self.blocks:
                x = block(x, real)
            return self.norm(x), real
