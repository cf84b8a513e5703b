"""Training: resumed runs, budgets, and what is exported."""

import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from papercut import checkpoint, export, flow, one_pass, safetensors, train
from papercut.detail import blended, frames_beside
from papercut.films import Prompting, rendered
from papercut.flow import Sampler
from papercut.journal import Journal
from papercut.model import Papercut
from papercut.noise import correlated
from papercut.optimizers import Mean, rate_at
from papercut.presets import PRESETS
from papercut.train_autoencoder import HELD, RefiningStage
from papercut.train_transformer import FlowLoss, guided_velocity, spread_positions, training_levels
from papercut.trainer import Budget, Run, Stage, Trainer, precision
from papercut.transformer import Transformer, sinusoid
from papercut.world import Scope

pytestmark = pytest.mark.usefixtures("short_training")


def run(out: Path, stage: str, steps: int, *more: str) -> None:
    train.main([*f"--preset toy --scope core --stage {stage} --steps {steps} --out {out}".split(), *more])


def weights(out: Path, stage: str) -> dict[str, torch.Tensor]:
    return checkpoint.load(out / stage)[0]


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for stage in train.STAGES:
        # A schedule goes by the budget, which is the same for both.
        run(whole, stage, 4, "--resume")
        interrupt_after(2, lambda: run(broken, stage, 4, "--resume"))
        assert checkpoint.load(broken / stage)[1]["step"] == 2
        run(broken, stage, 4, "--resume")
        expected, ours = weights(whole, stage), weights(broken, stage)
        assert expected.keys() == ours.keys()
        for name, tensor in expected.items():
            assert torch.equal(tensor, ours[name]), f"{stage}: {name}"


def test_a_transformer_trained_further_is_distilled_anew(tmp_path: Path) -> None:
    for stage, steps in (("autoencoder", 1), ("transformer", 1), ("distillation", 2)):
        run(tmp_path, stage, steps, "--resume")
    first = checkpoint.load(tmp_path / train.TEACHER)[0]
    run(tmp_path, "transformer", 3, "--resume")
    run(tmp_path, "distillation", 1, "--resume")
    second = checkpoint.load(tmp_path / train.TEACHER)[0]
    assert any(not torch.equal(x, second[name]) for name, x in first.items())
    assert checkpoint.load(tmp_path / "distillation")[1]["step"] == 1


def test_the_mode_of_few_steps_learns_what_guidance_makes_of_two_passes() -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    torch.manual_seed(3)
    for parameter in model.denoiser.parameters():
        nn.init.normal_(parameter, std=0.2)
    x = torch.randn(2, 20, 3, 4, 4)
    ids = torch.tensor([[[5, 6, 2], [7, 2, 0]], [[8, 2, 0], [2, 0, 0]]])
    shots = torch.tensor([[0, 0, 1], [0, 1, 1]])
    positions = torch.arange(3).repeat(2, 1)
    t = torch.full((2,), 400.0)
    ours = guided_velocity(model.denoiser, x, t, ids, shots, positions, 3.5)
    with torch.no_grad(), precision(x.device):
        expected = Sampler(model.denoiser, ids, shots, 2).velocity(x, 0.4, 3.5)
        unguided = Sampler(model.denoiser, ids, shots, 2).velocity(x, 0.4)
    torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-4)
    assert (ours - unguided).abs().max() > 1e-2


def interrupt_after(steps: int, action: Callable[[], None]) -> None:
    """Saves and stops a run after so many steps, as a kill soon after a checkpoint does."""
    take = Trainer._take_step

    def take_and_stop(self: Trainer, progress: float) -> None:
        take(self, progress)
        if self.step == steps:
            self.save()
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_take_step", take_and_stop)
        with pytest.raises(KeyboardInterrupt):
            action()


