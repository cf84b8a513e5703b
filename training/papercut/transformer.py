"""The diffusion transformer in Wan's layout, with Mixture-of-Groups attention and prompts by shot.

Everything here is for one film, without a batch dimension: N tokens, ordered by latent frame, row and column.
Attention is written with masks over all pairs of tokens, which is slow and hard to get wrong.
"""

from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional as F

from .layers import RmsNorm, masked_softmax

ROPE_BASE = 10000


@dataclass
class Layout:
    """Which tokens see which: the static part of attention.

    `shot_of_frame` [frames] counts shots from 0; `real_text` [shots, length] is false for padding.
    """

    grid: tuple[int, int, int]
    shot_of_frame: torch.Tensor
    real_text: torch.Tensor
    window: tuple[int, int]
    augmentation: int
    same_frame: torch.Tensor = field(init=False)
    """[query, key] of the branch that stays inside a latent frame."""
    in_window: torch.Tensor = field(init=False)
    """[query, key] of the branch of spatial windows, which see a few latent frames of the neighbouring shots."""
    text: torch.Tensor = field(init=False)
    """[query, shots * length]: tokens see the prompt of their shot alone."""

    def __post_init__(self) -> None:
        frames, rows, columns = self.grid
        frame, row, column = (
            index.reshape(-1)
            for index in torch.meshgrid(
                torch.arange(frames), torch.arange(rows), torch.arange(columns), indexing="ij"
            )
        )
        self.same_frame = frame[:, None] == frame[None, :]

        down, across = self.window
        window = row * down // rows * across + column * across // columns
        sees = self._frames_seen()[frame][:, frame]
        self.in_window = (window[:, None] == window[None, :]) & sees

        shots, length = self.real_text.shape
        own = self.shot_of_frame[frame][:, None] == torch.arange(shots).repeat_interleave(length)
        self.text = own & self.real_text.reshape(-1)

    def _frames_seen(self) -> torch.Tensor:
        """[query frame, key frame]: the own shot, and the frames of each neighbouring shot next to the cut."""
        shot = self.shot_of_frame
        lengths = torch.bincount(shot)
        first = lengths.cumsum(0) - lengths
        after_cut = torch.arange(len(shot)) - first[shot]
        before_cut = lengths[shot] - 1 - after_cut
        step = shot[None, :] - shot[:, None]
        return (
            (step == 0)
            | ((step == -1) & (before_cut < self.augmentation))
            | ((step == 1) & (after_cut < self.augmentation))
        )


def rotations(grid: tuple[int, int, int], head_size: int) -> torch.Tensor:
    """[N, head_size / 2] complex: pairs of a head turn with the frame, the row and the column."""
    side = head_size // 6
    pairs = (head_size // 2 - 2 * side, side, side)
    parts = []
    for axis, (positions, count) in enumerate(zip(grid, pairs)):
        speeds = ROPE_BASE ** (-torch.arange(count, dtype=torch.float64) / count)
        angles = torch.outer(torch.arange(positions, dtype=torch.float64), speeds)
        shape = [1, 1, 1, count]
        shape[axis] = positions
        parts.append(angles.view(shape).expand(*grid, count))
    angles = torch.cat(parts, -1).reshape(-1, head_size // 2)
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)


def rotate(x: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
    """x: [N, heads, head_size], whose neighbouring values are pairs."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * turns[:, None]).reshape(x.shape)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """q: [N, heads, head_size]; k, v: [M, heads, head_size]; mask: [N, M] -> [N, heads * head_size]."""
    scores = torch.einsum("nhd,mhd->hnm", q, k) * q.shape[-1] ** -0.5
    return torch.einsum("hnm,mhd->nhd", masked_softmax(scores, mask), v).flatten(1)


class Attention(nn.Module):
    """Projections and the norms of queries and keys."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        dim = config["dim"]
        self.heads = config["heads"]
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))
        self.norm_q = RmsNorm(dim, config["eps"])
        self.norm_k = RmsNorm(dim, config["eps"])

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(len(x), self.heads, -1)


