"""The diffusion transformer in Wan's layout, with Mixture-of-Groups attention and prompts by shot.

A batch holds films of the same size and length, whose shots may lie differently. N tokens a film, ordered by latent
frame, row and column.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .bearings import Telling
from .blocks import ONE_SOFTMAX, ROPE_BASE, Block, Head, rotations
from .detail import Detail
from .layout import Layout, Mode
from .patches import cells_of, patches_of
from .sketch import Sketch

FEW_STEPS_OFFSET = 1000.0
"""Added to the timestep to ask for the mode of few steps: one network serves both."""
MARK_EDGE = 0.37
"""What marks are at their edge."""
OTHERS = 0.3
"""Weight of tokens outside, in what keeps a subject's group to itself."""


@dataclass
class Routing:
    """What the routers did, as means over blocks."""

    balance: torch.Tensor
    """Groups times the sum of (share of tokens x mean probability) over groups: 1 where all are used alike."""
    confidence: torch.Tensor
    """Mean logarithm of the probability of the chosen group, by which its output is weighted."""
    shared: torch.Tensor
    """How far marked subjects are from a group of their own; see `shared_groups`. 0 where nothing is marked."""


def sinusoid(t: torch.Tensor, size: int) -> torch.Tensor:
    """[films, size]: cosines, then sines, of timesteps [films]."""
    half = size // 2
    steps = torch.arange(half, dtype=torch.float64, device=t.device)
    angles = t.double()[:, None] * ROPE_BASE ** (-steps / half)
    return torch.cat([angles.cos(), angles.sin()], 1).float()


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
    """What marks, bearings and the sketch add to tokens: nothing, before it is trained."""
    _, down, across = config["patch"]
    guessed = down * across * config["z"] if config.get("sketch") else 0
    embedding = nn.Linear(Telling.of(config).values + guessed, config["dim"], bias=False)
    nn.init.zeros_(embedding.weight)
    return embedding


def sigma_of(t: torch.Tensor) -> torch.Tensor:
    """The noise's share at timesteps, those of few-step mode included."""
    return torch.where(t > 1000, t - FEW_STEPS_OFFSET, t) / 1000