class Slope(Stage):
    """The smallest thing to train."""

    name = "slope"

    def __init__(self, pause: float) -> None:
        self.network = nn.Linear(1, 1, bias=False)
        self.optimizers = [torch.optim.AdamW(self.network.parameters(), lr=0.1)]
        self.ema = 0.9
        self.pause = pause

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, dict[str, float]]:
        time.sleep(self.pause)
        broken = math.nan if step == 1 else 1.0
        return broken * (self.network.weight - 3).square().sum(), {}


def run_in(folder: Path, resume: bool = False) -> Run:
    journal = Journal(folder / "log.jsonl")
    return Run(folder, torch.device("cpu"), journal, math.inf, resume, lambda *_: None)


def test_a_stage_stops_when_its_time_is_over_and_counts_it_over_resumptions(tmp_path: Path) -> None:
    stage = Slope(pause=0.02)
    first = Trainer(stage, run_in(tmp_path), Budget(seconds=0.3))
    first.train()
    assert first.seconds >= 0.3
    # Steps are counted, not timed: a step may take long on a busy machine, but at least its pause.
    assert 0 < first.step <= 0.3 / 0.02 + 1
    again = Trainer(Slope(pause=0.02), run_in(tmp_path, resume=True), Budget(seconds=0.3))
    again.train()
    assert again.step == first.step
    longer = Trainer(Slope(pause=0.02), run_in(tmp_path, resume=True), Budget(seconds=0.6))
    longer.train()
    assert first.step < longer.step <= first.step + (0.6 - 0.3) / 0.02 + 1


