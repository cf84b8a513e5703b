"""Attention to several lists of segments as one softmax over all of their keys.

A row that sees m_i = sum_j exp(s_ij) of keys in branch i, and takes o_i from it, takes

    sum_i w_i m_i o_i / sum_i w_i m_i

from all of them, w_i being a weight of the branch at that row: what attention over the branches' keys together would give,
a key counting as often as branches have it. Branches by themselves only have to tell the logarithm of m_i (FlashAttention,
Dao et al. 2022, has it), and their gradients follow from those of the whole (as in ring attention, Liu et al. 2023): with
the whole's mass in place of their own, they are what they would be if all keys were theirs.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch

from .attention import Rows, Segments

NOTHING = -1e9
"""Logarithm of the weight of a branch that counts nothing at a row, which then may see no key in it."""


class Branch(NamedTuple):
    """Who sees whom, and the logarithm of the branch's weight at every row [rows], where it has one."""

    segments: Segments
    log_weight: torch.Tensor | None = None


class Kernel(Protocol):
    """How one branch is computed. Rows are in their own order; q, k, v, out: [rows, heads, head size]."""

    def forward(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What rows take, and the logarithms of their masses [rows, heads], float32."""
        ...

    def backward(
        self,
        gradient: torch.Tensor,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        out: torch.Tensor,
        log_mass: torch.Tensor,
        segments: Segments,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Gradients of q, k and v. `out` and `log_mass` may be those of more keys than the branch has."""
        ...


class Padded:
    """Segments filled up to the longest, by matrix products."""

    def forward(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments
    ) -> tuple[torch.Tensor, torch.Tensor]:
        queries, _ = segments.padded_queries
        scores = self._scores(q, k, segments)
        log_mass = scores.logsumexp(-1)
        out = (scores - log_mass[..., None]).exp_().to(v.dtype) @ _spread(v, *segments.padded_keys)
        return _back(out, queries), _back(log_mass[..., None], queries)[..., 0]

    def backward(
        self,
        gradient: torch.Tensor,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        out: torch.Tensor,
        log_mass: torch.Tensor,
        segments: Segments,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        queries, real = segments.padded_queries
        keys, real_keys = segments.padded_keys
        mean = (gradient * out).sum(-1, keepdim=True).float()
        masses = torch.cat([log_mass[..., None], mean], -1)
        masses, mean = _spread(masses, queries, real).split(1, -1)
        gradient = _spread(gradient, queries, real)
        likely = (self._scores(q, k, segments) - masses).exp_()
        # Padding among the queries repeats other rows, and must not count.
        likely = likely.masked_fill_(~real[:, None, :, None], 0)
        of_v = likely.to(v.dtype).transpose(-1, -2) @ gradient
        of_scores = gradient @ _spread(v, keys, real_keys).transpose(-1, -2)
        of_scores = (likely * (of_scores - mean) * q.shape[-1] ** -0.5).to(q.dtype)
        of_q = of_scores @ _spread(k, keys, real_keys)
        of_k = of_scores.transpose(-1, -2) @ _spread(q, queries, real)
        return _back(of_q, queries), *(_sum(x, keys) for x in (of_k, of_v))

    def _scores(self, q: torch.Tensor, k: torch.Tensor, segments: Segments) -> torch.Tensor:
        """[segments, heads, queries, keys], float32"""
        keys, real = segments.padded_keys
        q, k = _spread(q * q.shape[-1] ** -0.5, *segments.padded_queries), _spread(k, keys, real)
        seen = real.clone()
        seen[:, 0] |= ~seen.any(1)  # a segment without keys has no queries either, and must not divide by zero
        return (q @ k.transpose(-1, -2)).float().masked_fill_(~seen[:, None, None], float("-inf"))


def _spread(x: torch.Tensor, rows: Rows, real: torch.Tensor) -> torch.Tensor:
    """[rows, heads, size] -> [segments, heads, longest, size]"""
    return x.index_select(0, rows.index).view(*real.shape, *x.shape[1:]).transpose(1, 2)


def _back(y: torch.Tensor, rows: Rows) -> torch.Tensor:
    """[segments, heads, longest, size] -> [rows, heads, size], where every row has one place."""
    return y.transpose(1, 2).flatten(0, 1).index_select(0, rows.inverse[0])


def _sum(y: torch.Tensor, rows: Rows) -> torch.Tensor:
    """`_back` where rows have several places, or none."""
    places = y.transpose(1, 2).flatten(0, 1)
    if not rows.whole:
        places = torch.cat([places, torch.zeros_like(places[:1])])
    total = places.index_select(0, rows.inverse[0])
    for other in rows.inverse[1:]:
        total = total + places.index_select(0, other)
    return total


class Flash:
    """PyTorch's flash attention over segments of different lengths, on GPUs, by its operators for both ways."""

    def forward(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments
    ) -> tuple[torch.Tensor, torch.Tensor]:
        packed = self._packed(q, k, v, segments)
        out, log_mass, *_ = torch.ops.aten._flash_attention_forward(
            *packed, *self._lengths(segments), 0.0, False, False
        )
        back = segments.queries.inverse[0]
        # [heads, rows], in float32.
        return out.index_select(0, back), log_mass.transpose(0, 1).index_select(0, back)

    def backward(
        self,
        gradient: torch.Tensor,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        out: torch.Tensor,
        log_mass: torch.Tensor,
        segments: Segments,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        queries = segments.queries.index
        gradient, out, log_mass = (x.index_select(0, queries) for x in (gradient, out, log_mass))
        # Without dropout there are no random numbers to find again.
        state = torch.zeros(2, dtype=torch.uint64, device=q.device)
        unused = torch.zeros((), dtype=torch.uint64, device=q.device)
        of_q, of_k, of_v = torch.ops.aten._flash_attention_backward(
            gradient,
            *self._packed(q, k, v, segments),
            out,
            log_mass.transpose(0, 1).contiguous(),
            *self._lengths(segments),
            0.0,
            False,
            state,
            unused,
        )
        summed = (_sum(x[None].transpose(1, 2), segments.keys) for x in (of_k, of_v))
        return of_q.index_select(0, segments.queries.inverse[0]), *summed

    def _packed(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, segments: Segments
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        queries, keys = segments.queries.index, segments.keys.index
        return q.index_select(0, queries), k.index_select(0, keys), v.index_select(0, keys)

    def _lengths(self, segments: Segments) -> tuple[torch.Tensor, torch.Tensor, int, int]:
        return segments.query_ends, segments.key_ends, segments.most_queries, segments.most_keys


def _weighed(log_mass: torch.Tensor, log_weight: torch.Tensor) -> torch.Tensor:
    """Of a branch that counts nothing at a row, the kernel may say anything, and flash attention says infinity."""
    return torch.where(log_weight <= NOTHING, NOTHING, log_mass + log_weight)


class _AsOne(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx,
        kernel: Kernel,
        lists: Sequence[Segments],
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        *log_weights: torch.Tensor | None,
    ) -> torch.Tensor:
        results = [kernel.forward(q, k, v, segments) for segments in lists]
        masses = [
            mass if weight is None else _weighed(mass, weight.float()[:, None])
            for (_, mass), weight in zip(results, log_weights)
        ]
        whole = torch.stack(masses).logsumexp(0)
        shares = [(mass - whole).exp() for mass in masses]
        out = sum(share[..., None] * one.float() for share, (one, _) in zip(shares, results)).to(v.dtype)
        weighted = [i for i, weight in enumerate(log_weights) if weight is not None]
        ctx.kernel, ctx.lists, ctx.weighted = kernel, lists, weighted
        kept = (x for i in weighted for x in (log_weights[i], results[i][0], shares[i]))
        ctx.save_for_backward(q, k, v, out, whole, *kept)
        return out

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        q, k, v, out, whole, *kept = ctx.saved_tensors
        of_inputs = [torch.zeros_like(x) for x in (q, k, v)]
        of_weights: list[torch.Tensor | None] = [None] * len(ctx.lists)
        weights = dict(zip(ctx.weighted, zip(kept[::3], kept[1::3], kept[2::3])))
        for i, segments in enumerate(ctx.lists):
            log_mass = whole
            if i in weights:
                weight, one, share = weights[i]
                log_mass = whole - weight.float()[:, None]
                gained = (gradient.float() * (one.float() - out.float())).sum(-1)
                of_weights[i] = (share * gained).sum(-1).to(weight.dtype)
            parts = ctx.kernel.backward(gradient.contiguous(), q, k, v, out, log_mass, segments)
            for total, part in zip(of_inputs, parts):
                total += part
        return None, None, *of_inputs, *of_weights


def attend_counted(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """The same where films are short: all pairs of their tokens, and how often each counts.

    q, k, v: [films, N, heads, head size]; counts: [films, N, N], of keys at rows -> [films, N, heads * head size].
    """
    q, k, v = (x.transpose(1, 2) for x in (q * q.shape[-1] ** -0.5, k, v))
    scores = (q @ k.transpose(-1, -2)).float()
    likely = (scores - scores.detach().amax(-1, keepdim=True)).exp() * counts[:, None]
    likely = (likely / likely.sum(-1, keepdim=True)).to(v.dtype)
    return (likely @ v).transpose(1, 2).flatten(2)


_kernel: Kernel = Padded()


def attend_as_one(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, branches: Sequence[Branch], kernel: Kernel | None = None
) -> torch.Tensor:
    """q, k, v: [rows, heads, head size] -> [rows, heads * head size]. Every row must see a key in each branch that counts."""
    flash = isinstance(_kernel, Flash) and q.dtype in (torch.bfloat16, torch.float16)
    way = kernel or (_kernel if flash else Padded())
    lists, log_weights = zip(*branches)
    return _AsOne.apply(way, lists, q, k, v, *log_weights).flatten(1)


def choose(device: torch.device) -> str:
    """Looks for a way that is right on a device, outputs and gradients; returns its name. `attend_as_one` takes it."""
    global _kernel
    _kernel = Padded()
    if device.type != "cuda":
        return "padded, matrix products"
    try:
        _compare(Flash(), device)
    except Exception as error:  # a missing operator may raise anything
        return f"Flash: {type(error).__name__}: {str(error)[:120]}; padded, matrix products"
    _kernel = Flash()
    return "Flash"


def _compare(kernel: Kernel, device: torch.device) -> None:
    """Raises where a kernel differs from `Padded` on a GPU."""
    generator = torch.Generator(device).manual_seed(1)
    lists = [
        Segments.by_label(torch.randint(0, count, (700,), generator=generator, device=device), count, 700)
        for count in (3, 40)
    ]
    inputs = torch.randn(4, 700, 4, 64, generator=generator, device=device).bfloat16()
    doubt = torch.rand(700, generator=generator, device=device)
    results = []
    for way in (Padded(), kernel):
        q, k, v = (x.clone().requires_grad_() for x in inputs[:3])
        weight = doubt.clone().requires_grad_()
        out = attend_as_one(q, k, v, [Branch(lists[0], weight.log()), Branch(lists[1])], way)
        out.backward(inputs[3].flatten(1))
        results.append((out, q.grad, k.grad, v.grad, weight.grad))
    for expected, ours in zip(*results):
        error = (expected - ours).float().norm() / expected.float().norm()
        if not error < 2e-2:
            raise ArithmeticError(f"relative error {error:.3g}")
