"""Noise that goes along with cameras."""

import math

import pytest
import torch

from papercut.attributes import ATTRIBUTES, CAMERA
from papercut.camera import MOVES
from papercut.noise import came_from, correlated, in_parts, noise_for, noise_of, travelled
from papercut.world import Camera


def test_cells_come_from_where_they_were() -> None:
    assert came_from(3, 4, 0.0, 0.0) == [[-1] * 4, [0, 1, 2, 3], [0, 1, 2, 3]]
    # Half a cell a frame to the right: a whole one in every second frame.
    assert came_from(4, 4, 0.5, 0.0) == [[-1] * 4, [0, 1, 2, 3], [-1, 0, 1, 2], [0, 1, 2, 3]]
    assert came_from(2, 3, -1.0, 0.0)[1] == [1, 2, -1]
    # Twice as large: the inner cells fill the picture, some of them twice, of which one is new.
    assert came_from(2, 6, 0.0, math.log(2))[1] == [1, 2, -1, 3, -1, 4]
    # Half as large: every other cell is left, and the borders are new.
    assert came_from(2, 6, 0.0, -math.log(2))[1] == [-1, 0, 2, 4, -1, -1]


@pytest.mark.parametrize("camera", list(Camera))
def test_noise_stays_noise_while_the_camera_moves(camera: Camera) -> None:
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(1, 512, 6, 6, 10, generator=generator)
    shots = torch.tensor([[0, 0, 0, 0, 1, 1]])
    moved = correlated(noise, shots, 0.9, torch.tensor([[int(camera), -1]]), generator)
    flat = moved[0].flatten(2)  # channels, frames, cells
    for frame in flat.unbind(1):
        together = frame.T @ frame / 512
        assert (together - torch.eye(60)).abs().max() < 0.3
    # The first frame of a shot is the same whatever the camera does.
    torch.testing.assert_close(moved[:, :, [0, 4]], noise[:, :, [0, 4]])
    still = correlated(noise, shots, 0.9)
    torch.testing.assert_close(moved[:, :, 4:], still[:, :, 4:], atol=1e-5, rtol=0)
    assert torch.allclose(moved, still, atol=1e-5) is (camera not in MOVES)


def test_parts_of_cells_are_noise_that_adds_up_to_theirs() -> None:
    generator = torch.Generator().manual_seed(6)
    cells = torch.randn(1, 3000, 2, 3, generator=generator)
    parts = in_parts(cells, 4, generator)
    assert parts.shape == (1, 3000, 8, 12)
    torch.testing.assert_close(parts.unflatten(3, (3, 4)).unflatten(2, (2, 4)).sum((3, 5)) / 4, cells)
    flat = parts[0].flatten(1)
    assert (flat.T @ flat / 3000 - torch.eye(96)).abs().max() < 0.12
    assert in_parts(cells, 1, generator) is cells


def test_noise_goes_along_by_parts_of_cells() -> None:
    generator = torch.Generator().manual_seed(7)
    noise = torch.randn(1, 4000, 3, 2, 15, generator=generator)
    speed = MOVES[Camera.PAN_LEFT].right * 15 / 6  # 0.55 parts a frame: one after the first, none after the second
    moved = correlated(noise, torch.zeros(1, 3, dtype=torch.long), 0.9, torch.tensor([[int(Camera.PAN_LEFT)]]), generator)
    assert [math.floor(speed * 4 * frame + 0.5) for frame in (1, 2)] == [1, 1]
    for frame, shared in ((1, 0.75), (2, 1.0)):
        for x in range(1, 14):
            alike = (moved[0, :, frame, 0, x] * moved[0, :, frame - 1, 0, x]).mean()
            assert alike == pytest.approx(0.9 * shared, abs=0.08)
    beside = (moved[0, :, 1, 1, 2:] * moved[0, :, 0, 1, 1:-1]).mean()
    assert beside == pytest.approx(0.9 * 0.25, abs=0.05)


def test_a_pan_to_the_left_moves_things_to_the_right() -> None:
    _, across = travelled([0] * 7, [int(Camera.PAN_LEFT)], 12, 80)
    at = 5
    for source in across[1:]:
        at = source.index(at)
    assert at == 5 + round(6 * MOVES[Camera.PAN_LEFT].right * 80 / 6)


def test_long_shots_move_no_further() -> None:
    def reach(frames: int) -> int:
        _, across = travelled([0] * frames, [int(Camera.PAN_RIGHT)], 12, 1000)
        at = 999
        for source in across[1:]:
            at = source.index(at)
        return 999 - at

    speed = -MOVES[Camera.PAN_RIGHT].right * 1000 / 6
    assert reach(12) == round(11 * speed) and reach(17) == round(16 * speed)
    assert reach(17) < reach(60) <= reach(120) <= 6 * speed * 2.9 + 1


def test_captions_move_their_films() -> None:
    shots = torch.tensor([[0, 0, 0, 1, 1, 1]])
    size = (1, 4, 6, 12, 20)
    still = noise_of(["a red car in the city", "the car"], size, shots, 3, 0.9)
    moving = noise_of(["a red car in the city", "the car, pan left"], size, shots, 3, 0.9)
    torch.testing.assert_close(moving[:, :, :4], still[:, :, :4], atol=1e-5, rtol=0)
    assert (moving[:, :, 5] - still[:, :, 5]).abs().max() > 1


def test_training_films_have_noise_that_moves_as_they_do() -> None:
    shown = torch.full((1, 1, len(ATTRIBUTES)), -1)
    films = {"latent": torch.zeros(1, 800, 3, 4, 20), "shots": torch.zeros(1, 3, dtype=torch.long)}
    generator = torch.Generator().manual_seed(11)
    speed = round(4 * 20 * MOVES[Camera.PAN_LEFT].right / 6) / 4
    for camera, alike in ((Camera.STATIC, 0.9), (Camera.PAN_LEFT, 0.9 * (1 - speed))):
        shown[..., CAMERA] = int(camera)
        noise = noise_for({**films, "shown": shown}, 0.9, generator)
        assert (noise[0, :, 0, 1, 7] * noise[0, :, 1, 1, 7]).mean() == pytest.approx(alike, abs=0.12)
    assert torch.equal(
        noise_for({**films, "shown": shown}, 0.0, torch.Generator().manual_seed(1)),
        torch.randn(films["latent"].shape, generator=torch.Generator().manual_seed(1)),
    )
