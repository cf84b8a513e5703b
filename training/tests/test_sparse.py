"""What groups are taught by dense attention."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from papercut import checkpoint, sparse, train
from papercut.film_kinds import FilmKind
from papercut.films import Direct, Prompting
from papercut.layout import Mode
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.sparse import SparseStage
from papercut.train_transformer import latents_of
from papercut.world import Scope

pytestmark = pytest.mark.usefixtures("short_training")


def train_stage(out: Path, stage: str, steps: int, *more: str) -> None:
    train.main([*f"--preset toy --scope core --stage {stage} --steps {steps} --out {out}".split(), *more])


def stage_of(**settings: object) -> SparseStage:
    """The stage of a model that has learnt nothing, but whose velocities are not zero."""
    torch.manual_seed(4)
    preset = PRESETS["toy"]
    model = Papercut.untrained(preset, Scope.CORE)
    for weight in (model.denoiser.transformer.head.head.weight, model.autoencoder.decoder.lin_w):
        torch.nn.init.normal_(weight, std=0.1)
    films = Direct(Scope.CORE, Prompting(model.vocabulary, model.config["text_encoder"]), latents_of(model))
    return SparseStage(model, replace(preset.sparse, **settings), preset.transformer, films, seed=1)


def test_groups_are_taught_what_dense_attention_does(tmp_path: Path) -> None:
    for stage in ("autoencoder", "transformer"):
        train_stage(tmp_path / "first", stage, 2, "--resume")
    first = Papercut.load(tmp_path / "first" / train.MODEL)
    train_stage(tmp_path / "second", "sparse", 1, "--init", str(tmp_path / "first" / train.MODEL))
    train_stage(tmp_path / "second", "sparse", 3, "--resume")
    second = Papercut.load(tmp_path / "second" / train.MODEL)
    assert second.facts["one_pass"] == first.facts["one_pass"]
    assert second.facts["steps"]["sparse"] == 3
    weight = "transformer.blocks.0.self_attn.q.weight"
    kept = first.denoiser.state_dict()
    assert not torch.equal(second.denoiser.state_dict()[weight], kept[weight])
    # Who teaches is what the run began with, also after it was resumed.
    teacher, _ = checkpoint.load(tmp_path / "second" / train.TEACHER)
    assert all(torch.equal(x.half(), kept[name].half()) for name, x in teacher.items())


def test_groups_that_see_all_lack_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    as_groups = {"DENSE": Mode.MOGA, "DENSE_ALONE": Mode.MOGA_ALONE, "MOGA": Mode.MOGA, "MOGA_ALONE": Mode.MOGA_ALONE}
    monkeypatch.setattr(sparse, "Mode", SimpleNamespace(**as_groups))
    for few in (0.0, 1.0):
        stage = stage_of(few=few, others=1.0)
        with torch.no_grad():
            assert float(stage.loss(0, 0.0)[1]["lacking"]) < 1e-5
            for parameter in stage.network.transformer.head.head.parameters():
                parameter.mul_(1.5)
            # Half of what the network gives, and a little less of velocities, which also have what is expected of a guess.
            assert 0.3 < float(stage.loss(0, 0.0)[1]["lacking"]) < 0.52


def test_what_others_change_is_learnt_stronger_than_it_is() -> None:
    def lacking(others: float) -> float:
        with torch.no_grad():
            return float(stage_of(films={FilmKind("own", 64, 64, 4, (2, 2)): 1.0}, others=others).loss(0, 0.0)[1]["error"])

    apart = [lacking(others) ** 0.5 for others in (10.0, 20.0, 30.0)]
    assert apart[2] - apart[1] == pytest.approx(apart[1] - apart[0], rel=0.05)
    assert apart[1] > 1.3 * apart[0]


@pytest.mark.parametrize("shots", [(1, 1), (2, 2)])
def test_films_of_one_shot_stay_what_they_are(shots: tuple[int, int]) -> None:
    stage = stage_of(films={FilmKind("own", 64, 64, 4, shots): 1.0})
    with torch.no_grad():
        lacking = float(stage.loss(0, 0.0)[1]["lacking"])
    assert lacking > 0.001 if shots[1] > 1 else lacking < 1e-5
