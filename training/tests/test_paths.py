"""Ways of subjects: seen in masks, and read from prompts."""

import math

import pytest
import torch

from papercut.attributes import ATTRIBUTES
from papercut.export import config_of
from papercut.model import Papercut
from papercut.paths import ACTION, Path, kind_said, paths_said, paths_shown, shape_of, size_said, way_said
from papercut.settings import PRESETS
from papercut.world import Action, Camera, Kind, Masks, Scope, Size, Split, draw_film, render
from papercut.world.drawing import Wishes


@pytest.mark.parametrize("split", list(Split))
def test_captions_are_read_as_they_were_meant(split: Split) -> None:
    wrong = []
    for seed in range(500):
        film = draw_film(seed=seed, scope=Scope.CORE, latent_frames=9, shots=1, split=split)
        (shot,), (caption,) = film.shots, film.captions
        (role,) = shot.roles
        assert role is not None
        if "kind0" in shot.said:
            assert kind_said(caption, None) is film.subjects[0].kind, caption
        if "size" in shot.said:
            assert size_said(caption) is shot.size, caption
        meant = {Action.MOVE: (int(role.facing), 0), Action.RISE: (0, -1)}.get(role.action)
        read = way_said(caption)
        if "action0" not in shot.said:
            meant = None
        # Captions that leave the direction out are read as one to the right.
        sideless = meant == (-1, 0) and read == (1, 0) and "from" not in caption
        if read != meant and not sideless:
            wrong.append(caption)
    assert not wrong, wrong


@pytest.mark.parametrize(
    "prompt, way",
    [
        ("a red car drives to the left", (-1, 0)),
        ("A balloon drifts slowly FROM LEFT TO RIGHT", (1, 0)),
        ("a train rolls through the meadow", (1, 0)),
        ("a rocket takes off in the desert", (0, -1)),
        ("a bird flies up", (0, -1)),
        ("a bird flies left while the camera pans right", (-1, 0)),
        ("a sailing boat on the sea", None),
        ("a house as the sun goes down", None),
        ("the camera moves left over a house", None),
        ("a car is not moving", None),
        ("a car takes a long time", None),
        ("", None),
    ],
)
def test_prompts_are_read_word_by_word(prompt: str, way: tuple[int, int] | None) -> None:
    assert way_said(prompt) == way


def test_who_it_is_was_said_before() -> None:
    first, second, third = paths_said(
        ["wide shot of a car driving left", "close up, it drives right", "it rises, wide shot"], [7, 7, 1], 6, [(0.0, 0.0)] * 3
    )
    assert first[2] < 0 < second[2] and third.isnan().all()
    assert second[4] > 2 * first[4]
    # In the middle of its shot it is in the middle of the picture.
    assert first[0] + 3 * first[2] == pytest.approx(0.5)


def test_the_camera_takes_subjects_along() -> None:
    (still,), (panned,) = (paths_said(["a car drives left"], [7], 6, [slide]) for slide in ((0.0, 0.0), (0.01, 0.0)))
    assert panned[2] - still[2] == pytest.approx(0.01)


def test_ways_are_seen_in_masks() -> None:
    cells = torch.zeros(1, 6, 12, 20, dtype=torch.uint8)
    for frame in range(4):
        cells[0, frame, 2 + frame : 6 + frame, 3 + 2 * frame : 9 + 2 * frame] = 255
    shots = torch.tensor([[0, 0, 0, 0, 1, 1]])
    shown = torch.full((1, 2, len(ATTRIBUTES)), -1)
    shown[..., ACTION] = int(Action.MOVE)
    first, second = (Path(*path.tolist()) for path in paths_shown(cells, shots, shown)[0])
    assert first[:4] == pytest.approx((6 / 20, 4 / 12, 2 / 20, 1 / 12))
    # Four of twelve rows, six of twenty columns: an ellipse has a little more than the box at its axes.
    assert first.width == pytest.approx(0.5 * 6 / 20, rel=0.3) and first.height == pytest.approx(0.5 * 4 / 12, rel=0.3)
    assert math.isnan(second.x)
    shown[..., ACTION] = int(Action.STILL)
    assert paths_shown(cells, shots, shown).isnan().all()


@pytest.mark.parametrize("kind, size", [(Kind.CAR, Size.WIDE), (Kind.ROCKET, Size.MEDIUM), (Kind.TRAIN, Size.CLOSE)])
def test_prompts_send_subjects_where_renders_go(kind: Kind, size: Size) -> None:
    found = 0
    for seed in range(40):
        wishes = Wishes(kinds=(kind,), sizes=(size,), cameras=(Camera.STATIC,), action=Action.MOVE, complete=True)
        film = draw_film(seed, Scope.CORE, 7, 1, wishes=wishes)
        (caption,) = film.captions
        if not {"left", "right"} & set(caption.replace(",", " ").split()):
            continue
        cells = render(film, width=320, height=192, masks=Masks.CELLS, threads=1).cells.max(1)
        shown = torch.full((1, 1, len(ATTRIBUTES)), int(Action.MOVE))
        seen = Path(*paths_shown(torch.from_numpy(cells)[None], torch.zeros(1, 7, dtype=torch.long), shown)[0, 0].tolist())
        said = Path(*paths_said([caption], [7], 6, [(0.0, 0.0)])[0].tolist())
        assert said.right == pytest.approx(seen.right, rel=0.35), caption
        assert abs(said.x - seen.x) < 0.22 and abs(said.y - seen.y) < 0.12
        assert said.width == pytest.approx(seen.width, rel=0.35)
        found += 1
    assert found > 5


def test_shapes_grow_with_the_size_of_the_shot() -> None:
    for kind in (Kind.BIRD, Kind.HOUSE, Kind.MAN):
        wide, medium, close = (shape_of(kind, size) for size in (Size.WIDE, Size.MEDIUM, Size.CLOSE))
        assert wide[1] < medium[1] < close[1] and wide[2] < medium[2] < close[2]


def test_the_studio_is_told_how_prompts_let_subjects_move() -> None:
    config = config_of(Papercut.untrained(PRESETS["toy"], Scope.CORE))
    ways = config["ways"]
    assert {way["name"] for way in ways["ways"]} == {"left", "right", "up", "down"}
    assert [size["name"] for size in ways["sizes"]] == ["wide", "medium", "close"]
    for size in ways["sizes"]:
        assert len(size["shapes"]) == len(config["carry"]["subjects"])
