"""The training of the sketch."""

import json
from pathlib import Path

import pytest
import torch

from papercut import checkpoint, train
from papercut.presets import PRESETS
from papercut.sketch import VALUES, answers_of, misread, unforeseen, weighed_by_subject
from papercut.transformer import FEW_STEPS_OFFSET, expected_velocity, sigma_of

pytestmark = pytest.mark.usefixtures("short_training")


def run(out: Path, stage: str, steps: int) -> None:
    train.main(f"--preset toy --scope peopled --stage {stage} --steps {steps} --out {out} --resume".split())


def test_a_sketch_comes_nearer_to_films_and_changes_nothing_else(tmp_path: Path) -> None:
    run(tmp_path, "autoencoder", 2)
    before = checkpoint.load(tmp_path / "model")[0]
    run(tmp_path, "sketch", 1)
    run(tmp_path, "sketch", 60)
    after = checkpoint.load(tmp_path / "model")[0]
    for name, weights in after.items():
        assert torch.equal(weights, before[name]) != (".sketch." in name), name
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    first, last = (line for line in lines if line["event"] == "sketched")
    assert last["off"] < first["off"] and last["off_subject"] < first["off_subject"]
    told = [line["reading"] for line in lines if "reading" in line]
    assert told[-1] < 0.9 * told[0]


def test_prompts_are_misread_by_the_attributes_that_they_say_and_do_not_say() -> None:
    told = torch.full((1, 2, 10), -1, dtype=torch.int8)
    told[0, 0, 0] = 3  # a kind in the first shot, and nothing else
    answers = answers_of(told)
    assert answers[0].tolist() == [[3, VALUES[0] - 1]] and answers[1].tolist() == [[VALUES[1] - 1] * 2]
    right = [torch.nn.functional.one_hot(answer, values) * 30.0 for answer, values in zip(answers, VALUES)]
    assert misread(right, told) == pytest.approx(0, abs=1e-6)
    right[0][0, 0] = 0
    expected = torch.tensor(float(VALUES[0])).log() / 2 / len(VALUES)
    assert misread(right, told) == pytest.approx(float(expected), rel=1e-4)


def test_cells_of_subjects_weigh_more() -> None:
    error, covered = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    assert weighed_by_subject(error, covered) == pytest.approx(1.15 / 1.3)
    assert weighed_by_subject(error, 1 - covered) == pytest.approx(0.15 / 1.3)


def test_every_preset_gives_every_stage_a_share() -> None:
    for preset in PRESETS.values():
        assert len(preset.shares) == len(train.STAGES) and sum(preset.shares) == pytest.approx(1)


def test_doubt_is_the_logarithm_of_squared_errors() -> None:
    error = torch.tensor([0.5, 2.0]).repeat(50, 1)
    doubt = error.log().mean(0).requires_grad_()
    unforeseen(error, doubt.expand_as(error)).backward()
    assert doubt.grad is not None and doubt.grad.tolist() == pytest.approx([0, 0], abs=1e-6)
    more = unforeseen(error, doubt.expand_as(error) + 0.3)
    assert more > unforeseen(error, doubt.expand_as(error)) and not error.requires_grad


def test_velocities_around_a_guess_are_those_of_normal_films() -> None:
    torch.manual_seed(4)
    guess, doubt, sigma = torch.tensor(0.7), torch.tensor(-1.2), torch.tensor(0.6)
    clean = guess + (doubt / 2).exp() * torch.randn(400_000)
    noise = torch.randn_like(clean)
    latent = (1 - sigma) * clean + sigma * noise
    near = (latent - 0.9).abs() < 0.02
    velocities = (noise - clean)[near]
    mean, deviation = expected_velocity(torch.tensor(0.9), guess, doubt, sigma)
    assert velocities.mean() == pytest.approx(mean.item(), abs=0.03)
    assert velocities.std() == pytest.approx(deviation.item(), abs=0.03)


def test_few_step_mode_has_the_same_noise() -> None:
    t = torch.tensor([0.0, 250, 1000, FEW_STEPS_OFFSET + 250, FEW_STEPS_OFFSET + 1000])
    assert sigma_of(t).tolist() == pytest.approx([0, 0.25, 1, 0.25, 1])
