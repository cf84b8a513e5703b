"""Parts of films around their subjects, by which a transformer sees more of them in a step.

A subject is seen in a tenth of a picture's tokens or fewer, and has most of the outlines. Since tokens are told where they
are (`bearings.py`), those around a subject are as good to learn from as the whole picture.
"""

import torch

from .films import Record

MIDDLE = (0.3, 0.7)
"""Where in a window a subject's middle is."""


def window_of(
    films: Record, told: torch.Tensor | None, size: tuple[int, int], patch: int, generator: torch.Generator
) -> tuple[Record, torch.Tensor | None]:
    """The same of so many rows and columns of tokens, which have the subject's middle in them, if the film has a subject.

    films: as `latents_of` keeps them; told: of `bearings.told` [films, N, values].
    """
    latent, cells = films["latent"], films["cells"].float()
    device = latent.device
    count, _, frames, height, width = latent.shape
    rows, columns = height // patch, width // patch
    mass = cells.sum((1, 2, 3)).clamp(min=1)

    def begins(axis: int, room: int, length: int) -> torch.Tensor:
        """Where windows begin [films], at random: the subject's middle is near that of the window."""
        along = cells.sum((1, axis))
        middle = (along * torch.arange(along.shape[1], device=device)).sum(1) / mass / patch
        off = MIDDLE[0] + (MIDDLE[1] - MIDDLE[0]) * torch.rand(count, generator=generator, device=device)
        return (middle - off * length).round().long().clamp(0, room - length)

    tokens_down = begins(3, rows, size[0])[:, None] + torch.arange(size[0], device=device)
    tokens_across = begins(2, columns, size[1])[:, None] + torch.arange(size[1], device=device)
    within = torch.arange(patch, device=device)
    down = (patch * tokens_down[..., None] + within).flatten(1)
    across = (patch * tokens_across[..., None] + within).flatten(1)
    film = torch.arange(count, device=device)[:, None, None]
    part = dict(films)
    part["latent"] = latent.permute(0, 3, 4, 1, 2)[film, down[:, :, None], across[:, None]].permute(0, 3, 4, 1, 2)
    for name in ("cells", "carried"):
        part[name] = films[name].permute(0, 2, 3, 1)[film, down[:, :, None], across[:, None]].permute(0, 3, 1, 2)
    if told is None:
        return part, None
    grid = told.view(count, frames, rows, columns, -1).permute(0, 2, 3, 1, 4)
    of_window = grid[film, tokens_down[:, :, None], tokens_across[:, None]]
    return part, of_window.permute(0, 3, 1, 2, 4).flatten(1, 3)