def expected_velocity(
    latent: torch.Tensor, guess: torch.Tensor, doubt: torch.Tensor, sigma: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean and the deviation of velocities at a noisy latent, were films normal around a guess, cell by cell.

    What a network adds is counted in that deviation (as in Karras et al. 2022, "Elucidating the design space"): where the
    guess is sure, it has no say. doubt: logarithms of variances; sigma: the noise's share.
    """
    clean, variance = 1 - sigma, doubt.exp()
    of_latent = clean.square() * variance + sigma.square()
    left = latent - clean * guess
    expected = left * (sigma - clean * variance) / of_latent - guess
    return expected, (variance / of_latent).sqrt()


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
        self.sketch = Sketch(config) if config.get("sketch") else None

    def add_detail(self, channels: int) -> None:
        """Gives a transformer that has none the convolutions of `Detail`, which change nothing yet."""
        self.config["detail"] = channels
        self.detail = Detail(self.config)

    def add_marks(self, subjects: int) -> None:
        """Lets a transformer see marks of so many subjects, which change nothing yet."""
        self.config["marks"] = subjects
        self.marks_embedding = marks_embedding(self.config)

    def add_bearings(self) -> None:
        """Tells a transformer that sees marks where tokens are, which changes nothing yet."""
        assert self.marks_embedding
        known = self.marks_embedding.weight.detach()
        self.config["bearings"] = True
        self.marks_embedding = marks_embedding(self.config)
        self.marks_embedding.weight.data[:, : known.shape[1]] = known

    def add_sketch(self, width: int, layers: int, words: int, grids: dict[str, list[int]] | None) -> None:
        """Tells a transformer that has bearings a first guess of every token, from which it starts: what it knew is to be
        learnt anew by its last layers.

        words: of the vocabulary; grids: the kinds and places that there are grids for.
        """
        assert self.marks_embedding and self.config.get("bearings")
        known = self.marks_embedding.weight.detach()
        self.config.update(sketch=width, sketch_layers=layers, sketch_words=words, sketch_grids=grids)
        self.sketch = Sketch(self.config)
        self.marks_embedding = marks_embedding(self.config)
        self.marks_embedding.weight.data[:, : known.shape[1]] = known
        for layer in (self.head.head, *([self.detail.velocity] if self.detail else [])):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def combine_branches(
        self, way: str, group_weight: float = 1.0, across_weight: float = 1.0, across_shots: int | None = None
    ) -> None:
        """By their mean, or by one softmax, in which keys of groups count so much, and so many times that for subjects where
        they are in other shots, of which so many count in full.

        Weights that have learnt one of them need not learn the other from scratch.
        """
        self.config["branches"] = way
        self.config["group_weight"] = group_weight
        self.config["across_weight"] = across_weight
        self.config["across_shots"] = across_shots
        self.config.pop("attention", None)  # older models had it in words
        for block in self.blocks:
            block.self_attn.as_one = way == ONE_SOFTMAX
            block.self_attn.group_weight = group_weight
            block.self_attn.across_weight = across_weight
            block.self_attn.across_shots = across_shots

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
        said: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Routing]:
        """One forward pass.

        latent: [films, z, frames, height, width]; t: [films], in [0, 1000] (beyond: few-step mode); text: [films,
        shots, length, text_dim]; real_text: [films, shots, length]; shots: [films, frames]; positions: [films,
        frames] on the time axis, one after the other where None; marks: [films, N, values] of `bearings.told`, or None
        where nothing is said of subjects; said: of `Sketch.read`, beside marks, for a transformer that has a sketch. Returns
        the velocity, shaped as the latent, and what the routers did; inner tensors go into `trace` by their names in golden
        files.
        """
        sketched = self._sketched(marks, said, shots)
        x, seen, e, routing = self._through(
            self.blocks, latent, t, text, real_text, shots, positions, mode, trace, marks, sketched
        )
        # Features of a token are ordered (row, column, channel) within its patch.
        velocities, features = self.head(x, e)
        if self.detail and seen is not None:
            velocities = velocities + self.detail.draw(seen, features)
        _, down, across = self.config["patch"]
        films, z, frames, height, width = latent.shape
        velocities = velocities.float()
        if sketched:
            expected, spread = expected_velocity(cells_of(latent, down).float(), *sketched, sigma_of(t)[:, None, None])
            velocities = expected + spread * velocities
        patches = velocities.view(films, frames, height // down, width // across, down, across, z)
        velocity = patches.permute(0, 6, 1, 2, 4, 3, 5).reshape(films, z, frames, height, width)
        return velocity, routing

    def tokens_half_way(
        self,
        latent: torch.Tensor,
        t: torch.Tensor,
        text: torch.Tensor,
        real_text: torch.Tensor,
        shots: torch.Tensor,
        marks: torch.Tensor | None = None,
        said: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Routing]:
        """Tokens [films, N, dim] after half of the blocks, and what their routers did. Arguments as in `forward`."""
        blocks = self.blocks[: len(self.blocks) // 2]
        sketched = self._sketched(marks, said, shots)
        x, _, _, routing = self._through(
            blocks, latent, t, text, real_text, shots, None, Mode.MOGA, None, marks, sketched
        )
        return x, routing

    def _sketched(
        self, marks: torch.Tensor | None, said: torch.Tensor | None, shots: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Of all tokens, the guess and its doubt, which has a training of its own."""
        if self.sketch is None or marks is None:
            return None
        assert said is not None
        with torch.no_grad():
            return self.sketch(said, marks, shots)

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
        marks: torch.Tensor | None,
        sketched: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor, Routing]:
        """Tokens after some blocks, what `Detail` saw, the timestep's features and what routers did."""
        config = self.config
        _, down, across = config["patch"]
        films, z, frames, height, width = latent.shape
        grid = (frames, height // down, width // across)
        over_cuts = 0 if mode is Mode.MOGA_ALONE else config["aug"]
        layout = Layout(grid, shots, real_text, tuple(config["win"]), over_cuts)
        if positions is None:
            positions = torch.arange(frames, device=latent.device)[None]
        turns = rotations(grid, config["dim"] // config["heads"], positions)

        # A Conv3d whose stride is its size is a matrix product over patches.
        kernel = self.patch_embedding
        x = F.linear(patches_of(latent, down, across), kernel.weight.flatten(1), kernel.bias).float()
        inside = None
        if self.marks_embedding and marks is not None:
            told = marks
            if sketched:
                guess, doubt = sketched
                told = torch.cat([marks, guess], -1)
                if trace is not None:
                    trace.update(guess=guess, doubt=doubt)
            x = x + self.marks_embedding(told).float()
            inside = marks[..., : down * across].mean(-1) > MARK_EDGE
            layout.subjects = inside.flatten()
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