def test_a_step_without_a_finite_gradient_changes_nothing(tmp_path: Path) -> None:
    stage = Slope(pause=0)
    trainer = Trainer(stage, run_in(tmp_path), Budget(steps=4))
    trainer.train()
    assert torch.isfinite(stage.network.weight).all()
    events = [json.loads(line)["event"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert events.count("skipped") == 1
    assert trainer.mean.updates == 3


def test_rates_rise_hold_and_fall_with_the_budget() -> None:
    assert rate_at(0, 0, 10) == pytest.approx(0.1)
    assert rate_at(0.2, 100, 10) == 1
    assert rate_at(0.6, 100, 10) > rate_at(0.8, 100, 10) > rate_at(1, 100, 10) > 0


def test_the_mean_forgets_the_first_weights() -> None:
    network = nn.Linear(1, 1, bias=False)
    mean = Mean(network, 0.999)
    nn.init.constant_(network.weight, 5.0)
    for _ in range(60):
        mean.update(network)
    assert mean.weights["weight"].item() == pytest.approx(5, abs=0.01)


def test_an_exported_model_is_the_trained_one_in_half_precision(tmp_path: Path) -> None:
    preset = PRESETS["toy"]
    model = Papercut.untrained(preset, Scope.CORE)
    model.mean = torch.linspace(-1, 1, len(model.mean))
    model.facts |= {"psnr": 30.0, "few_steps": {"steps": 4, "shift": 3.0}}
    model.save(tmp_path / "run" / train.MODEL)
    out = tmp_path / "model"
    assert export.main([str(tmp_path / "run"), str(out), "--notes", "Trained for nothing."]) == 0

    loaded = Papercut.load(out)
    for name, network in model.networks().items():
        for key, tensor in network.state_dict().items():
            assert torch.equal(loaded.networks()[name].state_dict()[key], tensor.half().float()), key
    assert torch.equal(loaded.mean, model.mean)
    assert loaded.vocabulary == model.vocabulary
    config = json.loads((out / "config.json").read_text())
    film, fast, draft = config["sampler"]["presets"]
    assert fast == {**film, "name": "Fast", "steps": 6}
    assert film["steps"] == 10 and film["solver"] == "adams" and "time_offset" not in film
    assert draft["steps"] == 4 and draft["solver"] == "euler" and draft["time_offset"] == 1000
    manifest = json.loads((out / "manifest.json").read_text())
    assert set(manifest["files"]) == {"config.json", "vocab.json", "dit.safetensors", "ae.safetensors"}
    assert "Trained for nothing." in (out / "MODEL_CARD.md").read_text()


def test_a_mode_of_one_pass_serves_films_and_drafts() -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    model.facts["one_pass"] = {"steps": 6, "shift": 3.0}
    sampler = export.config_of(model)["sampler"]
    presets = sampler["presets"]
    assert [preset["steps"] for preset in presets] == [6, 10, 4]
    assert [preset["guidance"] for preset in presets] == [1, 3.5, 1]
    assert sampler["cfg"] == 1
    assert not any("time_offset" in preset for preset in presets)
    assert sampler["one_pass"] == {"time_offset": 1000}


def test_adams_is_exact_where_the_velocity_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sampler, "velocity", lambda self, x, sigma, *_: torch.tensor(3 - 2 * sigma))
    sampler = object.__new__(Sampler)
    levels = flow.noise_levels(7, 3.0)
    whole = [3 * level - level**2 for level in levels]
    start = torch.tensor(5.0)
    first = start + (levels[1] - 1) * (3 - 2)
    x = sampler.run(start, levels, solver=flow.Solver.ADAMS)
    assert float(x) == pytest.approx(float(first) - whole[1], abs=1e-5)
    assert float(sampler.run(start, levels)) == pytest.approx(float(x), abs=0.3)
    assert float(sampler.run(start, levels)) != pytest.approx(float(x), abs=0.01)


def test_noise_is_alike_in_neighbouring_frames_of_a_shot_alone() -> None:
    noise = torch.randn(2, 3, 5, 60, 70, generator=torch.Generator().manual_seed(2))
    shots = torch.tensor([[0, 0, 0, 1, 1], [0, 1, 1, 1, 1]])
    assert correlated(noise, shots, 0) is noise
    alike = correlated(noise, shots, 0.8)
    for film, of_frames in enumerate(shots.tolist()):
        for one in range(5):
            for other in range(5):
                expected = 0.8 ** abs(one - other) if of_frames[one] == of_frames[other] else 0
                found = (alike[film, :, one] * alike[film, :, other]).mean().item()
                assert found == pytest.approx(expected, abs=0.05), (film, one, other)
    starts = [alike[film, :, frame] - noise[film, :, frame] for film, frame in ((0, 0), (0, 3), (1, 0), (1, 1))]
    assert not any(difference.any() for difference in starts)


def test_moved_times_begin_as_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pass, "TIME_STEPS", 800)
    torch.manual_seed(5)
    teacher = Papercut.untrained(PRESETS["toy"], Scope.CORE).denoiser.transformer
    student = copy.deepcopy(teacher)
    t = torch.linspace(0, 999, 40)

    def error(moved: float) -> float:
        wanted = teacher.time_embedding(sinusoid(t, 256))
        got = student.time_embedding(sinusoid(t + moved, 256))
        return float(((got - wanted).norm() / wanted.norm()).detach())

    before = error(1000.0)
    one_pass.learn_moved_times(student, teacher)
    assert error(1000.0) < before / 4
    assert error(0.0) < before / 4


def test_guidance_in_one_pass_is_learnt_in_the_words_that_the_model_has(tmp_path: Path) -> None:
    for stage in ("autoencoder", "transformer"):
        run(tmp_path / "first", stage, 1, "--resume")
    model = Papercut.load(tmp_path / "first" / train.MODEL)
    model.learn_words(model.vocabulary[:-40], 45)
    model.save(tmp_path / "fewer")
    run(tmp_path / "second", "one_pass", 2, "--init", str(tmp_path / "fewer"))
    learnt = Papercut.load(tmp_path / "second" / train.MODEL)
    assert learnt.vocabulary == model.vocabulary
    assert learnt.facts["one_pass"] == {"steps": 4, "shift": 3.0}
    assert "one_pass" in export.config_of(learnt)["sampler"]
    prompting = Prompting(model.vocabulary, model.config["text_encoder"])
    kind = next(iter(PRESETS["toy"].one_pass.films))
    film = rendered(kind, Scope.CORE, prompting, 3)
    assert not (film["ids"] == model.config["text_encoder"]["unk"]).any()