class SelfAttention(Attention):
    def __init__(self, config: dict) -> None:
        super().__init__(config)
        self.router = nn.Linear(config["dim"], config["groups"], bias=False)

    def forward(
        self, x: torch.Tensor, turns: torch.Tensor, layout: Layout
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x: [N, dim] -> the mean of the three branches, projected, and the group of every token [N]."""
        q = rotate(self.split(self.norm_q(self.q(x))), turns)
        k = rotate(self.split(self.norm_k(self.k(x))), turns)
        v = self.split(self.v(x))
        weight, group = self.router(x).softmax(-1).max(-1)
        branches = (
            weight[:, None] * attend(q, k, v, group[:, None] == group[None, :]),
            attend(q, k, v, layout.in_window),
            attend(q, k, v, layout.same_frame),
        )
        return self.o(sum(branches) / len(branches)), group


class CrossAttention(Attention):
    def forward(self, x: torch.Tensor, context: torch.Tensor, layout: Layout) -> torch.Tensor:
        """x: [N, dim]; context: [shots * length, dim]."""
        q = self.split(self.norm_q(self.q(x)))
        k = self.split(self.norm_k(self.k(context)))
        return self.o(attend(q, k, self.split(self.v(context)), layout.text))


class Block(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        dim, eps = config["dim"], config["eps"]
        self.norm1 = nn.LayerNorm(dim, eps, elementwise_affine=False)
        self.self_attn = SelfAttention(config)
        self.norm3 = nn.LayerNorm(dim, eps)
        self.cross_attn = CrossAttention(config)
        self.norm2 = nn.LayerNorm(dim, eps, elementwise_affine=False)
        self.ffn = nn.Sequential(
            nn.Linear(dim, config["ffn"]), nn.GELU(approximate="tanh"), nn.Linear(config["ffn"], dim)
        )
        self.modulation = nn.Parameter(torch.zeros(1, 6, dim))

    def forward(
        self,
        x: torch.Tensor,
        e0: torch.Tensor,
        turns: torch.Tensor,
        context: torch.Tensor,
        layout: Layout,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x: [N, dim]; e0: [6, dim] -> x after the block and the group of every token."""
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation[0] + e0
        attended, group = self.self_attn(self.norm1(x) * (1 + scale1) + shift1, turns, layout)
        x = x + attended * gate1
        x = x + self.cross_attn(self.norm3(x), context, layout)
        return x + self.ffn(self.norm2(x) * (1 + scale2) + shift2) * gate2, group


class Head(nn.Module):
    def __init__(self, config: dict, features: int) -> None:
        super().__init__()
        dim = config["dim"]
        self.norm = nn.LayerNorm(dim, config["eps"], elementwise_affine=False)
        self.head = nn.Linear(dim, features)
        self.modulation = nn.Parameter(torch.zeros(1, 2, dim))

    def forward(self, x: torch.Tensor, e: torch.Tensor) -> torch.Tensor:
        shift, scale = self.modulation[0] + e
        return self.head(self.norm(x) * (1 + scale) + shift)


def sinusoid(t: float, size: int) -> torch.Tensor:
    """[size]: cosines, then sines, of a timestep in [0, 1000]."""
    half = size // 2
    angles = t * ROPE_BASE ** (-torch.arange(half, dtype=torch.float64) / half)
    return torch.cat([angles.cos(), angles.sin()]).float()


class Transformer(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        dim, z, patch = config["dim"], config["z"], tuple(config["patch"])
        self.config = config
        self.patch_embedding = nn.Conv3d(z, dim, patch, patch)
        self.text_embedding = nn.Sequential(
            nn.Linear(config["text_dim"], dim), nn.GELU(approximate="tanh"), nn.Linear(dim, dim)
        )
        self.time_embedding = nn.Sequential(
            nn.Linear(config["freq_dim"], dim), nn.SiLU(), nn.Linear(dim, dim)
        )
        self.time_projection = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config["layers"]))
        self.head = Head(config, z * patch[1] * patch[2])

    def forward(
        self,
        latent: torch.Tensor,
        t: float,
        text: torch.Tensor,
        real_text: torch.Tensor,
        shot_of_frame: torch.Tensor,
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """One forward pass.

        latent: [z, frames, height, width]; text: [shots, length, text_dim]; real_text: [shots, length];
        shot_of_frame: [frames]. Returns the velocity, shaped as the latent, and the inner tensors by name.
        """
        config = self.config
        _, down, across = config["patch"]
        z, frames, height, width = latent.shape
        grid = (frames, height // down, width // across)
        layout = Layout(grid, shot_of_frame, real_text, tuple(config["win"]), config["aug"])
        turns = rotations(grid, config["dim"] // config["heads"])

        x = self.patch_embedding(latent[None])[0].flatten(1).T
        e = self.time_embedding(sinusoid(t, config["freq_dim"]))
        e0 = self.time_projection(e).view(6, -1)
        context = self.text_embedding(text)
        trace = {"tokens": x, "e": e, "e0": e0, "context": context}
        for i, block in enumerate(self.blocks):
            x, trace[f"group{i}"] = block(x, e0, turns, context.flatten(0, 1), layout)
            trace[f"block{i}"] = x

        # Features of a token are ordered (row, column, channel) within its patch.
        patches = self.head(x, e).view(*grid, down, across, z)
        velocity = patches.permute(5, 0, 1, 3, 2, 4).reshape(z, frames, height, width)
        return velocity, trace
