"""Branches as one softmax, against the same written out over all pairs."""

import pytest
import torch

from papercut import blocks
from papercut.attention import Segments
from papercut.blocks import SelfAttention, rotations
from papercut.layers import rotated_norm
from papercut.layout import Mode
from papercut.one_softmax import NOTHING, Branch, Flash, Padded, attend_as_one
from tests.test_attention import HEADS, SIZE, layout, window_mask

ROWS = 2 * 6 * 3 * 5


def counted(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, counts: torch.Tensor
) -> torch.Tensor:
    """counts [rows, rows]: how often, or by what weight, a row sees another."""
    scores = torch.einsum("nhd,mhd->hnm", q, k) * q.shape[-1] ** -0.5
    likely = scores.exp() * counts
    return torch.einsum("hnm,mhd->nhd", likely / likely.sum(-1, keepdim=True), v).flatten(1)


def inputs() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    tensors = [torch.randn(ROWS, HEADS, SIZE, generator=generator) for _ in range(3)]
    return [x.requires_grad_() for x in (*tensors, torch.rand(ROWS, generator=generator) + 0.1)]


def groups() -> torch.Tensor:
    """Groups of two films, one of which is empty."""
    labels = torch.randint(0, 3, (ROWS,), generator=torch.Generator().manual_seed(2))
    labels[labels == 1] = 2
    return labels + 3 * (torch.arange(ROWS) >= ROWS // 2)


def test_is_attention_over_all_keys_together() -> None:
    films, labels = layout(), groups()
    results = []
    for whole in (True, False):
        q, k, v, weight = inputs()
        if whole:
            same = (labels[:, None] == labels[None]).float()
            out = counted(q, k, v, window_mask(films).float() + weight[:, None] * same)
        else:
            branches = [
                Branch(films.windows),
                Branch(Segments.by_label(labels, 6, ROWS), weight.log()),
            ]
            out = attend_as_one(q, k, v, branches, Padded())
        (out * torch.arange(out.numel()).view_as(out).sin()).sum().backward()
        results.append((out, q.grad, k.grad, v.grad, weight.grad))
    for expected, ours in zip(*results):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)


def test_one_branch_is_plain_attention() -> None:
    labels = groups()
    q, k, v, _ = inputs()
    expected = counted(q, k, v, (labels[:, None] == labels[None]).float())
    ours = attend_as_one(q, k, v, [Branch(Segments.by_label(labels, 6, ROWS))], Padded())
    torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture(params=[0, blocks.FEW_TOKENS], ids=["by lists", "by pairs"])
def ways(request, monkeypatch) -> None:
    """Both ways of self-attention in groups: the second is for short films on a processor."""
    monkeypatch.setattr(blocks, "FEW_TOKENS", request.param)


