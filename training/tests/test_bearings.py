"""What tokens are told of where they are."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch.nn import functional as F

from papercut.attributes import ATTRIBUTES, shown_and_told
from papercut.bearings import (
    BEARINGS,
    FARTHEST,
    OF_CAMERA,
    OF_PICTURE,
    OF_SHOT,
    PLAIN,
    UNKNOWN,
    Course,
    Telling,
    bearings_of,
    drawn,
    placed,
    told,
)
from papercut.marks import NONE, Mark
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.sketch import BEGIN, VALUES, Sketch, columns_of, lasting, said_exactly
from papercut.world import Scope, draw_film
from papercut.world.drawing import SCENERIES

MOVING = Mark(x=0.25, y=0.5, right=0.1, down=-0.125, width=0.25, height=0.25, nearer=0.2)
SHOTS = torch.tensor([[0, 1, 1, 1]])
COURSE = Course(
    torch.tensor([[[NONE, MOVING]]]), torch.tensor([[[0.5, 0, 0], [0.01, 0.02, -0.03]]]), torch.tensor([[UNKNOWN, 2]])
)
EMPTY = Course(torch.tensor([[[NONE, NONE]]]), torch.zeros(1, 2, 3), torch.tensor([[UNKNOWN, UNKNOWN]]))


def waves_of(value: float, rates: Sequence[float]) -> list[float]:
    return [wave for rate in rates for wave in (math.sin(math.pi * rate * value), math.cos(math.pi * rate * value))]


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
    """Of a token of `SHOTS`, whose second shot has `MOVING` in it and pans; two rows of three."""
    return bearings_of(COURSE, SHOTS, 2, 3)[0, frame, row, column].tolist()


def test_tokens_are_told_where_in_the_picture_they_are() -> None:
    across, down = 0.5, 0.25  # heights, of the last token's middle from the picture's
    expected = [across, down, math.log(1.5), *waves_of(across, (1, 2, 4)), *waves_of(down, (1, 2, 4))]
    for frame in range(4):
        assert bearings(1, 2, frame)[:OF_PICTURE] == pytest.approx(expected, abs=1e-5)


def test_tokens_are_told_when_in_the_shot_they_are_and_its_scenery() -> None:
    of_frame = [bearings(0, 0, frame)[OF_PICTURE : OF_PICTURE + OF_SHOT] for frame in range(4)]
    assert of_frame[0][:2] == pytest.approx([0, 0])  # alone in its shot
    assert [part for part, *_ in of_frame[1:]] == pytest.approx([-1 / 3, 0, 1 / 3])
    assert [length for _, length, *_ in of_frame[1:]] == pytest.approx([math.log(3) / 3] * 3)
    assert of_frame[2][2:4] == pytest.approx([math.sin(0.4 * math.tau / 6), math.cos(0.4 * math.tau / 6)])
    assert of_frame[0][2:-SCENERIES] == of_frame[1][2:-SCENERIES]
    assert of_frame[0][-SCENERIES:] == [0, 0, 0, 0]
    assert of_frame[1][-SCENERIES:] == of_frame[3][-SCENERIES:] == [0, 0, 1, 0]


def test_tokens_are_told_how_the_camera_has_moved() -> None:
    first = OF_PICTURE + OF_SHOT
    assert bearings(1, 2, 0)[first : first + 3] == [0, 0, 0]
    for frame, off in ((1, -1), (2, 0), (3, 1)):  # from the middle of the shot
        moved = [0.01 * off, 0.02 * off, -0.03 * off]
        expected = [10 * value for value in moved]
        for depth in (1.5, 4.4):
            expected += waves_of(0.5 - depth * 1.5 * moved[0], (1, 2, 4))
        assert bearings(1, 2, frame)[first : first + OF_CAMERA] == pytest.approx(expected, abs=1e-5)


def test_tokens_are_told_where_the_subject_is_from_them() -> None:
    first = OF_PICTURE + OF_SHOT + OF_CAMERA
    assert not any(bearings(0, 0, 0)[first:-PLAIN])  # no subject in the first shot
    grown = 0.25 * math.exp(0.2)
    off_x, off_y = 0.5 / 3 - 0.35, 0.75 - 0.375
    u, v = off_x / grown, off_y / grown
    near = math.exp(-(u * u + v * v) / 2.5**2)
    values = [value / near for value in bearings(1, 0, 2)[first:-PLAIN]]
    expected = [1, math.log(grown / 0.15), math.log(grown / 0.25), math.tanh(2), -math.tanh(2.5), 2]
    expected += [*waves_of(u, (0.5, 1, 2, 4, 8)), *waves_of(v, (0.5, 1, 2, 4, 8))]
    expected += [*waves_of(3 * off_x, (0.5, 1, 2)), *waves_of(2 * off_y, (0.5, 1, 2))]
    expected += waves_of(0.1 * 1.5 / grown, (0.8, 1.6))
    assert values == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_tokens_are_told_plainly_where_they_are() -> None:
    grown, right = 0.25 * math.exp(0.2), 0.1 - 1.27 * 0.01
    u, v = (0.5 / 3 - 0.35) / grown, (0.75 - 0.375) / grown
    expected = [u, v, 1 / 12 / grown, 1 / 8 / grown, 1 / 2, 3 / 2, 1, 0.35 - 0.5, 0.375 - 0.5]
    expected += [math.log(grown / 0.15), math.log(grown / 0.25), math.tanh(40 * right)]
    assert bearings(1, 0, 2)[-PLAIN:] == pytest.approx(expected, abs=1e-5)
    place = placed(told(COURSE, SHOTS, (4, 6), Telling(1, 2, True)), Telling(1, 2, True))
    token = 2 * 6 + 3  # the same
    assert place.from_subject[0, token].tolist() == pytest.approx([u, v], abs=1e-5)
    assert place.half[0, token].tolist() == pytest.approx([1 / 6 / grown, 1 / 4 / grown], abs=1e-5)
    corners = torch.tensor([[-0.625, 0.125], [-0.375, 0.125], [-0.625, 0.375], [-0.375, 0.375]])
    torch.testing.assert_close(place.cells[0, token], corners)
    assert place.moved[0, token].tolist() == [0, 0, 0] and place.scenery[0, token].tolist() == [0, 0, 1, 0]
    assert place.of_frame[0, token].tolist() == pytest.approx(expected[4:], abs=1e-5)
    assert place.aspect[0, token] == 1.5


def test_cells_of_marks_come_before_bearings() -> None:
    every = told(COURSE, SHOTS, (4, 6), Telling(1, 2, True))
    alone = told(COURSE, SHOTS, (4, 6), Telling(1, 2, False))
    assert every is not None and alone is not None
    assert every.shape == (1, 24, 4 + BEARINGS) and alone.shape == (1, 24, 4)
    torch.testing.assert_close(every[..., :4], alone)
    cells = drawn(COURSE.marks, SHOTS, 4, 6)[0, 0]
    token = (2 * 2 + 1) * 3 + 2  # of the third frame, the second row and the third column
    assert alone[0, token].tolist() == pytest.approx(cells[2, 2:4, 4:6].flatten().tolist())


def test_bearings_change_nothing_before_they_are_learnt() -> None:
    torch.manual_seed(3)
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    transformer = model.denoiser.transformer
    transformer.config.update(bearings=False, sketch=0)
    transformer.sketch = None
    transformer.add_marks(1)
    for layer in (transformer.head.head, transformer.marks_embedding):
        torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(transformer.head.head.bias)
    latent = torch.randn(1, model.config["ae"]["z"], 4, 4, 6)
    ids, t = torch.ones(1, 2, 5, dtype=torch.long), torch.tensor([500.0])

    def velocity() -> torch.Tensor:
        values = told(COURSE, SHOTS, (4, 6), model.denoiser.telling)
        return model.denoiser(latent, t, ids, SHOTS, marks=values)[0]

    with torch.no_grad():
        before = velocity()
        transformer.add_bearings()
        torch.testing.assert_close(velocity(), before)
        transformer.add_sketch(32, 2, 400, columns_of(Scope.CORE))
        from_guess = velocity()
        # Of weights that lead to velocities none is left: these are what is expected around a guess of nothing.
        torch.testing.assert_close(from_guess, latent * 0.0)
        torch.nn.init.normal_(transformer.head.head.weight)
        before = velocity()
        torch.nn.init.normal_(transformer.marks_embedding.weight)
        told_more = velocity()
        assert (told_more - before).abs().max() > 0.01
        torch.nn.init.normal_(transformer.sketch.guess.weight)
        assert (velocity() - told_more).abs().max() > 0.01


def test_a_film_that_names_no_subject_is_told_its_picture_and_shots_alone() -> None:
    values = bearings_of(EMPTY, SHOTS, 2, 3)
    assert values.isfinite().all() and not values[..., OF_PICTURE + OF_SHOT + OF_CAMERA : -PLAIN].any()
    assert values[0, 0, 0, 0, -PLAIN:].tolist() == [FARTHEST, FARTHEST, 0, 0, 1 / 2, 3 / 2, 0, 0, 0, 0, 0, 0]


def test_a_sketch_goes_by_what_its_shot_says_and_by_the_place_of_the_token() -> None:
    torch.manual_seed(5)
    config = {"sketch": 24, "sketch_layers": 2, "sketch_words": 9, "text_dim": 6, "patch": [1, 2, 2], "z": 4, "marks": 1, "bearings": True}
    sketch = Sketch(config)
    for layer in (sketch.guess, sketch.doubt, sketch.times, sketch.words):
        torch.nn.init.normal_(layer.weight)
    ids = torch.tensor([[[1, 2, 0], [1, 3, 4]]])
    text, real = torch.randn(1, 2, 3, 6), torch.tensor([[[True, True, False], [True, True, True]]])
    values = told(COURSE, SHOTS, (4, 6), Telling(1, 2, True))
    assert values is not None
    said = sketch.read(ids, text, real)
    assert said.shape == (1, 2, sum(VALUES))
    assert [part.sum().item() for part in said[0, 1].split(VALUES)] == pytest.approx([1.0] * len(VALUES))
    guess, doubt = sketch(said, values, SHOTS)
    assert guess.shape == doubt.shape == (1, 24, 16)
    # Of a token of the second shot.
    known = torch.cat([values[0, 8], said[0, 1], torch.zeros(sketch.padding)])
    assert len(known) % 4 == 0
    place = placed(values[0, 8], Telling(1, 2, True))
    facts = torch.cat([said[0, 1], place.of_frame, place.moved, place.scenery])
    x = F.gelu(sketch.first(known) * (1 + sketch.times(facts)), approximate="tanh")
    x = x + F.gelu(sketch.layers[0](x), approximate="tanh")
    torch.testing.assert_close(guess[0, 8], sketch.guess(x))
    torch.testing.assert_close(doubt[0, 8], sketch.doubt(x).clamp(-6, 1))
    text[0, 0, 2] = 100.0  # padding
    torch.testing.assert_close(sketch.read(ids, text, real), said)


def test_what_captions_say_is_known_attribute_by_attribute() -> None:
    film = draw_film(7, Scope.PEOPLED, 6, 2)
    _, caption_says = shown_and_told(film, 2)
    said = said_exactly(torch.from_numpy(caption_says)[None])[0]
    kind, colour, *_ = said[0].split(VALUES)
    assert kind.argmax() == int(film.subjects[0].kind) and colour.argmax() == int(film.subjects[0].colour)
    nothing = said_exactly(torch.full((1, 1, len(ATTRIBUTES)), -1))[0, 0]
    assert [part.argmax().item() for part in nothing.split(VALUES)] == [values - 1 for values in VALUES]


def test_what_lasts_is_known_in_shots_that_say_nothing_of_it() -> None:
    says = torch.full((1, 4, len(ATTRIBUTES)), -1)
    kind, colour, size = (list(ATTRIBUTES).index(name) for name in ("kind0", "colour0", "size"))
    says[0, 0, [kind, colour, size]] = torch.tensor([3, 5, 1])
    says[0, 2, kind] = 3
    says[0, 3, kind] = 4
    shots = said_exactly(says)[0]
    by_name = [dict(zip(BEGIN, (part.argmax().item() for part in shot.split(VALUES)))) for shot in shots]
    assert [shot["kind0"] for shot in by_name] == [3, 3, 3, 4]
    # A subject of another kind has a colour of its own, and sizes are of one shot.
    nothing = {name: values - 1 for name, values in zip(BEGIN, VALUES)}
    assert [shot["colour0"] for shot in by_name] == [5, 5, 5, nothing["colour0"]]
    assert [shot["size"] for shot in by_name] == [1] + 3 * [nothing["size"]]
    doubtful = shots[None].clone()
    doubtful[0, 1, : VALUES[0]] = 1 / VALUES[0]
    assert lasting(doubtful).sum(-1).flatten().tolist() == pytest.approx([float(len(VALUES))] * 4)
