"""What prompts let one know of later shots, and a loss on captions without pictures that the first half learns from."""

from dataclasses import replace

import numpy as np
import torch

from papercut.attributes import ATTRIBUTES, UNKNOWN, Probes
from papercut.film_kinds import SKETCH
from papercut.films import Prompting
from papercut.model import Papercut
from papercut.presets import PRESETS
from papercut.recall import Recall, captions, carried_over
from papercut.world import Scope

COLUMN = {name: column for column, name in enumerate(ATTRIBUTES)}
KIND, COLOUR, PLACE = (COLUMN[name] for name in ("kind0", "colour0", "place"))


def test_carried_is_what_an_earlier_caption_told_and_is_still_so() -> None:
    shown = np.full((4, len(ATTRIBUTES)), UNKNOWN, np.int8)
    told = shown.copy()
    shown[:, COLOUR] = told[0, COLOUR] = 5
    # Told again, and never told where it is not shown.
    told[2, COLOUR] = 5
    shown[1:, KIND], told[1, KIND] = 3, 3
    # The place changes without a word, so that nobody can know it; then back.
    shown[:, PLACE] = [1, 2, 2, 1]
    told[0, PLACE] = 1
    carried = carried_over(shown, told)
    assert carried[:, COLOUR].tolist() == [UNKNOWN, 5, UNKNOWN, 5]
    assert carried[:, KIND].tolist() == [UNKNOWN, UNKNOWN, 3, 3]
    assert carried[:, PLACE].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, 1]


def test_captions_of_films_leave_colours_to_be_carried() -> None:
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    prompting = Prompting(model.vocabulary, model.config["text_encoder"])
    ids, told, carried = captions(prompting, Scope.CORE, first=9, count=12, shots=3)
    assert ids.shape[:2] == (12, 3) and told.shape == carried.shape == (12, 3, len(ATTRIBUTES))
    assert (carried[:, 0] == UNKNOWN).all() and (carried[:, 1:, COLOUR] != UNKNOWN).any()
    assert not ((told != UNKNOWN) & (carried != UNKNOWN)).any()
    again = captions(prompting, Scope.CORE, first=9, count=12, shots=3)
    assert all(torch.equal(x, y) for x, y in zip((ids, told, carried), again))


def test_the_first_half_learns_to_recall() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(2)
    model = Papercut.untrained(PRESETS["toy"], Scope.CORE)
    denoiser = model.denoiser
    probes = Probes(model.config["text_encoder"]["dim"], model.config["dit"]["dim"])
    settings = replace(PRESETS["toy"].transformer, tokens=240)
    prompting = Prompting(model.vocabulary, model.config["text_encoder"])
    recall = Recall(probes, settings, prompting, Scope.CORE)
    loss, facts = recall(denoiser, SKETCH, 1, 1, 0)
    assert torch.equal(loss, recall(denoiser, SKETCH, 1, 1, 0)[0])
    assert not torch.equal(loss, recall(denoiser, SKETCH, 2, 1, 0)[0])
    # Another's shots are as many, so that both take equally long.
    assert facts["tokens"] == recall(denoiser, SKETCH, 2, 1, 0)[1]["tokens"]
    parameters = [*denoiser.parameters(), *probes.parameters()]
    optimizer = torch.optim.Adam(parameters, 3e-3)
    first = float(loss.detach())
    for _ in range(25):
        loss, _ = recall(denoiser, SKETCH, 1, 1, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    later = denoiser.transformer.blocks[len(denoiser.transformer.blocks) // 2 :]
    assert all(x.grad is None for x in later.parameters())
    assert float(loss.detach()) < 0.7 * first