def test_a_decoder_is_trained_on_alone(tmp_path: Path) -> None:
    for stage in ("autoencoder", "transformer"):
        run(tmp_path / "first", stage, 1, "--resume")
    first = Papercut.load(tmp_path / "first" / train.MODEL)
    run(tmp_path / "second", "decoder", 2, "--init", str(tmp_path / "first" / train.MODEL))
    second = Papercut.load(tmp_path / "second" / train.MODEL)
    assert torch.equal(second.mean, first.mean) and torch.equal(second.deviation, first.deviation)
    for name, old in first.autoencoder.state_dict().items():
        same = torch.equal(second.autoencoder.state_dict()[name], old)
        assert same or not name.startswith("encoder."), name
    weight = "decoder.conv_in.weight"
    assert not torch.equal(second.autoencoder.state_dict()[weight], first.autoencoder.state_dict()[weight])
    kept = first.denoiser.state_dict()
    assert all(torch.equal(x, kept[name]) for name, x in second.denoiser.state_dict().items())


def test_an_autoencoder_is_refined_and_latents_stay_near_what_they_were(tmp_path: Path) -> None:
    for stage in ("autoencoder", "transformer"):
        run(tmp_path / "first", stage, 1, "--resume")
    first = Papercut.load(tmp_path / "first" / train.MODEL)
    command = "refining", "--init", str(tmp_path / "first" / train.MODEL)
    run(tmp_path / "second", command[0], 1, *command[1:])
    run(tmp_path / "second", command[0], 3, "--resume")
    second = Papercut.load(tmp_path / "second" / train.MODEL)
    assert torch.equal(second.mean, first.mean) and torch.equal(second.deviation, first.deviation)
    kept = first.denoiser.state_dict()
    assert all(torch.equal(x, kept[name]) for name, x in second.denoiser.state_dict().items())
    weights, before = second.autoencoder.state_dict(), first.autoencoder.state_dict()
    for weight in ("encoder.conv_in.weight", "decoder.conv_in.weight"):
        assert not torch.equal(weights[weight], before[weight])
    # What it is held to is what the run began with, also after it was resumed.
    held, _ = checkpoint.load(tmp_path / "second" / "refining")
    for name, x in first.autoencoder.encoder.state_dict().items():
        assert torch.equal(held[f"weights.before.{name}"].float(), x), name


def test_latents_are_held_by_how_far_they_are_from_before() -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    model.deviation = torch.full_like(model.deviation, 2.0)
    stage = RefiningStage(model, PRESETS["toy"].autoencoder, films=None, seed=1)
    frames = torch.rand(1, 5, 3, 64, 64) * 2 - 1
    latent = stage.encoded(frames).detach()
    assert float(stage.wish(frames, latent)[0]) == 0
    wish, facts = stage.wish(frames, latent + 1)
    assert float(facts["moved"]) == pytest.approx(0.5) and float(wish) == pytest.approx(HELD / 4)


def test_the_encoder_is_left_out_where_there_is_no_room_and_then_nobody_trains_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    export.write_model(model, tmp_path / "all")
    monkeypatch.setattr(export, "MOST_BYTES", export.size_of(tmp_path / "all") - 1)
    assert export.write_model(model, tmp_path / "less") == ["the encoder"]
    assert export.size_of(tmp_path / "less") <= export.MOST_BYTES
    kept = safetensors.load(tmp_path / "less" / "ae.safetensors")
    assert not any(name.startswith("encoder.") for name in kept)
    with pytest.raises(SystemExit, match="no encoder"):
        train.main(f"--preset toy --scope core --steps 1 --init {tmp_path}/less --out {tmp_path}/run".split())


