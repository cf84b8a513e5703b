"""The measures of the evaluation, on numbers that are known, and on judges and samplers that are made for it."""

import numpy as np
import pytest
import torch

from papercut.evaluation import report
from papercut.evaluation.attributes import frames_of_shots, judge, judge_shot, sampled
from papercut.evaluation.fidelity import (
    autoencoder_fidelity,
    near_cuts,
    psnr,
    restlessness,
    ssim,
    within_shots,
)
from papercut.evaluation.groups import best_overlap, purity, router_overlap, subject_tokens
from papercut.evaluation.interface import Order, Sampling
from papercut.evaluation.reader import (
    Reader,
    ReaderConfig,
    load_reader,
    read,
    read_camera,
    save_reader,
    shrunk,
    summed_up,
)
from papercut.evaluation.suites import SHEET_PROMPTS, across_shots, long_films, single_shots
from papercut.evaluation.train_reader import UNKNOWN, ahead, batches, loss_of, train
from papercut.world import Masks, Scope, Split, draw_film, render, vocabulary
from papercut.world.captions import split_words
from papercut.world.holdout import held_out
from papercut.world.spec import Colour, Kind

rng = np.random.default_rng(1)
torch.set_num_threads(1)  # threads that wait for each other are slower at these sizes


class Echo:
    """Samples the renderer's own pictures, and groups tokens by the exact masks."""

    def __init__(self, films):
        self.films = {film.captions: film for film in films}
        self.layouts = []

    def sample(self, orders, how):
        self.layouts.append({order.layout for order in orders})
        return [render(self.films[order.captions]).frames for order in orders]

    def reconstruct(self, frames):
        return np.clip(frames.astype(int) + 2, 0, 255).astype(np.uint8)

    def groups(self, frames, order, level):
        cells = render(self.films[order.captions], masks=Masks.CELLS).cells
        mask = subject_tokens(cells, (len(cells), 6, 10)).astype(int)
        return np.stack([3 * mask, np.zeros_like(mask)])


def test_psnr_and_ssim():
    one = rng.integers(0, 246, (2, 3, 32, 48), dtype=np.uint8)
    assert psnr(one, one + 5) == pytest.approx(20 * np.log10(255 / 5), abs=1e-4)
    assert ssim(one, one) == pytest.approx(1, abs=1e-5)
    assert ssim(one, rng.permutation(one.ravel()).reshape(one.shape)) < 0.1


def test_frames_near_cuts():
    film = draw_film(2, Scope.CORE, latent_frames=9, shots=3)
    firsts = [first for _, first in frames_of_shots(film)]
    near, inside = near_cuts(film), within_shots(film)
    assert firsts[0] == 0 and (~inside).nonzero()[0].tolist() == [first - 1 for first in firsts[1:]]
    for first in firsts[1:]:
        assert near[first - 4 : first + 4].all()
    assert not near[0]


def test_an_even_shift_flickers_nowhere():
    films = [draw_film(i, Scope.CORE, latent_frames=9, shots=2) for i in range(2)]
    found = autoencoder_fidelity(Echo(films), films)
    assert found["psnr"] == pytest.approx(20 * np.log10(255 / 2), abs=0.5)
    assert found["flicker at cuts"] < 0.05
    still = restlessness(films[0], np.zeros((films[0].frames, 3, 16, 16), np.uint8))
    assert still == {"at cuts": 0, "elsewhere": 0}


def test_overlap_of_groups_and_masks():
    mask = np.zeros((2, 3, 4), bool)
    mask[0, 0, :3] = True
    groups = mask.astype(int)
    assert best_overlap(groups, mask) == 1 and purity(groups, mask) == 1
    groups[0, 0, 0] = 0
    assert best_overlap(groups, mask) == pytest.approx(2 / 3) and purity(groups, mask) == pytest.approx(2 / 3)
    films = long_films(Scope.CORE, 2, latent_frames=5, shots=2)
    layers = router_overlap(Echo(films), films)
    assert layers["layer 0"]["iou"] == 1 and layers["layer 0"]["chance"] < 0.5
    assert layers["layer 1"]["iou"] < 0.5 and layers["layer 1"]["purity"] == 1


def test_suites_ask_for_what_training_never_draws():
    for scope in Scope:
        for film in single_shots(scope, 20) + across_shots(scope, 10):
            for shot in film.shots:
                assert held_out(film.subjects[0].kind, film.subjects[0].colour, shot.place)
        later = [shot for film in across_shots(scope, 40) for shot in film.shots[1:]]
        assert sum("colour" not in shot.said for shot in later) > 40
        known = set(vocabulary(scope))
        assert len(SHEET_PROMPTS[scope]) == 24
        for captions in SHEET_PROMPTS[scope]:
            assert all(set(split_words(caption)) <= known for caption in captions)


def test_the_reader_sees_every_shape_in_whole_cells():
    for height, width, expected in (
        (192, 320, (144, 240)),
        (320, 192, (240, 144)),
        (256, 256, (184, 184)),
        (480, 832, (144, 248)),
    ):
        small = shrunk(torch.zeros(1, 3, height, width, dtype=torch.uint8))
        assert small.shape[-2:] == pytest.approx(expected, abs=8)
        assert all(side % 8 == 0 for side in small.shape[-2:])


