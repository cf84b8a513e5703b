"""What probes ask: facts of films, answers that can be wrong, and a text encoder that learns from them."""

import math
from pathlib import Path

import torch

from papercut.attributes import ATTRIBUTES, UNKNOWN, Probes, shown_and_told
from papercut.films import Prompting
from papercut.journal import Journal
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.train_words import WordsStage
from papercut.trainer import Budget, Run, Trainer
from papercut.world import Scope, draw_film

COLUMN = {name: column for column, name in enumerate(ATTRIBUTES)}


def test_facts_are_of_every_shot_and_told_only_where_said() -> None:
    unsaid = 0
    for seed in range(30):
        film = draw_film(seed=seed, scope=Scope.FULL, latent_frames=9, shots=3)
        shown, told = shown_and_told(film, 4)
        assert (shown[3] == UNKNOWN).all() and (told[3] == UNKNOWN).all()
        for row, shot in enumerate(film.shots):
            assert shown[row, COLUMN["place"]] == shot.place
            for number, role in enumerate(shot.roles):
                expected = UNKNOWN if role is None else film.subjects[number].colour
                assert shown[row, COLUMN[f"colour{number}"]] == expected
            for name, column in COLUMN.items():
                assert told[row, column] == (shown[row, column] if name in shot.said else UNKNOWN)
                unsaid += shown[row, column] != UNKNOWN and name not in shot.said
    assert unsaid > 30


def test_words_are_read_alike_in_any_precision() -> None:
    """Scores that are not scaled down are too large for bfloat16, which halved the gradient of the first layer."""
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    ids = torch.randint(2, 40, (3, 12))
    features, _ = model.denoiser.text_encoder(ids)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside, _ = model.denoiser.text_encoder(ids)
    assert torch.equal(features, inside)


def test_entropies_leave_out_padding_and_what_is_unknown() -> None:
    torch.manual_seed(1)
    probes = Probes(6, 5)
    text, real = torch.randn(2, 4, 6), torch.tensor([[True, True, False, False], [True, True, True, True]])
    told = torch.full((2, len(ATTRIBUTES)), UNKNOWN, dtype=torch.int8)
    assert probes.of_words(text, real, told) == 0
    told[0, COLUMN["time"]] = 2
    entropy = probes.of_words(text, real, told)
    # Nothing that the padding or the silent prompt holds changes it.
    other = text.clone()
    other[0, 2:] = 9
    other[1] = -9
    assert torch.equal(probes.of_words(other, real, told), entropy)
    other[0, 1] += 1
    assert not torch.equal(probes.of_words(other, real, told), entropy)


def test_entropy_of_silent_probes_is_of_even_chances() -> None:
    probes = Probes(6, 5)
    for parameter in probes.parameters():
        torch.nn.init.zeros_(parameter)
    shown = torch.full((1, 3, len(ATTRIBUTES)), UNKNOWN, dtype=torch.int8)
    shown[..., COLUMN["time"]] = 1
    shown[0, 0, COLUMN["weather"]] = 3
    entropy = probes.of_tokens(torch.randn(1, 3, 5), shown, torch.zeros(1, 3))
    # Four times of day and four weathers, and covered or not.
    assert math.isclose(entropy.item(), math.log(4) + math.log(2), rel_tol=1e-5)


def test_words_are_learnt_from_captions_alone(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(3)
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    before = {name: x.clone() for name, x in model.denoiser.state_dict().items()}
    config = model.config["text_encoder"]
    stage = WordsStage(
        model, Probes(config["dim"], 8), PRESETS["toy"].words, Prompting(model.vocabulary, config), seed=5
    )
    stage.warm_steps = 5
    untaught = stage.right()
    run = Run(tmp_path, torch.device("cpu"), Journal(tmp_path / "log", silent=True), 1e9, False, lambda *_: None)
    trainer = Trainer(stage, run, Budget(steps=60))
    stage.network.load_state_dict(trainer.train())
    taught = stage.right()
    assert taught["kind0"] > untaught["kind0"] + 0.3
    assert taught["colour0"] > untaught["colour0"] + 0.3
    kept = stage.of_model(trainer.mean.weights)
    assert kept.keys() == before.keys()
    # The transformer is untouched.
    assert all(torch.equal(kept[name], x) for name, x in before.items() if name.startswith("transformer."))
    assert any(not torch.equal(kept[name], x) for name, x in before.items())
