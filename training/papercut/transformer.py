"""The diffusion transformer in Wan's layout, with Mixture-of-Groups attention and prompts by shot.

A batch holds films of the same size and length, whose shots may lie differently. N tokens a film, ordered by latent
frame, row and column.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import torch
from torch import nn
from torch.nn import functional as F

from .attention import Segments, attend, attend_evenly, sorted_rows
from .detail import Detail
from .layers import RmsNorm, gated_sum, modulated_norm, rms_norm, rotated_norm
from .one_softmax import Branch, attend_as_one

ROPE_BASE = 10000
ONE_SOFTMAX, MEAN = "softmax", "mean"
"""How branches of self-attention become one (`branches` of the config): one softmax over all of their keys, or their mean."""
MARK_EDGE = 0.37
"""What marks are at their edge."""
OTHERS = 0.3
"""Weight of tokens outside, in what keeps a subject's group to itself."""


class Mode(StrEnum):
    """What self-attention is made of."""

    MOGA = "moga"
    """Three branches: groups over the whole film, windows, and latent frames."""
    NO_GROUPS = "no-groups"
    """The same without the first branch: what the film loses without it."""
    DENSE = "dense"
    """Every token sees every token."""


@dataclass
class Layout:
    """Which tokens see which: the static part of attention. Tokens of all films lie in one list.

    `shots` [films, frames] counts every film's shots from 0; `real_text` [films, shots, length] is false for padding.
    """

    grid: tuple[int, int, int]
    shots: torch.Tensor
    real_text: torch.Tensor
    window: tuple[int, int]
    augmentation: int
    windows: Segments = field(init=False)
    """Spatial windows of a shot, which also see a few latent frames of the neighbouring shots."""
    within_frames: Segments = field(init=False)
    """Latent frames."""
    text: Segments = field(init=False)
    """Tokens see the prompt of their shot alone."""

    def __post_init__(self) -> None:
        frames, rows, columns = self.grid
        films, most_shots, length = self.real_text.shape
        device = self.shots.device
        tokens = frames * rows * columns
        film = torch.arange(films, device=device)[:, None]
        shots = self.shots.repeat_interleave(rows * columns, 1)  # [films, N]

        down, across = self.window
        row = torch.arange(rows, device=device) * down // rows
        column = torch.arange(columns, device=device) * across // columns
        window = (row[:, None] * across + column).flatten().repeat(frames)
        strips = film * (down * across) + window
        segments = films * down * across * most_shots
        own = strips * most_shots + shots
        into_next, into_last = (
            at_cut.repeat_interleave(rows * columns, 1) for at_cut in self._frames_at_cuts()
        )
        labels = torch.stack(
            [own, torch.where(into_next, own + 1, segments), torch.where(into_last, own - 1, segments)]
        )
        queries, query_lengths = sorted_rows(own.view(1, -1), segments)
        keys, key_lengths = sorted_rows(labels.flatten(1), segments)
        largest = frames * -(-rows // down) * -(-columns // across)
        self.windows = Segments(queries, query_lengths, keys, key_lengths, largest, largest)
        frame = torch.arange(films * frames, device=device).repeat_interleave(rows * columns)
        self.within_frames = Segments.by_label(frame, films * frames, rows * columns)

        prompts = films * most_shots
        prompt = torch.arange(prompts, device=device).repeat_interleave(length)
        prompt = torch.where(self.real_text.flatten(), prompt, prompts)
        queries, query_lengths = sorted_rows((film * most_shots + shots).view(1, -1), prompts)
        keys, key_lengths = sorted_rows(prompt[None], prompts)
        keys = keys.with_unused()
        self.text = Segments(queries, query_lengths, keys, key_lengths, tokens, length)

    def _frames_at_cuts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """[films, frames]: frames that the next shot sees too, being next to its cut, and those the shot before sees."""
        shots = self.shots
        lengths = F.one_hot(shots, self.real_text.shape[1]).sum(1)
        first = (lengths.cumsum(1) - lengths).gather(1, shots)
        after_cut = torch.arange(shots.shape[1], device=shots.device) - first
        before_cut = lengths.gather(1, shots) - 1 - after_cut
        last_shot = shots[:, -1:]
        return (
            (before_cut < self.augmentation) & (shots < last_shot),
            (after_cut < self.augmentation) & (shots > 0),
        )


@dataclass
class Routing:
    """What the routers did, as means over blocks."""

    balance: torch.Tensor
    """Groups times the sum of (share of tokens x mean probability) over groups: 1 where all are used alike."""
    confidence: torch.Tensor
    """Mean logarithm of the probability of the chosen group, by which its output is weighted."""
    shared: torch.Tensor
    """How far marked subjects are from a group of their own; see `shared_groups`. 0 where nothing is marked."""


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
        weight, group = logits.softmax(-1).max(-1)
        groups = None
        if mode == Mode.MOGA:
            film = torch.arange(films, device=x.device)[:, None]
            labels = (film * self.groups + group).flatten()
            groups = Segments.by_label(labels, films * self.groups, tokens)
        combine = self._one_softmax if self.as_one else self._mean
        return self.o(combine(q, k, v, layout, weight, groups).view_as(x)), logits

    def _one_softmax(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        layout: Layout,
        weight: torch.Tensor,
        groups: Segments | None,
    ) -> torch.Tensor:
        """One softmax over the keys of all branches, those of a token's group weighted by the router's probability, and
        by how much groups count.

        q, k, v: [films, N, heads, head size]; weight: [films, N].
        """
        branches = [Branch(layout.windows), Branch(layout.within_frames)]
        if groups:
            branches.append(Branch(groups, (self.group_weight * weight.flatten()).log()))
        return attend_as_one(*(y.flatten(0, 1) for y in (q, k, v)), branches)

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


def sinusoid(t: torch.Tensor, size: int) -> torch.Tensor:
    """[films, size]: cosines, then sines, of timesteps [films]."""
    half = size // 2
    steps = torch.arange(half, dtype=torch.float64, device=t.device)
    angles = t.double()[:, None] * ROPE_BASE ** (-steps / half)
    return torch.cat([angles.cos(), angles.sin()], 1).float()


def patches_of(x: torch.Tensor, down: int, across: int) -> torch.Tensor:
    """[films, channels, frames, height, width] -> [films, N, channels * down * across], ordered (channel, row, column)."""
    films, channels, frames, height, width = x.shape
    patches = x.reshape(films, channels, frames, height // down, down, width // across, across)
    return patches.permute(0, 2, 3, 5, 1, 4, 6).reshape(films, -1, channels * down * across)


def shared_groups(logits: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
    """How unlikely it is that all of a film's subject is in one group, through all shots, and that nothing else is.

    logits: of the router [films, N, groups]; inside: which tokens are the subject's [films, N].
    """
    log_likely = logits.log_softmax(-1)
    marked = inside.any(1)
    share = inside / inside.sum(1, keepdim=True).clamp(min=1)
    together, group = (log_likely * share[..., None]).sum(1).max(-1)
    likely = log_likely.exp().gather(2, group[:, None, None].expand(*inside.shape, 1))[..., 0]
    outside = ~inside / (~inside).sum(1, keepdim=True).clamp(min=1)
    alone = ((1 - likely).clamp(min=1e-4).log() * outside).sum(1)
    return -((together + OTHERS * alone) * marked).sum() / marked.sum().clamp(min=1)


def marks_embedding(config: dict) -> nn.Linear:
    """What marks add to tokens: nothing, before it is trained."""
    _, down, across = config["patch"]
    embedding = nn.Linear(config["marks"] * down * across, config["dim"], bias=False)
    nn.init.zeros_(embedding.weight)
    return embedding


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
        self._initialise()
        self.detail = Detail(config) if config.get("detail") else None
        self.marks_embedding = marks_embedding(config) if config.get("marks") else None

    def add_detail(self, channels: int) -> None:
        """Gives a transformer that has none the convolutions of `Detail`, which change nothing yet."""
        self.config["detail"] = channels
        self.detail = Detail(self.config)

    def add_marks(self, subjects: int) -> None:
        """Lets a transformer see marks of so many subjects, which change nothing yet."""
        self.config["marks"] = subjects
        self.marks_embedding = marks_embedding(self.config)

    def combine_branches(self, way: str, group_weight: float = 1.0) -> None:
        """By one softmax, in which keys of groups count so much, or by their mean.

        Weights that have learnt one of them need not learn the other from scratch.
        """
        self.config["branches"] = way
        self.config["group_weight"] = group_weight
        self.config.pop("attention", None)  # older models had it in words
        for block in self.blocks:
            block.self_attn.as_one = way == ONE_SOFTMAX
            block.self_attn.group_weight = group_weight

    def widen_detail(self, reach: int, residuals: int) -> None:
        """Lets convolutions that know neither blend over frames and draw in more layers, which changes nothing yet."""
        assert self.detail
        if "detail_reach" not in self.config:
            self.config["detail_reach"] = reach
            self.detail.add_blend(reach)
        if "detail_residuals" not in self.config:
            self.config["detail_residuals"] = residuals
            self.detail.add_residuals(residuals)

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.xavier_uniform_(self.patch_embedding.weight.view(self.config["dim"], -1))
        nn.init.zeros_(self.patch_embedding.bias)
        for module in (*self.time_embedding, *self.text_embedding):
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.02)
        for block in self.blocks:
            # Logits of about two: a router that starts sure of itself keeps the weight of its branch.
            nn.init.normal_(block.self_attn.router.weight, std=2 * self.config["dim"] ** -0.5)
        nn.init.zeros_(self.head.head.weight)

    def forward(
        self,
        latent: torch.Tensor,
        t: torch.Tensor,
        text: torch.Tensor,
        real_text: torch.Tensor,
        shots: torch.Tensor,
        positions: torch.Tensor | None = None,
        mode: Mode = Mode.MOGA,
        trace: dict[str, torch.Tensor] | None = None,
        marks: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Routing]:
        """One forward pass.

        latent: [films, z, frames, height, width]; t: [films], in [0, 1000] (beyond: few-step mode); text: [films,
        shots, length, text_dim]; real_text: [films, shots, length]; shots: [films, frames]; positions: [films,
        frames] on the time axis, one after the other where None; marks: [films, subjects, frames, height, width] of
        `marks.drawn`, or None where nothing is said of subjects. Returns the velocity, shaped as the latent, and what
        the routers did; inner tensors go into `trace` by their names in golden files.
        """
        x, seen, e, routing = self._through(
            self.blocks, latent, t, text, real_text, shots, positions, mode, trace, marks
        )
        # Features of a token are ordered (row, column, channel) within its patch.
        velocities, features = self.head(x, e)
        if self.detail and seen is not None:
            velocities = velocities + self.detail.draw(seen, features)
        _, down, across = self.config["patch"]
        films, z, frames, height, width = latent.shape
        patches = velocities.float().view(films, frames, height // down, width // across, down, across, z)
        velocity = patches.permute(0, 6, 1, 2, 4, 3, 5).reshape(films, z, frames, height, width)
        return velocity, routing

    def tokens_half_way(
        self,
        latent: torch.Tensor,
        t: torch.Tensor,
        text: torch.Tensor,
        real_text: torch.Tensor,
        shots: torch.Tensor,
        positions: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Routing]:
        """Tokens [films, N, dim] after half of the blocks, and what their routers did. Arguments as in `forward`."""
        blocks = self.blocks[: len(self.blocks) // 2]
        x, _, _, routing = self._through(blocks, latent, t, text, real_text, shots, positions, Mode.MOGA, None)
        return x, routing

    def _through(
        self,
        blocks: nn.ModuleList,
        latent: torch.Tensor,
        t: torch.Tensor,
        text: torch.Tensor,
        real_text: torch.Tensor,
        shots: torch.Tensor,
        positions: torch.Tensor | None,
        mode: Mode,
        trace: dict[str, torch.Tensor] | None,
        marks: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor, Routing]:
        """Tokens after some blocks, what `Detail` saw, the timestep's features and what routers did."""
        config = self.config
        _, down, across = config["patch"]
        films, z, frames, height, width = latent.shape
        grid = (frames, height // down, width // across)
        layout = Layout(grid, shots, real_text, tuple(config["win"]), config["aug"])
        if positions is None:
            positions = torch.arange(frames, device=latent.device)[None]
        turns = rotations(grid, config["dim"] // config["heads"], positions)

        # A Conv3d whose stride is its size is a matrix product over patches.
        kernel = self.patch_embedding
        x = F.linear(patches_of(latent, down, across), kernel.weight.flatten(1), kernel.bias).float()
        inside = None
        if self.marks_embedding and marks is not None:
            told = patches_of(marks, down, across)
            x = x + self.marks_embedding(told).float()
            inside = told.unflatten(-1, (-1, down * across)).mean(-1).amax(-1) > MARK_EDGE
        seen = None
        if self.detail:
            seen, gained = self.detail.look(latent, shots)
            x = x + gained
        with torch.autocast(latent.device.type, enabled=False):
            e = self.time_embedding(sinusoid(t, config["freq_dim"]))
            e0 = self.time_projection(e).view(films, 6, -1)
        context = self.text_embedding(text)
        if trace is not None:
            trace.update(tokens=x, e=e, e0=e0, context=context)

        balance = confidence = shared = torch.zeros((), device=x.device)
        for i, block in enumerate(blocks):
            x, logits = block(x, e0, turns, context, layout, mode)
            probability = logits.softmax(-1)
            chosen, group = probability.max(-1)
            share = F.one_hot(group, config["groups"]).float().mean((0, 1))
            balance = balance + config["groups"] * (share * probability.mean((0, 1))).sum()
            confidence = confidence + chosen.log().mean()
            if inside is not None:
                shared = shared + shared_groups(logits, inside)
            if trace is not None:
                trace[f"group{i}"] = group
                trace[f"block{i}"] = x
        count = max(1, len(blocks))
        return x, seen, e, Routing(balance / count, confidence / count, shared / count)