def test_readings_of_cells_are_summed_by_kind():
    """A red dog in one cell and a blue car in two: the kinds' shares, and each kind's own colour."""
    kind = torch.full((1, 1 + len(Kind), 2, 2), -20.0)
    colour = torch.full((1, len(Colour), 2, 2), -20.0)
    for row, column, k, c in (
        (0, 0, Kind.DOG, Colour.RED),
        (0, 1, Kind.CAR, Colour.BLUE),
        (1, 0, Kind.CAR, Colour.BLUE),
    ):
        kind[0, 1 + k, row, column] = colour[0, c, row, column] = 20
    kind[0, 0, 1, 1] = 20
    whole = {
        name: torch.zeros(1, count)
        for name, count in (("place", 13), ("time", 4), ("weather", 4), ("size", 5))
    }
    reading = summed_up({"kind": kind, "colour": colour, **whole})
    assert reading["kind"][0, Kind.CAR] == pytest.approx(2 / 3, abs=1e-3)
    assert reading["colours"][0, Kind.DOG].argmax() == Colour.RED
    assert reading["colours"][0, Kind.CAR].argmax() == Colour.BLUE


def test_labels_of_cells_are_where_the_subjects_are():
    batch = next(batches(3, 12, Scope.FULL, (Split.TRAIN,), ((320, 192),)))
    assert batch.first.shape == (12, 3, 192, 320) and batch.kinds.shape == (12, 18, 30)
    for kinds, colours, subject, colour in zip(
        batch.kinds, batch.colours, batch.subject, batch.subject_colour
    ):
        assert (kinds > 0).any() and ((kinds > 0) == (colours != UNKNOWN)).all()
        if subject != UNKNOWN:
            assert set(kinds[kinds > 0].tolist()) == {1 + int(subject)}
            assert set(colours[colours != UNKNOWN].tolist()) == {int(colour)}


def test_a_reader_learns_and_comes_back_from_its_file(tmp_path):
    torch.manual_seed(0)
    reader = Reader(ReaderConfig(Scope.CORE, (8, 16)))
    batch = next(batches(5, 8, Scope.CORE, (Split.TRAIN,), ((320, 192),)))
    device, generator = torch.device("cpu"), torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW(reader.parameters(), 1e-2)
    losses = []
    for _ in range(12):
        loss = loss_of(reader, batch, device, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    save_reader(tmp_path / "reader.safetensors", reader, {"accuracy": {}})
    again = load_reader(tmp_path / "reader.safetensors")
    for name, value in read(reader, batch.first).items():
        assert torch.allclose(value, read(again, batch.first)[name], atol=1e-5)
    assert torch.allclose(read_camera(reader, batch.first, batch.second).sum(1), torch.ones(8))
    assert train(reader, ahead(0, 4, Scope.CORE, 0), 0, device, 1e-3, 0) == 0


def test_processes_and_a_thread_make_whole_batches():
    for workers in (0, 2):
        examples = ahead(3, 4, Scope.FULL, workers)
        seen = [next(examples) for _ in range(3)]
        assert all(len(batch.first) == 4 and batch.first.dtype == torch.uint8 for batch in seen)
        assert not torch.equal(
            seen[0].camera + seen[0].whole["place"] * 10, seen[1].camera + seen[1].whole["place"] * 10
        )


def test_what_stops_the_renderer_is_told_to_who_waits(monkeypatch):
    monkeypatch.setattr("papercut.evaluation.train_reader.SHAPES", ((184, 184),))
    with pytest.raises(ValueError, match="multiples of 16"):
        next(ahead(3, 4, Scope.CORE, 0))


class Oracle:
    """Stands for what the reader says: the truth of one film, or a lie about its colour."""

    def __init__(self, film, shot, lie=False):
        subject = film.subjects[0]
        one = lambda index, count: torch.eye(count)[index][None]
        colour = (subject.colour + lie) % len(Colour)
        self.reading = {
            "kind": one(subject.kind, len(Kind)),
            "colour": one(colour, len(Colour)),
            "colours": one(colour, len(Colour))[:, None].expand(1, len(Kind), -1),
            **{
                n: one(int(getattr(shot, n)), c)
                for n, c in (("place", 13), ("time", 4), ("weather", 4), ("size", 5))
            },
        }


@pytest.mark.parametrize("lie", [False, True])
def test_shots_are_judged_by_what_the_reader_says(monkeypatch, lie):
    film = single_shots(Scope.CORE, 1)[0]
    shot = film.shots[0]
    oracle = Oracle(film, shot, lie)
    monkeypatch.setattr(
        "papercut.evaluation.attributes.read",
        lambda _r, frames: {k: v.expand(len(frames), *v.shape[1:]) for k, v in oracle.reading.items()},
    )
    monkeypatch.setattr(
        "papercut.evaluation.attributes.read_camera", lambda *_: torch.eye(8)[shot.camera][None]
    )
    right = judge_shot(None, film, shot, render(film).frames, 0)
    assert right.pop("colour") is not lie
    assert all(right.values()) and {"subject", "place", "size", "camera"} <= set(right)
    told, kept = judge(None, [(film, render(film).frames)])
    assert told["colour"] == (0 if lie else 1) and told["shots"] == 1 and kept == {}


def test_films_of_one_layout_are_sampled_together():
    films = [draw_film(i, Scope.CORE, latent_frames=2 + i % 2) for i in range(7)]
    echo = Echo(films)
    found = dict((film.seed, frames) for film, frames in sampled(echo, films, Sampling(), batch=3))
    assert all(len(layouts) == 1 for layouts in echo.layouts) and len(echo.layouts) == 3
    assert all(np.array_equal(found[film.seed], render(film).frames) for film in films)
    assert Order.of(films[1]).layout == (3, 320, 192)


def test_the_table_has_a_column_for_every_way():
    text = report.markdown(
        {
            "held-out": {"moga": {"colour": 0.5, "shots": 10.0}, "dense": {"colour": 0.25}},
            "autoencoder": {"psnr": 31.234},
        }
    )
    assert (
        "| | moga | dense |" in text and "| colour | 0.500 | 0.250 |" in text and "| shots | 10 |  |" in text
    )
    assert "- psnr: 31.23" in text
