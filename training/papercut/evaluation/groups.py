"""Whether the router's groups are things: their overlap with the renderer's exact masks of the subjects."""

from collections.abc import Sequence

import numpy as np

from ..world import Film, Masks, render
from .interface import Judged, Order

COVERED = 0.25
"""Share of a token that a subject must cover to count as the subject's."""
LEAST_TOKENS = 4


def subject_tokens(cells: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """bool [latent frames, rows, columns] of tokens, from uint8 [latent frames, 2, cell rows, cell columns]."""
    frames, rows, columns = shape
    covered = cells.max(1).astype(np.float32) / 255
    _, cell_rows, cell_columns = covered.shape
    tokens = covered.reshape(frames, rows, cell_rows // rows, columns, cell_columns // columns)
    return tokens.mean((2, 4)) >= COVERED


def best_overlap(groups: np.ndarray, mask: np.ndarray) -> float:
    """Intersection over union of the mask with the group that fits it best."""
    unions = [
        (np.logical_and(groups == g, mask).sum(), np.logical_or(groups == g, mask).sum())
        for g in np.unique(groups)
    ]
    return max(both / either for both, either in unions)


def purity(groups: np.ndarray, mask: np.ndarray) -> float:
    """Share of the subject's tokens in the group that has most of them."""
    _, counts = np.unique(groups[mask], return_counts=True)
    return float(counts.max() / counts.sum())


def router_overlap(judged: Judged, films: Sequence[Film], level: float = 0.5) -> dict[str, dict[str, float]]:
    """By layer, means over held-out films that are seen at a noise level.

    `iou` of the best group; `chance`, the same after the groups have been shuffled among the tokens; `purity`.
    """
    rng = np.random.default_rng(0)
    rows: dict[str, dict[str, list[float]]] = {}
    for film in films:
        pictures = render(film, masks=Masks.CELLS, threads=2)
        assert pictures.cells is not None
        layers = judged.groups(pictures.frames, Order.of(film), level)
        mask = subject_tokens(pictures.cells, layers.shape[1:])
        if mask.sum() < LEAST_TOKENS:
            continue
        for number, groups in enumerate(layers):
            row = rows.setdefault(f"layer {number}", {"iou": [], "chance": [], "purity": []})
            row["iou"].append(best_overlap(groups, mask))
            row["chance"].append(best_overlap(rng.permutation(groups.ravel()).reshape(groups.shape), mask))
            row["purity"].append(purity(groups, mask))
    return {
        layer: {name: round(float(np.mean(v)), 4) for name, v in row.items()} for layer, row in rows.items()
    }
