"""Marks of subjects: seen in masks, read from prompts, and drawn."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from papercut.bearings import Course, Telling, told
from papercut.export import config_of
from papercut.marks import (
    ASIDE,
    UNMARKED,
    Mark,
    kind_said,
    mark_of,
    marks_for,
    marks_of,
    marks_said,
    marks_shown,
    set_ways,
    shape_of,
    size_said,
    way_said,
)
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.transformer import shared_groups
from papercut.world import Action, Camera, Kind, Masks, Scope, Size, Split, draw_film, render
from papercut.world.drawing import Wishes

MARKS = Telling(subjects=1, patch=2, bearings=False)


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
        ("a sailboat under the rising sun", None),
        ("a sailboat with white sails", None),
        ("a sailboat sails left", (-1, 0)),
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
    captions = ["wide shot of a car driving left", "close up, it drives right", "it, wide shot"]
    marks = marks_said(captions, [7, 7, 1], 5 / 3, torch.Generator().manual_seed(1))
    first, second, third = (Mark(*mark) for mark in marks.tolist())
    assert first.right < 0 < second.right and third.right == 0
    assert second.width > 2 * first.width and third.width == pytest.approx(first.width)
    # About the middle of the picture in the middle of its shot, and not in the same place in each.
    middles = {round(mark.x + 3 * mark.right, 6) for mark in (first, second)} | {round(third.x, 6)}
    assert len(middles) == 3 and all(abs(x - 0.5) <= ASIDE for x in middles)
    shots = ["it waits", "a car", "an empty road", "it again", "the red vehicle"]
    marks = marks_said(shots, [3] * 5, 5 / 3, torch.Generator().manual_seed(1))
    assert marks.isnan().all(1).tolist() == [True, False, True, False, False]


def test_the_camera_takes_subjects_along() -> None:
    still = mark_of(Kind.CAR, "a car drives left", 7, 5 / 3)
    panned = mark_of(Kind.CAR, "a car drives left, pan left", 7, 5 / 3)
    assert panned.right > still.right and panned.nearer == 0
    nearer = mark_of(Kind.CAR, "a car drives left, zoom in", 7, 5 / 3)
    assert nearer.nearer > 0 and nearer.width < still.width
    assert nearer.width * math.exp(3 * nearer.nearer) == pytest.approx(still.width)
    assert mark_of(Kind.CAR, "a car, zoom out", 7, 5 / 3).down > 0


def test_marks_are_seen_in_masks() -> None:
    cells = np.zeros((6, 2, 12, 20), np.uint8)
    for frame in range(4):
        cells[frame, 1, 2 + frame : 6 + frame, 3 + 2 * frame : 9 + 2 * frame] = 255
    (none, _), (first, gone) = marks_shown(cells, [4, 2])
    assert np.isnan(none).all() and np.isnan(gone).all()
    mark = Mark(*first.tolist())
    assert mark[:4] == pytest.approx((6 / 20, 4 / 12, 2 / 20, 1 / 12))
    # Four of twelve rows, six of twenty columns: an ellipse has a little more than the box at its axes.
    assert mark.width == pytest.approx(0.5 * 6 / 20, rel=0.3) and mark.height == pytest.approx(0.5 * 4 / 12, rel=0.3)
    assert mark.nearer == pytest.approx(0, abs=1e-6)


def test_growth_is_seen_in_masks() -> None:
    cells = np.zeros((3, 1, 80, 80), np.uint8)
    for frame, half in enumerate((20, 21, 22)):
        cells[frame, 0, 40 - half : 40 + half, 40 - half : 40 + half] = 255
    mark = Mark(*marks_shown(cells, [3])[0, 0].tolist())
    assert mark.nearer == pytest.approx(math.log(22 / 20) / 2, rel=0.05)
    assert mark[2:4] == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize(
    "kind, size, camera, picture",
    [
        (Kind.CAR, Size.WIDE, Camera.STATIC, (320, 192)),
        (Kind.ROCKET, Size.MEDIUM, Camera.STATIC, (320, 192)),
        (Kind.TRAIN, Size.CLOSE, Camera.STATIC, (320, 192)),
        (Kind.WHALE, Size.MEDIUM, Camera.PAN_LEFT, (320, 192)),
        (Kind.CAR, Size.MEDIUM, Camera.ZOOM_IN, (320, 192)),
        (Kind.BALLOON, Size.MEDIUM, Camera.ZOOM_OUT, (320, 192)),
        (Kind.SAILBOAT, Size.MEDIUM, Camera.STATIC, (256, 256)),
        (Kind.CAR, Size.CLOSE, Camera.STATIC, (192, 320)),
        (Kind.CAR, Size.MEDIUM, Camera.STATIC, (480, 832)),
    ],
)
def test_prompts_put_subjects_where_renders_have_them(
    kind: Kind, size: Size, camera: Camera, picture: tuple[int, int]
) -> None:
    width, height = picture
    found = 0
    for seed in range(60):
        wishes = Wishes(kinds=(kind,), sizes=(size,), cameras=(camera,), action=Action.MOVE, complete=True)
        film = draw_film(seed, Scope.CORE, 7, 1, wishes=wishes)
        (caption,) = film.captions
        way = way_said(caption)
        if way is None or way[0] != int(film.shots[0].roles[0].facing):
            continue
        cells = render(film, width=width, height=height, masks=Masks.CELLS, threads=1).cells
        seen, said = Mark(*marks_shown(cells, [7])[0, 0].tolist()), mark_of(kind, caption, 7, width / height)
        assert said.right == pytest.approx(seen.right, rel=0.35, abs=0.008), caption
        assert said.nearer == pytest.approx(seen.nearer, abs=0.02)
        assert abs(said.x - seen.x) < 0.22 and abs(said.y - seen.y) < 0.05
        assert said.width == pytest.approx(seen.width, rel=0.2)
        assert said.height == pytest.approx(seen.height, rel=0.2)
        found += 1
    assert found > 5


def test_models_that_take_no_marks_get_none() -> None:
    shots = torch.tensor([[0, 0, 1]])
    assert marks_of(["a car", "it"], (4, 6), shots, 1, Telling(0, 2, False)) is None
    marks = marks_of(["a car", "it"], (4, 6), shots, 1, MARKS)
    assert marks is not None and marks.shape == (1, 18, 4)
    assert marks.unflatten(1, (3, 6)).amax((-2, -1)).min() > 0.5
    assert marks_for({}, Telling(0, 2, False), torch.Generator()) is None


def test_subjects_of_shots_of_one_frame_go_where_they_would_in_the_next() -> None:
    wishes = Wishes(kinds=(Kind.HORSE,), action=Action.MOVE, sizes=(Size.WIDE,), cameras=(Camera.PAN_LEFT,))
    ways = set()
    for seed in range(12):
        film = draw_film(seed, Scope.PEOPLED, 4, 1, wishes=wishes)
        cells = render(film, masks=Masks.CELLS).cells
        seen, set_by_hand = marks_shown(cells, [4]), marks_shown(cells[:1], [1])
        assert not set_by_hand[0, 0, 2:4].any()
        still = replace(film, shots=(replace(film.shots[0], latent_frames=1),))
        set_ways(set_by_hand, still)
        assert set_by_hand[0, 0, 2] == pytest.approx(seen[0, 0, 2], abs=0.01)
        ways.add(bool(seen[0, 0, 2] > 0))
        kept = seen.copy()
        set_ways(seen, film)
        np.testing.assert_array_equal(seen, kept)
    assert ways == {False, True}


def test_training_films_have_marks_a_little_off_and_some_none() -> None:
    mark = Mark(x=0.5, y=0.5, right=0.0, down=0.0, width=0.2, height=0.2, nearer=0.0)
    films = {
        "latent": torch.zeros(400, 4, 2, 6, 10),
        "shots": torch.zeros(400, 2, dtype=torch.long),
        "marks": torch.tensor([[[mark]]]).repeat(400, 2, 1, 1),
        "shown": torch.zeros(400, 1, 10, dtype=torch.int8),
        "sceneries": torch.zeros(400, 1, dtype=torch.long),
    }
    marks = marks_for(films, MARKS, torch.Generator().manual_seed(2))
    assert marks is not None and marks.shape == (400, 30, 4)
    none = marks.amax((1, 2)) == 0
    assert none.float().mean() == pytest.approx(UNMARKED, abs=0.06)
    course = Course(torch.tensor([[[mark]]]), torch.zeros(1, 1, 3), torch.zeros(1, 1, dtype=torch.long))
    exact = told(course, films["shots"][:1], (6, 10), MARKS)
    assert exact is not None
    off = (marks[~none] - exact).abs().amax((1, 2))
    assert 0.005 < off.mean() < 0.1 and off.min() > 1e-4


def test_marks_change_nothing_before_they_are_learnt() -> None:
    torch.manual_seed(3)
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    denoiser = model.denoiser
    denoiser.transformer.combine_branches("softmax", 2.0)
    torch.nn.init.normal_(denoiser.transformer.head.head.weight)
    latent = torch.randn(1, model.config["ae"]["z"], 3, 4, 6)
    ids, shots, t = torch.ones(1, 2, 5, dtype=torch.long), torch.tensor([[0, 0, 1]]), torch.tensor([500.0])
    marks = marks_of(["a car", "it"], (4, 6), shots, 1, denoiser.telling)
    without, _ = denoiser(latent, t, ids, shots)
    # Of a model that guesses, what its last layers give is counted from what is expected around the guess.
    sketch = denoiser.transformer.sketch
    assert sketch
    denoiser.transformer.sketch = None
    denoiser.transformer.config["sketch"] = 0
    denoiser.transformer.add_marks(1)
    untrained, _ = denoiser(latent, t, ids, shots, marks=marks)
    torch.testing.assert_close(untrained, without)
    denoiser.transformer.combine_branches("softmax", 2.0, 4.0)
    across, _ = denoiser(latent, t, ids, shots, marks=marks)
    assert (across - without).abs().max() > 1e-4
    one_shot = torch.zeros_like(shots)
    alone, _ = denoiser(latent, t, ids[:, :1], one_shot, marks=marks)
    torch.testing.assert_close(alone, denoiser(latent, t, ids[:, :1], one_shot)[0])
    denoiser.transformer.combine_branches("softmax", 2.0)
    denoiser.transformer.sketch = sketch
    denoiser.transformer.config["sketch"] = 64
    denoiser.transformer.add_marks(1)
    embedding = denoiser.transformer.marks_embedding
    assert embedding is not None
    torch.nn.init.normal_(embedding.weight)
    trained, _ = denoiser(latent, t, ids, shots, marks=marks)
    assert (trained - without).abs().max() > 0.01
    trace: dict[str, torch.Tensor] = {}
    denoiser(latent, t, ids, shots, trace=trace, marks=marks)
    tokens = trace["tokens"]
    denoiser(latent, t, ids, shots, trace=trace)
    text, real = denoiser.encode(ids)
    guess, _ = sketch(sketch.read(ids, text, real), marks, shots)
    torch.testing.assert_close(tokens - trace["tokens"], torch.cat([marks, guess], -1) @ embedding.weight.T)


def test_a_subject_wants_a_group_of_its_own_through_all_shots() -> None:
    inside = torch.tensor([[True, True, False, False, True, False]])
    alone = torch.full((1, 6, 3), -20.0)
    for token, group in enumerate((1, 1, 0, 2, 1, 0)):
        alone[0, token, group] = 20.0
    assert shared_groups(alone, inside) == pytest.approx(0, abs=1e-3)
    with_others, apart = alone.clone(), alone.clone()
    with_others[0, 2] = with_others[0, 0]
    apart[0, 4] = apart[0, 2]
    assert 0.5 < shared_groups(with_others, inside) < 2 < shared_groups(apart, inside)
    nothing = torch.zeros_like(inside)
    assert shared_groups(alone, nothing) == 0
    # A film without a mark says nothing of one that has it.
    both = shared_groups(torch.cat([apart, alone]), torch.cat([inside, nothing]))
    torch.testing.assert_close(both, shared_groups(apart, inside))


def test_shapes_grow_with_the_size_of_the_shot() -> None:
    for kind in (Kind.BIRD, Kind.HOUSE, Kind.MAN):
        wide, medium, close = (shape_of(kind, size, False) for size in (Size.WIDE, Size.MEDIUM, Size.CLOSE))
        assert wide[1] < medium[1] < close[1] and wide[2] < medium[2] < close[2]
    (_, width, height), (_, risen_width, risen_height) = (shape_of(Kind.ROCKET, Size.MEDIUM, up) for up in (False, True))
    assert width > risen_width and risen_height > height


def test_the_studio_is_told_how_prompts_place_subjects() -> None:
    config = config_of(Papercut.untrained(PRESETS["toy"], Scope.CORE))
    marks = config["marks"]
    assert {way["name"] for way in marks["ways"]} == {"left", "right", "up", "down"}
    assert [size["name"] for size in marks["sizes"]] == ["wide", "medium", "close"]
    subjects = config["carry"]["subjects"]
    for size in marks["sizes"]:
        assert [picture["aspect"] for picture in size["pictures"]] == [1.6667, 1, 0.6]
        for picture in size["pictures"]:
            assert len(picture["shapes"]) == len(picture["rising"]) == len(subjects)
    assert [subjects[kind][0] for kind in marks["upright"]] == ["rocket"]
