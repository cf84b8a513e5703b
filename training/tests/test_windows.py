"""Parts of films around their subjects."""

import torch

from papercut.bearings import Course, Telling, told
from papercut.marks import Mark
from papercut.windows import window_of

MARK = Mark(x=0.75, y=0.5, right=0.0, down=0.0, width=0.1, height=0.2, nearer=0.0)


def test_windows_have_their_subject_and_tokens_that_belong_together() -> None:
    films, frames, rows, columns = 60, 2, 12, 20
    cells = torch.zeros(films, frames, rows, columns, dtype=torch.uint8)
    cells[:, :, 5:8, 14:16] = 255
    numbers = torch.arange(frames * rows * columns).view(1, 1, frames, rows, columns).float()
    record = {
        "latent": numbers.expand(films, 3, -1, -1, -1).half(),
        "cells": cells,
        "carried": cells // 5,
        "shots": torch.zeros(films, frames, dtype=torch.long),
    }
    marks = torch.tensor([[[MARK]]]).expand(films, -1, -1, -1)
    course = Course(marks, torch.zeros(films, 1, 3), torch.zeros(films, 1, dtype=torch.long))
    telling = Telling(1, 2, True)
    every = told(course, record["shots"], (rows, columns), telling)
    part, values = window_of(record, every, (4, 5), 2, torch.Generator().manual_seed(1))
    assert part["latent"].shape == (films, 3, frames, 8, 10) and part["shots"] is record["shots"]
    assert values is not None and values.shape == (films, frames * 20, telling.values)
    begins = set()
    for film in range(films):
        first = int(part["latent"][film, 0, 0, 0, 0])
        row, column = divmod(first, columns)
        begins.add((row, column))
        assert row % 2 == column % 2 == 0
        assert row <= 6 < row + 8 and column <= 14 < column + 10  # its middle, to a token's half
        down, across = slice(row, row + 8), slice(column, column + 10)
        torch.testing.assert_close(part["latent"][film], record["latent"][film, :, :, down, across])
        for name in ("cells", "carried"):
            assert torch.equal(part[name][film], record[name][film, :, down, across])
        whole = every[film].view(frames, 6, 10, -1)
        expected = whole[:, row // 2 : row // 2 + 4, column // 2 : column // 2 + 5].flatten(0, 2)
        torch.testing.assert_close(values[film], expected)
    assert len(begins) > 5


def test_a_film_without_a_subject_has_a_window_as_well() -> None:
    empty = torch.zeros(2, 1, 12, 20, dtype=torch.uint8)
    record = {"latent": torch.zeros(2, 3, 1, 12, 20), "cells": empty, "carried": empty}
    part, values = window_of(record, None, (4, 5), 2, torch.Generator().manual_seed(1))
    assert part["latent"].shape == (2, 3, 1, 8, 10) and values is None
