"""Cameras: what prompts ask for."""

import pytest

from papercut.camera import MOVES, said_by
from papercut.export import config_of
from papercut.model import Papercut
from papercut.presets import PRESETS
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
        ("the camera pans from left to right", Camera.PAN_RIGHT),
        ("pan from the right to the left", Camera.STATIC),
        ("we push in on the house, then pull back", Camera.ZOOM_IN),
        ("a train goes left, static camera", Camera.STATIC),
        ("a pan on the left burner", Camera.PAN_LEFT),
        ("a pan of soup that somebody put down to the left", Camera.STATIC),
        ("", Camera.STATIC),
    ],
)
def test_prompts_are_read_word_by_word(prompt: str, camera: Camera) -> None:
    assert said_by(prompt) is camera


def test_the_studio_is_told_how_prompts_ask_for_moves() -> None:
    camera = config_of(Papercut.untrained(PRESETS["toy"], Scope.CORE))["camera"]
    assert [move["name"] for move in camera["moves"]] == ["pan left", "pan right", "zoom in", "zoom out"]
    assert "panning" in camera["moves"][0]["verbs"] and camera["moves"][0]["right"] > 0
