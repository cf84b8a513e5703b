"""What tokens are told of where they are."""

import math

import pytest
import torch

from papercut.bearings import BEARINGS, Telling, bearings_of, drawn, told
from papercut.marks import NONE, Mark
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.world import Scope

MOVING = Mark(x=0.25, y=0.5, right=0.1, down=-0.125, width=0.25, height=0.25, nearer=0.2)
SHOTS = torch.tensor([[0, 1, 1, 1]])
OF_PICTURE, OF_SHOT = 14, 8


def test_marks_are_drawn_cell_by_cell() -> None:
    picture = drawn(torch.tensor([[[NONE, MOVING]]]), SHOTS, 4, 6)
    assert picture.shape == (1, 1, 4, 4, 6)
    assert not picture[0, 0, 0].any()
    for frame in range(1, 4):
        since = frame - 1
        grown = 0.25 * math.exp(0.2 * since)
        for row in range(4):
            for column in range(6):
                off_x = ((column + 0.5) / 6 - 0.25 - 0.1 * since) / grown
                off_y = ((row + 0.5) / 4 - 0.5 + 0.125 * since) / grown
                assert picture[0, 0, frame, row, column] == pytest.approx(math.exp(-(off_x**2) - off_y**2), abs=1e-6)


def bearings(row: int, column: int, frame: int) -> list[float]:
    """Of a token of `SHOTS`, whose second shot has `MOVING` in it; two rows of three."""
    return bearings_of(torch.tensor([[NONE, MOVING]]), SHOTS, 2, 3)[0, frame, row, column].tolist()


def test_tokens_are_told_where_in_the_picture_they_are() -> None:
    across, down = 0.5, 0.25  # heights, of the last token's middle from the picture's
    waves = [
        wave
        for offset in (across, down)
        for half_turns in (1, 2, 4)
        for wave in (math.sin(math.pi * half_turns * offset), math.cos(math.pi * half_turns * offset))
    ]
    for frame in range(4):
        assert bearings(1, 2, frame)[:OF_PICTURE] == pytest.approx([across, down, *waves], abs=1e-5)


def test_tokens_are_told_when_in_the_shot_they_are() -> None:
    of_frame = [bearings(0, 0, frame)[OF_PICTURE : OF_PICTURE + OF_SHOT] for frame in range(4)]
    assert of_frame[0][:2] == pytest.approx([0, 0])  # alone in its shot
    assert [part for part, *_ in of_frame[1:]] == pytest.approx([-1 / 3, 0, 1 / 3])
    assert [length for _, length, *_ in of_frame[1:]] == pytest.approx([math.log(3) / 3] * 3)
    assert of_frame[2][2:4] == pytest.approx([math.sin(0.4 * math.tau / 6), math.cos(0.4 * math.tau / 6)])
    assert of_frame[0][2:] == of_frame[1][2:]


def test_tokens_are_told_where_the_subject_is_from_them() -> None:
    assert not any(bearings(0, 0, 0)[OF_PICTURE + OF_SHOT :])  # no subject in the first shot
    grown = 0.25 * math.exp(0.2)
    off_x, off_y = 0.5 / 3 - 0.35, 0.75 - 0.375
    u, v = off_x / grown, off_y / grown
    near = math.exp(-(u * u + v * v) / 2.5**2)
    values = [value / near for value in bearings(1, 0, 2)[OF_PICTURE + OF_SHOT :]]
    assert values[:6] == pytest.approx(
        [1, math.log(grown / 0.15), math.log(grown / 0.25), math.tanh(2), -math.tanh(2.5), 2], rel=1e-4
    )
    assert values[6:8] == pytest.approx([math.sin(math.pi * u / 2), math.cos(math.pi * u / 2)], rel=1e-4)
    assert values[12:14] == pytest.approx([math.sin(math.pi * v / 2), math.cos(math.pi * v / 2)], rel=1e-4)
    of_token = [math.sin(math.pi * 3 * off_x / 2), math.cos(math.pi * 3 * off_x / 2)]
    assert values[18:20] == pytest.approx(of_token, rel=1e-4)
    gone = 0.1 * 1.5 / grown
    assert values[22:24] == pytest.approx([math.sin(0.4 * math.tau * gone), math.cos(0.4 * math.tau * gone)], rel=1e-4)


def test_cells_of_marks_come_before_bearings() -> None:
    marks = torch.tensor([[[NONE, MOVING]]])
    every = told(marks, SHOTS, (4, 6), Telling(1, 2, True))
    alone = told(marks, SHOTS, (4, 6), Telling(1, 2, False))
    assert every is not None and alone is not None
    assert every.shape == (1, 24, 4 + BEARINGS) and alone.shape == (1, 24, 4)
    torch.testing.assert_close(every[..., :4], alone)
    cells = drawn(marks, SHOTS, 4, 6)[0, 0]
    token = (2 * 2 + 1) * 3 + 2  # of the third frame, the second row and the third column
    assert alone[0, token].tolist() == pytest.approx(cells[2, 2:4, 4:6].flatten().tolist())


def test_bearings_change_nothing_before_they_are_learnt() -> None:
    torch.manual_seed(3)
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    transformer = model.denoiser.transformer
    transformer.config["bearings"] = False
    transformer.add_marks(1)
    for layer in (transformer.head.head, transformer.marks_embedding):
        torch.nn.init.normal_(layer.weight)
    latent = torch.randn(1, model.config["ae"]["z"], 4, 4, 6)
    ids, t = torch.ones(1, 2, 5, dtype=torch.long), torch.tensor([500.0])
    marks = torch.tensor([[[NONE, MOVING]]])

    def velocity() -> torch.Tensor:
        values = told(marks, SHOTS, (4, 6), model.denoiser.telling)
        return model.denoiser(latent, t, ids, SHOTS, marks=values)[0]

    with torch.no_grad():
        before = velocity()
        transformer.add_bearings()
        torch.testing.assert_close(velocity(), before)
        torch.nn.init.normal_(transformer.marks_embedding.weight)
        assert (velocity() - before).abs().max() > 0.01