def test_a_model_with_other_words_keeps_what_it_knows() -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    old = model.denoiser.text_encoder.token_embedding.weight.detach().clone()
    words = model.vocabulary
    sketch = model.denoiser.transformer.sketch
    assert sketch
    torch.nn.init.normal_(sketch.words.weight)
    saying = sketch.words.weight.detach().clone()
    model.learn_words([*words[:3], "zebra", *words[3:]], 20)
    assert torch.equal(sketch.words.weight[4:], saying[3:]) and not sketch.words.weight[3].any()
    assert model.config["dit"]["sketch_words"] == len(words) + 1
    new = model.denoiser.text_encoder.token_embedding.weight
    assert torch.equal(new[4:], old[3:])
    # As far from the unknown word as words are from each other.
    assert (new[3] - old[1]).norm() > 0.5 * (old[5] - old[1]).norm()
    assert model.config["text_encoder"]["vocab"] == len(words) + 1


def test_convolutions_over_cells_change_nothing_until_they_are_trained() -> None:
    torch.manual_seed(1)
    config = {name: x for name, x in PRESETS["toy"].dit.items() if not name.startswith("detail")}
    transformer = Transformer(config)
    torch.nn.init.normal_(transformer.head.head.weight)
    latent = torch.randn(2, config["z"], 3, 4, 6)
    text, real = torch.randn(2, 2, 5, config["text_dim"]), torch.ones(2, 2, 5, dtype=torch.bool)
    shots = torch.tensor([[0, 0, 1]] * 2)

    def velocity() -> torch.Tensor:
        return transformer(latent, torch.tensor([300.0, 700.0]), text, real, shots)[0]

    before = velocity()
    transformer.add_detail(12)
    assert torch.equal(velocity(), before)
    for last in (transformer.detail.to_tokens, transformer.detail.velocity):
        torch.nn.init.normal_(last.weight, std=0.1)
    changed = velocity()
    assert not torch.allclose(changed, before, atol=1e-3)

    # What is drawn in a cell goes by what is seen in the cells around it, in the same frame alone.
    with torch.no_grad():
        transformer.detail.to_tokens.weight.zero_()
        transformer.head.head.weight.zero_()
        transformer.detail.of_tokens.weight.zero_()
        still = velocity()
        latent[:, :, 1, 0, 0] += 1
        moved = (velocity() - still).abs().amax((0, 1)) > 1e-6
    assert moved[1, :3, :3].all() and not moved[0].any() and not moved[2].any()

    # Blended, also by what is seen in the frames around, but for those of another shot.
    before = velocity()
    transformer.widen_detail(2, 1)
    assert torch.equal(velocity(), before)
    with torch.no_grad():
        transformer.detail.blend += 0.1
        still = velocity()
        latent[:, :, 1, 0, 0] += 1
        moved = (velocity() - still).abs().amax((0, 1)) > 1e-6
    assert moved[:2, :3, :3].all() and not moved[2].any()

    # Further layers see further.
    torch.nn.init.normal_(transformer.detail.residuals[0].conv2.weight, std=0.1)
    with torch.no_grad():
        still = velocity()
        latent[:, :, 1, 0, 0] += 1
        moved = (velocity() - still).abs().amax((0, 1)) > 1e-6
    assert moved[:2, :, 5].any() and not moved[2].any()


def test_frames_are_blended_with_those_of_their_shot() -> None:
    shots = torch.tensor([[0, 0, 0, 1], [0, 1, 2, 2]])
    beside = frames_beside(shots, 2)
    assert beside.tolist() == [
        [0, 1, 0, 3, 4, 5, 6, 7],
        [0, 0, 1, 3, 4, 5, 6, 6],
        [1, 2, 2, 3, 4, 5, 7, 7],
        [2, 1, 2, 3, 4, 5, 6, 7],
    ]
    x = torch.arange(8.0).view(8, 1, 1, 1).expand(8, 2, 1, 1)
    weight = torch.tensor([[0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 1.0]]).T
    y = blended(x, weight, beside)[:, :, 0, 0]
    assert y[:, 0].tolist() == [0, 0.5, 1.5, 3, 4, 5, 6, 6.5]
    assert y[:, 1].tolist() == [2.25, 1.25, 2, 3, 4, 5, 6.25, 7]