class Weighed:
    """A layer of self-attention with routers over two films of several shots, and the same pair by pair."""

    def __init__(self, **config: float) -> None:
        self.films = layout()
        generator = torch.Generator().manual_seed(3)
        torch.manual_seed(4)
        self.attention = SelfAttention(
            dict(dim=HEADS * SIZE, heads=HEADS, groups=3, eps=1e-6, branches="softmax", **config)
        )
        self.x = torch.randn(2, ROWS // 2, HEADS * SIZE, generator=generator)
        self.turns = rotations(self.films.grid, SIZE, torch.arange(6)[None].float())
        row = torch.arange(ROWS)
        film, frame = row // (ROWS // 2), row // 15
        weight, group = self.attention.router(self.x).flatten(0, 1).softmax(-1).max(-1)
        self.grouped = weight[:, None] * ((film[:, None] == film) & (group[:, None] == group))
        self.local = window_mask(self.films).float() + (frame[:, None] == frame)
        shot = self.films.shot_of_token
        self.elsewhere = shot[:, None] != shot

    def ours(self, mode: Mode) -> torch.Tensor:
        out, _ = self.attention(self.x, self.turns, self.films, mode)
        return out.flatten(0, 1)

    def counted(self, counts: torch.Tensor) -> torch.Tensor:
        attention = self.attention
        q, k = (
            rotated_norm(project(self.x), norm.weight, self.turns, HEADS, 1e-6).flatten(0, 1)
            for project, norm in ((attention.q, attention.norm_q), (attention.k, attention.norm_k))
        )
        return attention.o(counted(q, k, attention.v(self.x).view(ROWS, HEADS, SIZE), counts))


@pytest.mark.usefixtures("ways")
def test_self_attention_weighs_its_group_by_the_routers_probability() -> None:
    layer = Weighed(group_weight=2.5)
    expected = layer.counted(layer.local + 2.5 * layer.grouped)
    torch.testing.assert_close(layer.ours(Mode.MOGA), expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(layer.ours(Mode.NO_GROUPS), layer.counted(layer.local), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("ways")
def test_subjects_see_more_of_their_group_in_other_shots() -> None:
    layer = Weighed(group_weight=2.5, across_weight=4.0)
    plain = layer.counted(layer.local + 2.5 * layer.grouped)
    torch.testing.assert_close(layer.ours(Mode.MOGA), plain, rtol=1e-4, atol=1e-5)

    subjects = torch.rand(ROWS, generator=torch.Generator().manual_seed(9)) < 0.4
    layer.films.subjects = subjects
    times = 1 + 3 * (subjects[:, None] & layer.elsewhere)
    expected = layer.counted(layer.local + 2.5 * times * layer.grouped)
    assert (expected - plain).norm() > 0.05 * plain.norm()
    ours = layer.ours(Mode.MOGA)
    torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)

    for parameter in (layer.attention.q.weight, layer.attention.router.weight):
        gradients = (torch.autograd.grad(y.sin().sum(), parameter, retain_graph=True)[0] for y in (ours, expected))
        torch.testing.assert_close(*gradients, rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("ways")
def test_each_of_many_other_shots_counts_less() -> None:
    layer = Weighed(group_weight=2.5, across_weight=4.0, across_shots=1)
    # The films have three and two shots.
    share = torch.where(torch.arange(ROWS) < ROWS // 2, 0.5, 1.0)[:, None]
    for subjects in (None, torch.rand(ROWS, generator=torch.Generator().manual_seed(9)) < 0.4):
        layer.films.subjects = subjects
        times = share if subjects is None else torch.where(subjects[:, None], 4 * share, share)
        expected = layer.counted(layer.local + 2.5 * torch.where(layer.elsewhere, times, 1) * layer.grouped)
        torch.testing.assert_close(layer.ours(Mode.MOGA), expected, rtol=1e-4, atol=1e-5)


def test_flash_attention_packs_and_unpacks_as_it_should(monkeypatch) -> None:
    """Its operators are only there on GPUs: here the same is computed segment by segment, as they describe it."""

    def pieces(ends: torch.Tensor) -> list[slice]:
        return [slice(int(a), int(b)) for a, b in zip(ends[:-1], ends[1:])]

    def likely_of(q: torch.Tensor, k: torch.Tensor, log_mass: torch.Tensor) -> torch.Tensor:
        return (torch.einsum("nhd,mhd->hnm", q, k) * SIZE**-0.5 - log_mass[..., None]).exp()

    def forward(q, k, v, query_ends, key_ends, most_queries, most_keys, *rest):
        assert rest == (0.0, False, False)
        out, log_mass = torch.zeros_like(q), torch.zeros(HEADS, len(q))
        for a, b in zip(pieces(query_ends), pieces(key_ends)):
            assert a.stop - a.start <= most_queries and b.stop - b.start <= most_keys
            scores = torch.einsum("nhd,mhd->hnm", q[a], k[b]) * SIZE**-0.5
            log_mass[:, a] = scores.logsumexp(-1) if b.stop > b.start else float("inf")
            out[a] = torch.einsum("hnm,mhd->nhd", scores.softmax(-1), v[b])
        return out, log_mass, None, None, None

    def backward(gradient, q, k, v, out, log_mass, query_ends, key_ends, *_):
        of = [torch.zeros_like(x) for x in (q, k, v)]
        for a, b in zip(pieces(query_ends), pieces(key_ends)):
            likely = likely_of(q[a], k[b], log_mass[:, a])
            of_scores = torch.einsum("nhd,mhd->hnm", gradient[a], v[b])
            of_scores = likely * (of_scores - (gradient[a] * out[a]).sum(-1).T[..., None]) * SIZE**-0.5
            of[0][a] = torch.einsum("hnm,mhd->nhd", of_scores, k[b])
            of[1][b] = torch.einsum("hnm,nhd->mhd", of_scores, q[a])
            of[2][b] = torch.einsum("hnm,nhd->mhd", likely, gradient[a])
        return tuple(of)

    operators = {"_flash_attention_forward": forward, "_flash_attention_backward": backward}
    for name, operator in operators.items():
        monkeypatch.setattr(torch.ops.aten, name, operator)
    films, labels = layout(), groups()
    results = []
    for kernel in (Padded(), Flash()):
        q, k, v, weight = inputs()
        # A group that is in one shot only sees nothing across.
        across, sees = films.across_shots(torch.where(films.shot_of_token == 4, 0, labels % 3), 3)
        assert 0 < sees.sum() < ROWS
        branches = [
            Branch(films.windows),
            Branch(Segments.by_label(labels, 6, ROWS), weight.log()),
            Branch(across, weight.log().masked_fill(~sees, NOTHING)),
        ]
        out = attend_as_one(q, k, v, branches, kernel)
        (out * torch.arange(out.numel()).view_as(out).sin()).sum().backward()
        results.append((out, q.grad, k.grad, v.grad, weight.grad))
    for expected, ours in zip(*results):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)
