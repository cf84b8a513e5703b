"""What the sketch knows by heart."""

import pytest
import torch

from papercut.bearings import OF_FRAME, Placed, Telling
from papercut.grids import (
    FAR,
    FEATURES,
    LAYERS,
    POINTS,
    RADII,
    SKY,
    SUBJECT_FEATURES,
    Grids,
    features_of,
    looked_up,
    points_of,
)

SAID = 5
CONFIG = {
    "sketch_grids": {"kinds": [1, 2], "places": [0, 1, 2], "times": [3, 4]},
    "patch": [1, 2, 2],
    "marks": 1,
    "bearings": True,
}


def place_of(cells: torch.Tensor, moved: tuple[float, float, float] = (0, 0, 0)) -> Placed:
    """Of one frame with tokens of so many cells [tokens, cells, 2], in the third scenery."""
    tokens = len(cells)
    return Placed(
        cells=cells[None],
        from_subject=cells[None, :, 0],
        half=torch.full((1, tokens, 2), 0.5),
        moved=torch.tensor(moved).expand(1, tokens, 3),
        scenery=torch.tensor([0.0, 0, 1, 0]).expand(1, tokens, 4),
        of_frame=torch.zeros(1, tokens, OF_FRAME),
        aspect=torch.full((1, tokens), 1.5),
    )


def test_places_are_looked_up_between_nodes() -> None:
    grids = torch.arange(12.0).view(1, 1, 3, 4).repeat(2, 1, 1, 1)
    grids[1] += 100
    at = torch.tensor([[0.0, 0.0], [-1.0, -1.0], [1.0, 0.5], [3.0, 0.0]]).view(1, 2, 2, 2)
    weights = torch.tensor([[0.75, 0.25]])
    found = looked_up(grids, weights, at, "border")
    assert found.shape == (1, 2, 2, 1)
    assert found.flatten().tolist() == pytest.approx([25 + 5.5, 25, 25 + 9, 25 + 7])
    assert looked_up(grids, weights, at, "zeros").flatten()[-1] == 0


def test_what_is_said_chooses_and_the_camera_moves() -> None:
    torch.manual_seed(2)
    grids = Grids(CONFIG, SAID)
    said = torch.tensor([[0.0, 1, 0, 0, 1]])
    middle = torch.zeros(1, 1, 2)
    layers = grids._of_layers(said, place_of(middle))[0, 0, 0].split([FEATURES[name] for name in LAYERS])
    rows, columns = grids.layers[SKY].shape[-2:]
    torch.testing.assert_close(layers[0], grids.layers[FAR][6][:, rows // 2, columns // 2])
    torch.testing.assert_close(layers[2], grids.layers[SKY][6][:, rows // 2, columns // 2])
    # What lay to the left comes into the middle: far scenery goes one and a half times as far as the picture on the whole.
    moved = grids._of_layers(said, place_of(middle, (10 / 1.5 / 12 / 1.5, 0, 0)))[0, 0, 0]
    far = moved.split([FEATURES[name] for name in LAYERS])[0]
    torch.testing.assert_close(far, grids.layers[FAR][6][:, rows // 2, columns // 2 - 1])
    subject = grids._of_subject(said, place_of(torch.full((1, 1, 2), 0.52 - RADII)))
    assert subject.shape == (1, 1, POINTS**2, SUBJECT_FEATURES)
    torch.testing.assert_close(subject[0, 0, 0], grids.subject[0][:, 0, 0])


def test_subjects_that_go_to_the_left_are_looked_up_the_other_way_round() -> None:
    place = place_of(torch.tensor([[[0.7, -0.3]]]))
    right = points_of(place)
    assert right[0, 0, 1].tolist() == pytest.approx([0.7 - 0.6 * 1.04 / 2, -0.3 - 1.04 / 2])
    assert right[0, 0, POINTS].tolist() == pytest.approx([0.7 - 1.04 / 2, -0.3 - 0.6 * 1.04 / 2])
    left = points_of(place._replace(of_frame=torch.full((1, 1, OF_FRAME), -0.5)))
    torch.testing.assert_close(left, right * torch.tensor([-1.0, 1.0]))


def test_features_come_cell_by_cell() -> None:
    torch.manual_seed(3)
    grids = Grids(CONFIG, SAID)
    telling = Telling(1, 2, True)
    told = torch.randn(2, 6, telling.values)
    said = torch.rand(2, SAID)
    found = grids(said, told)
    assert found.shape == (2, 6, features_of(CONFIG)) == (2, 6, 4 * sum(FEATURES.values()) + POINTS**2 * SUBJECT_FEATURES)
    found.square().sum().backward()
    assert all(x.grad is not None and x.grad.abs().sum() > 0 for x in (grids.subject, grids.follow, *grids.layers.values()))
