"""Films that are encoded ahead of training."""

from pathlib import Path

import pytest
import torch

from papercut import stock
from papercut.film_kinds import SKETCH, SKETCH_SCENE, STILL
from papercut.films import LEAST_FILMS
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.stock import Stock, write_lots
from papercut.world import Scope

CPU = torch.device("cpu")


@pytest.fixture
def model() -> Papercut:
    torch.manual_seed(1)
    return Papercut.untrained(PRESETS["toy"], Scope.CORE)


def drawn(films: Stock, seed: int) -> tuple[str, dict[str, torch.Tensor]]:
    generator = torch.Generator().manual_seed(seed)
    kind, record = films.draw({SKETCH: 0.5, SKETCH_SCENE: 0.5}, lambda _: 5, generator)
    return kind.name, record


def test_films_are_encoded_once_and_drawn_by_all_runs(
    model: Papercut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "LOT_FRAMES", 1)
    write_lots(model, tmp_path, SKETCH, range(2))
    films = Stock(tmp_path, [SKETCH, SKETCH_SCENE], CPU)
    kind, record = drawn(films, 4)
    assert kind == SKETCH.name  # the mix has another kind, which is not there
    assert record["latent"].shape == (5, model.config["ae"]["z"], 3, 4, 4) and record["ids"].shape[0] == 5
    assert films.reuse == pytest.approx(5 / (2 * LEAST_FILMS))
    again = drawn(Stock(tmp_path, [SKETCH], CPU), 4)[1]
    assert all(torch.equal(record[name].nan_to_num(), again[name].nan_to_num()) for name in record)

    files = sorted(tmp_path.glob("*/*.pt"))
    contents = [path.read_bytes() for path in files]
    files[1].unlink()
    write_lots(model, tmp_path, SKETCH, range(2))
    assert [path.read_bytes() for path in files] == contents
    first, second = (torch.load(path)["cells"] for path in files)
    assert not torch.equal(first, second)


def test_a_stock_grows_while_runs_draw_from_it(
    model: Papercut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "LOT_FRAMES", 1)
    monkeypatch.setattr(stock, "LOOK_AFTER_S", 0.0)
    write_lots(model, tmp_path, SKETCH, range(1))
    films = Stock(tmp_path, [SKETCH, SKETCH_SCENE], CPU)
    write_lots(model, tmp_path, SKETCH_SCENE, range(1))
    assert {drawn(films, seed)[0] for seed in range(20)} == {SKETCH.name, SKETCH_SCENE.name}


def test_it_is_said_what_a_stock_lacks(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no films of still: make some"):
        Stock(tmp_path, [STILL], CPU)
    with pytest.raises(SystemExit, match="stil=3 is no kind of film with a number: kinds are still"):
        stock.main(["model", "--films", "stil=3", "--out", str(tmp_path)])
