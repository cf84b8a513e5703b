"""Attention over lists of segments, for training and goldens alike.

A segment is a run of query rows and the run of key rows that they see. Every branch of the transformer is such a list:
groups of the router, windows of a shot, latent frames, prompts. Rows of all films of a batch lie in one list, sorted by
segment, so that nothing is computed for pairs that do not see each other.

Two ways to compute a list: `padded`, segments filled up to the longest, with plain matrix products on a processor and
PyTorch's own attention on a GPU; and `varlen`, flash attention over segments of different lengths, where `choose` finds
it on the GPU at hand and finds it right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch.nn import functional as F


class _Gather(torch.autograd.Function):
    """x[index]; the gradient is gathered too, by the inverse, which is faster than adding into scattered rows."""

    @staticmethod
    def forward(
        ctx, x: torch.Tensor, index: torch.Tensor, inverse: torch.Tensor, whole: bool
    ) -> torch.Tensor:
        ctx.save_for_backward(inverse)
        ctx.whole = whole
        return x.index_select(0, index)

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None, None]:
        (inverse,) = ctx.saved_tensors
        if not ctx.whole:
            gradient = torch.cat([gradient, torch.zeros_like(gradient[:1])])
        total = gradient.index_select(0, inverse[0])
        for other in inverse[1:]:
            total = total + gradient.index_select(0, other)
        return total, None, None, None


@dataclass(frozen=True)
class Rows:
    """A choice of rows in an order.

    `index` [places]: the row at every place. `inverse` [copies, rows]: the places of every row; one past the last place
    where it has fewer copies. `whole`: every row has all its copies.
    """

    index: torch.Tensor
    inverse: torch.Tensor
    whole: bool

    def of(self, x: torch.Tensor) -> torch.Tensor:
        """x: [rows, ...] -> [places, ...]"""
        return _Gather.apply(x, self.index, self.inverse, self.whole)

    def back(self, y: torch.Tensor) -> torch.Tensor:
        """y: [places, ...] -> [rows, ...], where every row has exactly one place."""
        whole = self.whole and len(self.index) == self.inverse.shape[1]
        return _Gather.apply(y, self.inverse[0], self._places, whole)

    def with_unused(self) -> "Rows":
        """The same where some rows have no place at all."""
        return Rows(self.index, self.inverse, False)

    @cached_property
    def _places(self) -> torch.Tensor:
        """The inverse of `inverse`: a place that holds no row, because it is padding, gets no gradient."""
        rows = self.inverse.shape[1]
        places = torch.full((len(self.index) + 1,), rows, device=self.index.device)
        places[self.inverse[0]] = torch.arange(rows, device=places.device)
        return places[None, :-1]


def sorted_rows(labels: torch.Tensor, segments: int) -> tuple[Rows, torch.Tensor]:
    """Rows in the order of their labels, each in its own order, and the length of every label's run [segments].

    labels: [copies, rows], the segments that a row belongs to; `segments` stands for none. The first copy is in one.
    """
    copies, rows = labels.shape
    order = torch.argsort(labels.flatten(), stable=True)
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order), device=order.device)
    place = torch.where(labels.flatten() == segments, len(order), place)
    # A fixed size, where counting needs the processor to wait for the GPU.
    lengths = torch.zeros(segments + 1, dtype=torch.long, device=labels.device)
    lengths.scatter_add_(0, labels.flatten(), torch.ones_like(order))
    return Rows(order % rows, place.view(copies, rows), copies == 1), lengths[:-1]


@dataclass(frozen=True)
class Segments:
    """Who sees whom. Every query row is in one segment; lengths are [segments]."""

    queries: Rows
    query_lengths: torch.Tensor
    keys: Rows
    key_lengths: torch.Tensor
    most_queries: int
    most_keys: int
    """Bounds of the lengths, known without asking the GPU."""

    @classmethod
    def by_label(cls, labels: torch.Tensor, segments: int, most: int) -> "Segments":
        """Rows [rows] see the rows of the same label."""
        rows, lengths = sorted_rows(labels[None], segments)
        return cls(rows, lengths, rows, lengths, most, most)

    @cached_property
    def padded_queries(self) -> tuple[Rows, torch.Tensor]:
        return _pad(self.queries, self.query_lengths)

    @cached_property
    def padded_keys(self) -> tuple[Rows, torch.Tensor]:
        if self.keys is self.queries:
            return self.padded_queries
        return _pad(self.keys, self.key_lengths)

    @cached_property
    def query_ends(self) -> torch.Tensor:
        return _ends(self.query_lengths)

    @cached_property
    def key_ends(self) -> torch.Tensor:
        return _ends(self.key_lengths)


def _ends(lengths: torch.Tensor) -> torch.Tensor:
    return F.pad(lengths.cumsum(0), (1, 0)).int()


def _pad(rows: Rows, lengths: torch.Tensor) -> tuple[Rows, torch.Tensor]:
    """Rows with every segment as long as the longest, and which places are real [segments, longest]."""
    longest = max(1, int(lengths.max()))
    device = lengths.device
    within = torch.arange(longest, device=device)
    starts = lengths.cumsum(0) - lengths
    real = within < lengths[:, None]
    packed = (starts[:, None] + within).clamp(max=len(rows.index) - 1)
    # Places in the packed order, to places in the padded one.
    moved = torch.full((len(rows.index) + 1,), real.numel(), device=device)
    moved[packed[real]] = torch.arange(real.numel(), device=device).view(real.shape)[real]
    return Rows(rows.index[packed.flatten()], moved[rows.inverse], False), real


Variable = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, Segments], torch.Tensor]
_varlen: Variable | None = None


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
    """q: [query rows, heads, head size]; k, v: [key rows, heads, head size] -> [query rows, heads * head size]."""
    way = _varlen if _varlen and q.dtype in (torch.bfloat16, torch.float16) else padded
    return way(q, k, v, segments)


def attend_evenly(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Segments of one length that lie one after the other: [segments, length, heads, head size] -> q's rows, flat."""
    out = _attention(*(x.transpose(1, 2) for x in (q, k, v)))
    return out.transpose(1, 2).reshape(-1, q.shape[-2] * q.shape[-1])


