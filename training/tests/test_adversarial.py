"""The critic, what it is shown, and what it changes in the network that it criticises."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from papercut import checkpoint, export, train
from papercut.adversarial import (
    MOST_CHANGE,
    REMEMBERED,
    AdversarialStage,
    Replay,
    Shown,
    known_from_prompts,
    steepness,
)
from papercut.attributes import ATTRIBUTES, SIZES, UNKNOWN
from papercut.critic import OF_MOTION, WEIGHTS, Critic, of_frames, of_motion, with_next
from papercut.films import Direct, Prompting
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.train_transformer import latents_of
from papercut.world import Scope

COLUMN = {name: column for column, name in enumerate(ATTRIBUTES)}
TOY = PRESETS["toy"]

pytestmark = pytest.mark.usefixtures("short_training")


def stage_of(model: Papercut) -> AdversarialStage:
    # Errors of a latent's channels count by what they do to the picture.
    torch.nn.init.normal_(model.autoencoder.decoder.lin_w)
    prompting = Prompting(model.vocabulary, model.config["text_encoder"])
    films = Direct(Scope.CORE, prompting, latents_of(model))
    return AdversarialStage(model, TOY.adversarial, TOY.transformer, films, seed=3)


def gradients(stage: AdversarialStage, progress: float) -> dict[str, float]:
    """By network, the size of all gradients of a step."""
    stage.network.zero_grad(set_to_none=True)
    stage.loss(1, progress)[0].backward()
    return {
        name: sum(float(x.grad.abs().sum()) for x in network.parameters() if x.grad is not None)
        for name, network in stage.network.items()
    }


def test_a_frame_is_shown_with_what_changes_until_the_next_of_its_shot() -> None:
    latent = torch.randn(2, 3, 4, 5, 6)
    shots = torch.tensor([[0, 0, 1, 1], [0, 1, 2, 2]])
    frames = with_next(latent, shots).view(2, 4, 6, 5, 6)
    assert torch.equal(frames[:, :, :3], latent.transpose(1, 2))
    for film in range(2):
        for frame in range(4):
            goes_on = frame < 3 and shots[film, frame] == shots[film, frame + 1]
            change = latent[film, :, frame + 1] - latent[film, :, frame] if goes_on else torch.zeros(3, 5, 6)
            assert torch.equal(frames[film, frame, 3:], change)


def test_motion_is_not_to_be_seen_in_a_frame_that_nothing_follows() -> None:
    shots = torch.tensor([[0, 0, 1]])
    of_shots = torch.arange(2 * len(ATTRIBUTES)).view(1, 2, -1)
    first, last, alone = of_frames(of_shots, shots)
    assert torch.equal(first, of_shots[0, 0])
    for name, column in COLUMN.items():
        moves = name in OF_MOTION
        assert last[column] == (UNKNOWN if moves else of_shots[0, 0, column])
        assert alone[column] == (UNKNOWN if moves else of_shots[0, 1, column])


def test_prompts_let_one_know_what_they_or_earlier_ones_say() -> None:
    shown = torch.full((1, 2, len(ATTRIBUTES)), UNKNOWN, dtype=torch.int8)
    told = shown.clone()
    shown[:, :, COLUMN["colour0"]] = told[:, 0, COLUMN["colour0"]] = 4
    shown[:, :, COLUMN["place"]] = 2
    known = known_from_prompts(shown, told)
    assert known[0, :, COLUMN["colour0"]].tolist() == [4, 4]
    assert known[0, :, COLUMN["place"]].tolist() == [UNKNOWN, UNKNOWN]


def test_attributes_count_where_they_are_known_and_by_their_weights() -> None:
    critic = Critic(4, 8)
    _, logits = critic(torch.randn(2, 8, 6, 4), torch.full((2, len(ATTRIBUTES)), UNKNOWN))
    answers = torch.full((2, len(ATTRIBUTES)), UNKNOWN)
    answers[1, COLUMN["kind0"]], answers[1, COLUMN["place"]] = 2, 1
    parts = logits.split(SIZES, -1)
    kind, place = (parts[COLUMN[name]][1] for name in ("kind0", "place"))
    expected = -WEIGHTS["kind0"] * F.log_softmax(kind, -1)[2] - F.log_softmax(place, -1)[1]
    wrong = critic.wrong(logits, answers)
    assert wrong[0] == 0
    torch.testing.assert_close(wrong[1], expected)
    counts = torch.ones(2, len(ATTRIBUTES))
    counts[:, COLUMN["place"]] = 3
    more = critic.wrong(logits, answers, counts)
    torch.testing.assert_close(more[1], expected - 2 * F.log_softmax(place, -1)[1])
    assert critic.right(logits, answers, "place") == float(place.argmax() == 1)


def test_the_critic_compares_with_what_was_asked_for() -> None:
    critic = Critic(4, 8)
    frames = torch.randn(1, 8, 6, 4).expand(2, -1, -1, -1)
    known = torch.full((2, len(ATTRIBUTES)), UNKNOWN)
    score, _ = critic(frames, known)
    torch.testing.assert_close(score[0], score[1])
    known[1, COLUMN["kind0"]] = 3
    score, _ = critic(frames, known)
    assert not torch.isclose(score[0], score[1])


def test_steepness_is_the_squared_gradient() -> None:
    slope = torch.randn(1, 8, 6, 4)

    def plane(frames: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor, None]:
        return (frames * slope).sum((1, 2, 3)), None

    found = steepness(plane, torch.randn(3, 8, 6, 4), torch.zeros(3, 1))
    torch.testing.assert_close(found, slope.square().sum())


def test_a_critic_sees_again_what_it_saw_of_the_same_size() -> None:
    def batch(value: float, width: int) -> Shown:
        frames = torch.full((2, 4, 6, width), value)
        return Shown(frames, frames, torch.full((2, 1), value))

    replay, generator = Replay(), torch.Generator().manual_seed(1)
    assert len(replay.with_earlier(batch(-1, 8), 3, generator).ours) == 2
    assert len(replay.with_earlier(batch(0, 6), 3, generator).ours) == 2
    for value in range(1, REMEMBERED + 9):
        seen = replay.with_earlier(batch(value, 6), 3, generator)
        assert seen.ours.shape == (8, 4, 6, 6) and (seen.ours[:2] == value).all()
        assert max(0, value - REMEMBERED) <= seen.ours[2:].min() and seen.ours[2:].max() < value
        assert torch.equal(seen.known[:, 0], seen.ours[:, 0, 0, 0])


def test_a_critic_reads_first_then_compares_and_teaches_the_network_when_it_is_grown() -> None:
    torch.manual_seed(4)
    stage = stage_of(Papercut.untrained(TOY, Scope.CORE))
    until, _ = TOY.adversarial.reading
    reading = gradients(stage, until - 0.01)
    assert stage._critic.of_fine.weight.grad is None
    young = gradients(stage, TOY.adversarial.critic_alone - 0.01)
    assert stage._critic.of_fine.weight.grad is not None
    assert reading["critic"] > 0 and young["critic"] > 0
    assert reading["denoiser"] == young["denoiser"] == 0
    grown = gradients(stage, TOY.adversarial.critic_alone)
    assert grown["critic"] > 0 and grown["denoiser"] > 0


@pytest.mark.parametrize("level", [0.2, 0.9])
def test_what_the_network_changes_pleases_the_critic(level: float) -> None:
    torch.manual_seed(6)
    stage = stage_of(Papercut.untrained(TOY, Scope.CORE))
    _, films = stage._films.draw(TOY.adversarial.films, lambda _: 2, torch.Generator().manual_seed(1))
    made = torch.randn(films["latent"].shape)
    known = of_frames(known_from_prompts(films["shown"], films["told"]), films["shots"])
    with torch.no_grad():
        encoded, _ = stage._critic(with_next(films["latent"].float(), films["shots"]), known)
    direction = stage._direction(made, level, films["shots"], known, encoded)
    assert all(x.grad is None for x in stage._critic.parameters())

    def disliked(x: torch.Tensor) -> float:
        with torch.no_grad():
            score, logits = stage._critic(with_next(x, films["shots"]), known)
            asked = known.masked_fill(of_motion(known.device), UNKNOWN)
            missed = TOY.adversarial.asking * stage._critic.wrong(logits, asked)
            return float(((1 - level) * F.softplus(encoded - score) + missed).sum())

    assert disliked(made - 0.01 * direction) < disliked(made) < disliked(made + 0.01 * direction)


def test_what_a_prompt_leaves_out_counts_for_more() -> None:
    torch.manual_seed(6)
    stage = stage_of(Papercut.untrained(TOY, Scope.CORE))
    told = torch.full((2, len(ATTRIBUTES)), UNKNOWN)
    told[0, COLUMN["colour0"]] = 4
    counts = stage._counts(told)
    assert counts[:, COLUMN["colour0"]].tolist() == [1, TOY.adversarial.carried]
    # Alone, an attribute that counts for more is asked for more strongly.
    made, shots = torch.randn(1, 20, 2, 4, 4), torch.zeros(1, 2, dtype=torch.long)
    known = torch.full((2, len(ATTRIBUTES)), UNKNOWN)
    known[:, COLUMN["colour0"]] = 4
    told_of, left_out = stage._direction(made, 1.0, shots, known, torch.zeros(2), counts)[0].unbind(1)
    assert float(left_out.norm()) > 1.5 * float(told_of.norm()) > 0


def test_no_film_counts_for_more_than_some_measure() -> None:
    torch.manual_seed(6)
    stage = stage_of(Papercut.untrained(TOY, Scope.CORE))
    made, shots = torch.randn(2, 20, 1, 4, 4), torch.zeros(2, 1, dtype=torch.long)
    known = torch.full((2, len(ATTRIBUTES)), UNKNOWN)
    # The first is far behind what was rendered, the second far ahead of it.
    direction = stage._direction(made, 0.0, shots, known, torch.tensor([50.0, -50.0]))
    for parameter in stage._critic.parameters():
        parameter.data *= 6
    steep = stage._direction(made, 0.0, shots, known, torch.tensor([1e6, -1e6]))
    size, capped = (x.square().mean((1, 2, 3, 4)).sqrt() for x in (direction, steep))
    assert 0 < size[0] < MOST_CHANGE and capped[0] == pytest.approx(MOST_CHANGE)
    assert size[1] < 1e-6 and capped[1] < 1e-6


def test_a_finished_model_is_trained_on_and_keeps_its_modes(tmp_path: Path) -> None:
    command = f"--preset toy --scope core --steps 4 --out {tmp_path}/second --stage adversarial".split()
    for stage in ("autoencoder", "transformer"):
        train.main(f"--preset toy --scope core --stage {stage} --steps 1 --resume --out {tmp_path}/first".split())
    first = Papercut.load(tmp_path / "first" / train.MODEL)
    train.main([*command, "--init", str(tmp_path / "first" / train.MODEL)])
    second = Papercut.load(tmp_path / "second" / train.MODEL)
    assert second.facts["one_pass"] == first.facts["one_pass"]
    assert second.denoiser.state_dict().keys() == first.denoiser.state_dict().keys()
    now = second.denoiser.state_dict()
    assert not all(torch.equal(x, now[key]) for key, x in first.denoiser.state_dict().items())
    assert not any("critic" in key for key in checkpoint.load(tmp_path / "second" / train.MODEL)[0])
    assert "one_pass" in export.config_of(second)["sampler"]
