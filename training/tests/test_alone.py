"""Shots that know nothing of each other, against the same shots as films by themselves."""

import pytest
import torch

from papercut.layout import Mode
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.world import Scope

SHOTS = torch.tensor([[0, 0, 0, 1, 2, 2], [0, 1, 1, 1, 1, 1]])


@pytest.mark.parametrize(("mode", "of_films"), [(Mode.MOGA_ALONE, Mode.MOGA), (Mode.DENSE_ALONE, Mode.DENSE)])
@torch.no_grad()
def test_shots_alone_are_films_of_their_own(mode: Mode, of_films: Mode) -> None:
    torch.manual_seed(1)
    denoiser = Papercut.untrained(PRESETS["toy"], Scope.CORE).denoiser
    torch.nn.init.normal_(denoiser.transformer.head.head.weight, std=0.1)
    x = torch.randn(2, denoiser.channels, 6, 6, 8)
    t = torch.tensor([300.0, 800.0])
    ids = torch.randint(3, 20, (2, 3, 5))
    together, _ = denoiser(x, t, ids, SHOTS, mode=mode)
    for film, shots in enumerate(SHOTS):
        for shot in shots.unique():
            (frames,) = (shots == shot).nonzero(as_tuple=True)
            own, _ = denoiser(
                x[film : film + 1, :, frames],
                t[film : film + 1],
                ids[film : film + 1, shot : shot + 1],
                torch.zeros(1, len(frames), dtype=torch.long),
                positions=frames[None],
                mode=of_films,
            )
            torch.testing.assert_close(together[film : film + 1, :, frames], own, rtol=1e-4, atol=1e-5)
    others, _ = denoiser(x, t, ids, SHOTS, mode=of_films)
    assert (together - others).norm() > 1e-3 * others.norm()
