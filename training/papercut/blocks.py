"""The transformer's blocks: attention in groups, windows and frames, attention to prompts, feed-forward layers."""

import math

import torch
from torch import nn

from .attention import Segments, attend, attend_evenly
from .layers import RmsNorm, gated_sum, modulated_norm, rms_norm, rotated_norm
from .layout import Layout, Mode
from .one_softmax import NOTHING, Branch, attend_as_one, attend_counted

ROPE_BASE = 10000
ONE_SOFTMAX, MEAN = "softmax", "mean"
"""How branches of self-attention become one (`branches` of the config): one softmax over all of their keys, or their mean."""
FEW_TOKENS = 400
"""Of a film; up to so many, all pairs are faster on a processor than lists of those that see each other."""


def rotations(grid: tuple[int, int, int], head_size: int, positions: torch.Tensor) -> torch.Tensor:
    """Cosines and sines [2, films, N, head_size / 2]: pairs of a head turn with the frame, the row and the column.

    positions [films, frames]: where on the time axis every latent frame lies.
    """
    frames, rows, columns = grid
    films = len(positions)
    side = head_size // 6
    axes = (
        (positions[:, :, None, None], head_size // 2 - 2 * side),
        (torch.arange(rows, device=positions.device)[None, None, :, None], side),
        (torch.arange(columns, device=positions.device)[None, None, None, :], side),
    )
    parts = []
    for places, count in axes:
        steps = torch.arange(count, dtype=torch.float64, device=positions.device)
        angles = places[..., None].double() * ROPE_BASE ** (-steps / count)
        parts.append(angles.expand(films, frames, rows, columns, count))
    angles = torch.cat(parts, -1).view(films, -1, head_size // 2)
    return torch.stack([angles.cos(), angles.sin()]).float()


class Attention(nn.Module):
    """Projections and the norms of queries and keys."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        dim = config["dim"]
        self.heads = config["heads"]
        self.eps = config["eps"]
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))
        self.norm_q = RmsNorm(dim, config["eps"])
        self.norm_k = RmsNorm(dim, config["eps"])


class SelfAttention(Attention):
    def __init__(self, config: dict) -> None:
        super().__init__(config)
        self.groups = config["groups"]
        self.as_one = config.get("branches", MEAN) == ONE_SOFTMAX
        self.group_weight = config.get("group_weight", 1.0)
        self.across_weight = config.get("across_weight", 1.0)
        self.across_shots = config.get("across_shots")
        self.router = nn.Linear(config["dim"], config["groups"], bias=False)

    def forward(
        self, x: torch.Tensor, turns: torch.Tensor, layout: Layout, mode: Mode
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: [films, N, dim] -> the three branches as one, projected, and logits of the router."""
        films, tokens, _ = x.shape
        q = rotated_norm(self.q(x), self.norm_q.weight, turns, self.heads, self.eps)
        k = rotated_norm(self.k(x), self.norm_k.weight, turns, self.heads, self.eps)
        v = self.v(x).view_as(q)
        with torch.autocast(x.device.type, enabled=False):
            logits = self.router(x.float())
        if mode == Mode.DENSE:
            return self.o(attend_evenly(q, k, v).view_as(x)), logits
        if mode == Mode.DENSE_ALONE:
            return self.o(attend(*(y.flatten(0, 1) for y in (q, k, v)), layout.within_shots).view_as(x)), logits
        weight, group = logits.softmax(-1).max(-1)
        groups = None
        times = self._times_across(layout) if mode == Mode.MOGA else None
        if self.as_one and mode == Mode.MOGA and not x.is_cuda and tokens <= FEW_TOKENS:
            counts = self._counts(layout, weight, group, times)
            return self.o(attend_counted(q, k, v, counts)), logits
        if mode != Mode.NO_GROUPS:
            apart = films
            part = torch.arange(films, device=x.device).repeat_interleave(tokens)
            if mode == Mode.MOGA_ALONE or times is not None:
                part, apart = layout.shot_of_token, layout.real_text[..., 0].numel()
            labels = part * self.groups + group.flatten()
            groups = Segments.by_label(labels, apart * self.groups, tokens)
        if not self.as_one:
            return self.o(self._mean(q, k, v, layout, weight, groups).view_as(x)), logits
        branches = [Branch(layout.windows), Branch(layout.within_frames)]
        if groups:
            # One softmax over all keys, those of a token's group weighted by the router's probability.
            counted = self.group_weight * weight.flatten()
            branches.append(Branch(groups, counted.log()))
            if times is not None:
                across, sees = layout.across_shots(group.flatten(), self.groups)
                branches.append(Branch(across, (times * counted).log().masked_fill(~sees, NOTHING)))
        attended = attend_as_one(*(y.flatten(0, 1) for y in (q, k, v)), branches)
        return self.o(attended.view_as(x)), logits

    def _counts(
        self, layout: Layout, weight: torch.Tensor, group: torch.Tensor, times: torch.Tensor | None
    ) -> torch.Tensor:
        """How often tokens count each other [films, N, N]: as near ones, and as ones of the same group."""
        in_group = self.group_weight * weight[..., None]
        if times is not None:
            elsewhere = times.view_as(weight)[..., None]
            in_group = torch.where(layout.same_shot, in_group, elsewhere * in_group)
        return layout.near + in_group * (group[..., None] == group[:, None])

    def _times_across(self, layout: Layout) -> torch.Tensor | None:
        """How many times keys of a token's group count that lie in other shots [all tokens]; None for once throughout."""
        if not self.as_one or not layout.has_cuts:
            return None
        if self.across_shots is None and (self.across_weight == 1 or layout.subjects is None):
            return None
        others = layout.shots.amax(1).float()
        share = (self.across_shots / others).clamp(max=1) if self.across_shots else torch.ones_like(others)
        times = share.repeat_interleave(math.prod(layout.grid))
        return times if layout.subjects is None else torch.where(layout.subjects, self.across_weight * times, times)

    def _mean(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        layout: Layout,
        weight: torch.Tensor,
        groups: Segments | None,
    ) -> torch.Tensor:
        """The mean of the branches' outputs, that of groups weighted by the router's probability."""
        films = len(q)
        frames, rows, columns = layout.grid
        lists = [y.flatten(0, 1) for y in (q, k, v)]
        total = attend(*lists, layout.windows)
        total = total + attend_evenly(
            *(y.view(films * frames, rows * columns, self.heads, -1) for y in (q, k, v))
        )
        if groups:
            attended = attend(*lists, groups)
            total = total + weight.view(-1, 1).to(attended.dtype) * attended
        return total / 3


class CrossAttention(Attention):
    def forward(self, x: torch.Tensor, context: torch.Tensor, layout: Layout) -> torch.Tensor:
        """x: [films, N, dim]; context: [films, shots, length, dim]."""
        q = self.q(x)
        v = self.v(context)
        q = rms_norm(q, self.norm_q.weight, self.eps).to(v.dtype)
        k = rms_norm(self.k(context), self.norm_k.weight, self.eps).to(v.dtype)
        q, k, v = (y.reshape(-1, self.heads, y.shape[-1] // self.heads) for y in (q, k, v))
        return self.o(attend(q, k, v, layout.text).view_as(x))


class Block(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        dim, eps = config["dim"], config["eps"]
        self.eps = eps
        self.self_attn = SelfAttention(config)
        self.norm3 = nn.LayerNorm(dim, eps)
        self.cross_attn = CrossAttention(config)
        self.ffn = nn.Sequential(
            nn.Linear(dim, config["ffn"]), nn.GELU(approximate="tanh"), nn.Linear(config["ffn"], dim)
        )
        self.modulation = nn.Parameter(torch.randn(1, 6, dim) / dim**0.5)

    def forward(
        self,
        x: torch.Tensor,
        e0: torch.Tensor,
        turns: torch.Tensor,
        context: torch.Tensor,
        layout: Layout,
        mode: Mode,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x: [films, N, dim]; e0: [films, 6, dim] -> x after the block and the router's logits."""
        shift1, scale1, gate1, shift2, scale2, gate2 = (self.modulation + e0).unbind(1)
        attended, logits = self.self_attn(modulated_norm(x, shift1, scale1, self.eps), turns, layout, mode)
        x = gated_sum(x, attended, gate1)
        x = x + self.cross_attn(self.norm3(x), context, layout).float()
        return gated_sum(x, self.ffn(modulated_norm(x, shift2, scale2, self.eps)), gate2), logits


class Head(nn.Module):
    def __init__(self, config: dict, features: int) -> None:
        super().__init__()
        dim = config["dim"]
        self.eps = config["eps"]
        self.head = nn.Linear(dim, features)
        self.modulation = nn.Parameter(torch.randn(1, 2, dim) / dim**0.5)

    def forward(self, x: torch.Tensor, e: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Velocities of tokens, and the features that they are read off."""
        shift, scale = (self.modulation + e[:, None]).unbind(1)
        features = modulated_norm(x, shift, scale, self.eps)
        return self.head(features), features
