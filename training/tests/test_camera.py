"""Cameras: what prompts ask for, and noise that goes along."""

import math

import pytest
import torch

from papercut.camera import MOVES, came_from, cameras_of, correlated, said_by, travelled
from papercut.export import config_of
from papercut.model import Papercut
from papercut.settings import PRESETS
from papercut.world import Camera, Scope, Split, draw_film


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("split", list(Split))
def test_captions_are_read_as_they_were_meant(scope: Scope, split: Split) -> None:
    said = dict.fromkeys(Camera, 0)
    for seed in range(600):
        film = draw_film(seed=seed, scope=scope, latent_frames=9, shots=1, split=split)
        (shot,), (caption,) = film.shots, film.captions
        meant = shot.camera if "camera" in shot.said and shot.camera in MOVES else Camera.STATIC
        assert said_by(caption) is meant, caption
        said[meant] += 1
    assert sum(count > 10 for count in said.values()) >= 5


@pytest.mark.parametrize(
    "prompt, camera",
    [
        ("dolly shot, a man in the snow", Camera.STATIC),
        ("A car. The camera pans slowly to the LEFT!", Camera.PAN_LEFT),
        ("panning right over the hills", Camera.PAN_RIGHT),
        ("we push in on the house, then pull back", Camera.ZOOM_IN),
        ("a train goes left, static camera", Camera.STATIC),
        ("a pan on the left burner", Camera.PAN_LEFT),
        ("a pan of soup that somebody put down to the left", Camera.STATIC),
        ("", Camera.STATIC),
    ],
)
def test_prompts_are_read_word_by_word(prompt: str, camera: Camera) -> None:
    assert said_by(prompt) is camera


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
def test_noise_stays_noise_and_goes_along_with_the_camera(camera: Camera) -> None:
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(1, 512, 6, 12, 20, generator=generator)
    shots = torch.tensor([[0, 0, 0, 0, 1, 1]])
    moved = correlated(noise, shots, 0.9, torch.tensor([[int(camera), -1]]))
    flat = moved[0].flatten(2)  # channels, frames, cells
    for frame in flat.unbind(1):
        together = frame.T @ frame / 512
        assert (together - torch.eye(240)).abs().max() < 0.3
    assert (moved[:, :, 0] == noise[:, :, 0]).all() and (moved[:, :, 4] == noise[:, :, 4]).all()
    down, across = travelled([0, 0, 0, 0, 1, 1], [int(camera), -1], 12, 20)
    still = [list(range(12)), list(range(20))]
    assert (([down[3], across[3]] == still) and ([down[2], across[2]] == still)) is (camera not in MOVES)
    assert [down[5], across[5]] == still
    for frame in (1, 2, 3, 5):
        for y, x, row, column in [(6, 9, down[frame][6], across[frame][9]), (3, 15, down[frame][3], across[frame][15])]:
            if row >= 0 and column >= 0:
                alike = (moved[0, :, frame, y, x] * moved[0, :, frame - 1, row, column]).mean()
                assert alike == pytest.approx(0.9, abs=0.15)


def test_a_pan_to_the_left_moves_things_to_the_right() -> None:
    _, across = travelled([0] * 7, [int(Camera.PAN_LEFT)], 12, 20)
    at = 5
    for frame in range(1, 7):
        at = across[frame].index(at)
    assert at == 5 + round(6 * 0.12 * 20 / 6)


def test_long_shots_move_no_further() -> None:
    def reach(frames: int) -> int:
        _, across = travelled([0] * frames, [int(Camera.PAN_RIGHT)], 12, 200)
        at = 199
        for source in across[1:]:
            at = source.index(at)
        return 199 - at

    assert reach(12) == 11 * 4 and reach(17) == 16 * 4
    assert reach(17) < reach(60) <= reach(120) <= 70


def test_the_studio_is_told_how_prompts_ask_for_moves() -> None:
    camera = config_of(Papercut.untrained(PRESETS["toy"], Scope.CORE))["camera"]
    assert [move["name"] for move in camera["moves"]] == ["pan left", "pan right", "zoom in", "zoom out"]
    assert "panning" in camera["moves"][0]["verbs"] and camera["moves"][0]["right"] > 0


def test_films_of_fewer_shots_stand_still_in_the_others() -> None:
    said = cameras_of([["pan left", "zoom out"], ["a car"]], torch.device("cpu"))
    assert said.tolist() == [[Camera.PAN_LEFT, Camera.ZOOM_OUT], [Camera.STATIC, Camera.STATIC]]