def test_small_subjects_weigh_more() -> None:
    preset = PRESETS["toy"]
    model = Papercut.untrained(preset, Scope.CORE)
    torch.nn.init.normal_(model.autoencoder.decoder.lin_w)  # by which channels are weighed
    loss = FlowLoss(model, preset.transformer)
    z = preset.dit["z"]

    def share_of_subject(cells: int) -> float:
        """How much of the weight falls on a frame's subject of so many cells out of a hundred."""
        covered = torch.zeros(1, 1, 10, 10)
        covered.view(-1)[:cells] = 255
        films = {"cells": covered, "carried": torch.zeros_like(covered)}
        error = (covered > 0).float()[:, None].expand(1, z, 1, 10, 10)
        return float(loss.weighted(error, films))

    subject = preset.transformer.subject
    assert share_of_subject(40) == pytest.approx((1 + subject) * 40 / (100 + subject * 40), rel=1e-5)
    assert share_of_subject(4) == pytest.approx((4 + 8 * 2.5**0.5) / (100 + 8 * 2.5**0.5))
    assert share_of_subject(1) == pytest.approx((1 + subject * 3) / (100 + subject * 3), rel=1e-5)
    assert share_of_subject(0) == 0


def test_noise_levels_of_a_batch_are_spread_up_to_pure_noise() -> None:
    generator = torch.Generator().manual_seed(4)
    levels = training_levels(40, flow.SHIFT_TOKENS, generator)
    assert not torch.equal(levels, levels.sort().values)
    shift = 2 * flow.SHIFT
    # One of every fortieth of the range that the shift makes of an even one.
    before = levels.sort().values / (shift - (shift - 1) * levels.sort().values)
    assert (before * 40).floor().tolist() == list(range(40))
    assert torch.cat([training_levels(3, 60, generator) for _ in range(100)]).max() > 0.99


def test_spread_films_reach_a_minute_and_keep_distances_inside_shots() -> None:
    shots = torch.tensor([[0, 0, 1, 1, 1, 2]] * 200)
    positions = spread_positions(shots, 0.5, torch.Generator().manual_seed(3))
    steps = positions.diff(dim=1)
    inside = shots.diff(dim=1) == 0
    assert (steps[inside] == 1).all() and (steps >= 1).all()
    assert 200 < positions.max() <= 360
    assert 0.3 < ((steps == 1).all(1)).float().mean() < 0.9


def test_an_export_takes_the_autoencoder_of_a_run_that_has_the_same_latents(tmp_path: Path) -> None:
    for stage in ("autoencoder", "transformer"):
        run(tmp_path / "first", stage, 1, "--resume")
    run(tmp_path / "second", "decoder", 2, "--init", str(tmp_path / "first" / train.MODEL))
    first = tmp_path / "first" / train.MODEL
    second = tmp_path / "second" / train.MODEL
    export.main([str(first), str(tmp_path / "out"), "--autoencoder", str(second)])
    exported, transformer, decoder = map(Papercut.load, (tmp_path / "out", first, second))
    for name, tensor in decoder.autoencoder.state_dict().items():
        assert torch.equal(exported.autoencoder.state_dict()[name], tensor), name
    for name, tensor in transformer.denoiser.state_dict().items():
        assert torch.equal(exported.denoiser.state_dict()[name], tensor), name
    assert exported.facts["steps"] == {"autoencoder": 1, "transformer": 1, "decoder": 2}
    assert exported.facts["psnr"] == decoder.facts["psnr"]

    other = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    other.save(tmp_path / "other")
    with pytest.raises(SystemExit, match="does not fit"):
        export.main([str(first), str(tmp_path / "out"), "--autoencoder", str(tmp_path / "other")])