def _attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """[segments, heads, length, head size]; mask: true where a key is seen."""
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    # On a processor plain products are faster than PyTorch's flash attention, whose backward pass is slow.
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1) @ v


def padded(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
    """`attend` with segments filled up to the longest."""
    query_rows, real_queries = segments.padded_queries
    key_rows, real_keys = segments.padded_keys
    heads = q.shape[1]

    def spread(x: torch.Tensor, rows: Rows, real: torch.Tensor) -> torch.Tensor:
        return rows.of(x.flatten(1)).view(*real.shape, heads, -1).transpose(1, 2)

    mask = real_keys.clone()
    mask[:, 0] |= ~mask.any(1)  # a segment without keys has no queries either, and must not divide by zero
    out = _attention(
        spread(q, query_rows, real_queries),
        spread(k, key_rows, real_keys),
        spread(v, key_rows, real_keys),
        mask[:, None, None],
    )
    return query_rows.back(out.transpose(1, 2).reshape(real_queries.numel(), -1))


def _flash_of_pytorch(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
    from torch.nn.attention.varlen import varlen_attn

    ends = segments.query_ends, segments.key_ends
    return varlen_attn(q, k, v, *ends, segments.most_queries, segments.most_keys)


def _flash_of_aten(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
    ends = segments.query_ends, segments.key_ends
    most = segments.most_queries, segments.most_keys
    return torch.ops.aten._flash_attention_forward(q, k, v, *ends, *most, 0.0, False, False)[0]


def _packed(kernel: Variable) -> Variable:
    def run(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments) -> torch.Tensor:
        places = (
            rows.of(x.flatten(1)).view(len(rows.index), *x.shape[1:])
            for x, rows in ((q, segments.queries), (k, segments.keys), (v, segments.keys))
        )
        return segments.queries.back(kernel(*places, segments).flatten(1))

    return run


def choose(device: torch.device) -> str:
    """Looks for flash attention over segments of different lengths that is right, outputs and gradients, on a device.

    Returns the name of the way that `attend` takes from now on.
    """
    global _varlen
    _varlen = None
    if device.type != "cuda":
        return "padded, matrix products"
    failures = []
    for kernel in (_flash_of_pytorch, _flash_of_aten):
        try:
            _compare(_packed(kernel), device)
        except Exception as error:  # a missing kernel may raise anything
            failures.append(f"{kernel.__name__[1:]}: {type(error).__name__}: {str(error)[:120]}")
            continue
        _varlen = _packed(kernel)
        return "; ".join([*failures, kernel.__name__[1:]])
    return "; ".join([*failures, "padded, PyTorch's attention"])


def _compare(way: Variable, device: torch.device) -> None:
    """Raises where a way differs from `padded`, on segments of uneven lengths, one of them empty."""
    generator = torch.Generator(device).manual_seed(1)
    labels = torch.randint(0, 5, (3, 700), generator=generator, device=device)
    labels[1:] = torch.where(labels[1:] < 3, 6, labels[1:])
    labels = torch.where(labels == 2, 1, labels)
    queries, query_lengths = sorted_rows(labels[:1], 6)
    keys, key_lengths = sorted_rows(labels, 6)
    segments = Segments(queries, query_lengths, keys, key_lengths, 700, 2100)
    inputs = torch.randn(4, 700, 4, 64, generator=generator, device=device).bfloat16()
    results = []
    for attention in (padded, way):
        q, k, v = (x.clone().requires_grad_() for x in inputs[:3])
        out = attention(q, k, v, segments)
        out.backward(inputs[3].flatten(1))
        results.append((out, q.grad, k.grad, v.grad))
    for expected, ours in zip(*results):
        error = (expected - ours).float().norm() / expected.float().norm()
        if not error < 2e-2:
            raise ArithmeticError(f"relative error {error:.3g}")
