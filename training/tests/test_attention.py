"""Attention over lists of segments against attention with masks over all pairs, which is slow and hard to get wrong."""

import pytest
import torch

from papercut import attention
from papercut.attention import Segments, attend, padded, sorted_rows
from papercut.layout import Layout

HEADS, SIZE = 2, 6


def masked(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """mask: [query rows, key rows]"""
    scores = torch.einsum("nhd,mhd->hnm", q, k) * q.shape[-1] ** -0.5
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return torch.einsum("hnm,mhd->nhd", weights, v).flatten(1)


def one_by_one(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
    """What flash attention over segments of different lengths computes, from rows that lie segment by segment."""
    outs = []
    for i in range(len(segments.query_lengths)):
        queries, keys = (
            slice(int(ends[i]), int(ends[i + 1])) for ends in (segments.query_ends, segments.key_ends)
        )
        count = queries.stop - queries.start
        assert count <= segments.most_queries and keys.stop - keys.start <= segments.most_keys
        if count:
            mask = torch.ones(count, keys.stop - keys.start, dtype=torch.bool)
            outs.append(masked(q[queries], k[keys], v[keys], mask).view(count, HEADS, SIZE))
    return torch.cat(outs)


def layout() -> Layout:
    """Films of three and two shots, one of them a single frame, in a grid that windows do not divide evenly."""
    shots = torch.tensor([[0, 0, 0, 1, 2, 2], [0, 1, 1, 1, 1, 1]])
    real = torch.tensor([[[1, 1, 0], [1, 0, 0], [1, 1, 1]], [[1, 1, 1], [1, 1, 0], [1, 0, 0]]]).bool()
    return Layout((6, 3, 5), shots, real, (2, 2), 2)


def window_mask(films: Layout) -> torch.Tensor:
    """Pair by pair, from the sentence that describes it."""
    frames, rows, columns = films.grid
    places = [
        (film, frame, row * 2 // rows, column * 2 // columns)
        for film in range(2)
        for frame in range(frames)
        for row in range(rows)
        for column in range(columns)
    ]

    def sees(query: tuple[int, ...], key: tuple[int, ...]) -> bool:
        if query[0] != key[0] or query[2:] != key[2:]:
            return False
        shots = films.shots[query[0]].tolist()
        own, other = shots[query[1]], shots[key[1]]
        if own == other:
            return True
        of_other = [frame for frame, shot in enumerate(shots) if shot == other]
        nearest = of_other[-2:] if other == own - 1 else of_other[:2] if other == own + 1 else []
        return key[1] in nearest

    return torch.tensor([[sees(query, key) for key in places] for query in places])


def inputs(queries: int, keys: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    shapes = (queries, keys, keys)
    return [torch.randn(n, HEADS, SIZE, generator=generator).requires_grad_() for n in shapes]


def compare(segments: Segments, mask: torch.Tensor, way: attention.Variable) -> None:
    """Outputs and gradients."""
    results = []
    for compute in (lambda q, k, v: masked(q, k, v, mask), lambda q, k, v: way(q, k, v, segments)):
        q, k, v = inputs(*mask.shape)
        out = compute(q, k, v)
        (out * torch.arange(out.numel()).view_as(out).sin()).sum().backward()
        results.append((out, q.grad, k.grad, v.grad))
    for expected, ours in zip(*results):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("way", [padded, attention._packed(one_by_one)], ids=["padded", "packed"])
class TestSegments:
    def test_windows_reach_over_cuts(self, way: attention.Variable) -> None:
        films = layout()
        compare(films.windows, window_mask(films), way)

    def test_text_is_that_of_the_shot(self, way: attention.Variable) -> None:
        films = layout()
        tokens = films.shots.repeat_interleave(15, 1)
        prompt = (torch.arange(2)[:, None] * 3 + tokens).flatten()
        mask = (prompt[:, None] == torch.arange(6).repeat_interleave(3)) & films.real_text.flatten()
        compare(films.text, mask, way)

    def test_groups_one_of_them_empty(self, way: attention.Variable) -> None:
        labels = torch.randint(0, 3, (40,), generator=torch.Generator().manual_seed(2))
        labels[labels == 1] = 2
        compare(Segments.by_label(labels, 3, 40), labels[:, None] == labels[None], way)


def test_rows_of_no_segment_are_left_out() -> None:
    rows, lengths = sorted_rows(torch.tensor([[1, 2, 0, 1]]), 2)
    assert lengths.tolist() == [1, 2]
    assert rows.index[:3].tolist() == [2, 0, 3]
    assert rows.inverse.tolist() == [[1, 4, 0, 2]]


def test_a_processor_takes_the_padded_way() -> None:
    assert "padded" in attention.choose(torch.device("cpu"))
    q, k, v = inputs(4, 4)
    segments = Segments.by_label(torch.tensor([0, 0, 1, 1]), 2, 2)
    torch.testing.assert_close(attend(q, k, v, segments), padded(q, k, v, segments))
