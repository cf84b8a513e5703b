"""Branches as one softmax, against the same written out over all pairs."""

import torch

from papercut.attention import Segments
from papercut.blocks import SelfAttention, rotations
from papercut.layers import rotated_norm
from papercut.layout import Mode
from papercut.one_softmax import Branch, Flash, Padded, attend_as_one
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


def test_self_attention_weighs_its_group_by_the_routers_probability() -> None:
    films = layout()
    generator = torch.Generator().manual_seed(3)
    torch.manual_seed(4)
    config = dict(dim=HEADS * SIZE, heads=HEADS, groups=3, eps=1e-6, branches="softmax", group_weight=2.5)
    attention = SelfAttention(config)
    x = torch.randn(2, ROWS // 2, HEADS * SIZE, generator=generator)
    turns = rotations(films.grid, SIZE, torch.arange(6)[None].float())
    ours, logits = attention(x, turns, films, Mode.MOGA)

    q, k = (
        rotated_norm(project(x), norm.weight, turns, HEADS, 1e-6).flatten(0, 1)
        for project, norm in ((attention.q, attention.norm_q), (attention.k, attention.norm_k))
    )
    v = attention.v(x).view(ROWS, HEADS, SIZE)
    weight, group = logits.flatten(0, 1).softmax(-1).max(-1)
    row = torch.arange(ROWS)
    film, frame = row // (ROWS // 2), row // 15
    same_group = (film[:, None] == film) & (group[:, None] == group)
    local = window_mask(films).float() + (frame[:, None] == frame)
    expected = attention.o(counted(q, k, v, local + 2.5 * weight[:, None] * same_group))
    torch.testing.assert_close(ours.flatten(0, 1), expected, rtol=1e-4, atol=1e-5)
    without, _ = attention(x, turns, films, Mode.NO_GROUPS)
    torch.testing.assert_close(
        without.flatten(0, 1), attention.o(counted(q, k, v, local)), rtol=1e-4, atol=1e-5
    )


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
            log_mass[:, a] = scores.logsumexp(-1)
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
        branches = [
            Branch(films.windows),
            Branch(Segments.by_label(labels, 6, ROWS), weight.log()),
        ]
        out = attend_as_one(q, k, v, branches, kernel)
        (out * torch.arange(out.numel()).view_as(out).sin()).sum().backward()
        results.append((out, q.grad, k.grad, v.grad, weight.grad))
    for expected, ours in zip(*results):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)
