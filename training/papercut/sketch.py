"""A first guess of every token's latent, from prompts and bearings alone, before anything is denoised.

Where prompts leave little open, most of a picture is a function of what is said and where one looks: who, in which colour,
where and when; and how far from the subject's middle. A network of a few layers that is asked for one token at a time
learns such a function many times faster than a transformer does among its noise, and what it guesses costs nothing beside
one step of it: it is the same for all steps. The transformer is told the guess beside the bearings, and has left to it
what tokens can only know of each other.

It is not given the text's features, by which it would tell one sentence from another, but what they say: a distribution
over the values of each attribute, and over saying nothing of it. It also says how far off a guess may be, and so what noise
has to decide.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from .attributes import ATTRIBUTES, UNKNOWN
from .bearings import Telling, placed
from .films import Record
from .grids import FRAME_FACTS, Grids, features_of, frame_facts
from .patches import cells_of
from .world import Scope
from .world.spec import RANGES

READ = tuple(column for column, name in enumerate(ATTRIBUTES) if not name.endswith("1"))
"""Columns of the attributes that are read: of the first subject and of the shot."""
VALUES = [len(list(ATTRIBUTES.values())[column]) + 1 for column in READ]
"""Of each, the last being that nothing is said."""
BEGIN = {list(ATTRIBUTES)[column]: sum(VALUES[:i]) for i, column in enumerate(READ)}
"""Columns of what is said."""
LASTING = ("kind0", "colour0", "place", "time", "weather")
"""What holds in later shots until they say otherwise."""
GAIN = 4.0
"""Of logits: a linear layer on a finished text encoder learns faster than the layers behind it."""
LEAST_DOUBT, MOST_DOUBT = -6.0, 1.0
"""Logarithms of variances."""
BESIDE = 0.15
"""Weight of a cell without a subject against one that is all of it."""
EVEN = 4
"""The engine's matrix products take rows of a multiple of so many values."""


def columns_of(scope: Scope) -> dict[str, list[int]]:
    """Columns of what is said that a scope has grids for, as `sketch_grids` of a transformer's config."""
    members = RANGES[scope]
    return {
        "kinds": [BEGIN["kind0"] + kind for kind in members.kinds],
        "places": [BEGIN["place"] + place for place in members.places],
        "times": [BEGIN["time"] + time for time in ATTRIBUTES["time"]],
    }


class Sketch(nn.Module):
    def __init__(self, config: dict) -> None:
        """config: the transformer's."""
        super().__init__()
        width, layers = config["sketch"], config["sketch_layers"]
        _, down, across = config["patch"]
        self.reading = nn.Linear(config["text_dim"], sum(VALUES))
        self.words = nn.Embedding(config.get("sketch_words", 0), sum(VALUES))
        nn.init.zeros_(self.words.weight)
        self.grids = Grids(config, sum(VALUES)) if config.get("sketch_grids") else None
        self.telling = Telling.of(config)
        known = self.telling.values + sum(VALUES) + features_of(config)
        self.padding = -known % EVEN
        self.first = nn.Linear(known + self.padding, width)
        self.times = nn.Linear(sum(VALUES) + FRAME_FACTS, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers - 1))
        self.guess = nn.Linear(width, down * across * config["z"])
        self.doubt = nn.Linear(width, down * across * config["z"])
        for changes_nothing in (self.guess, self.doubt, self.times):
            nn.init.zeros_(changes_nothing.weight)
            nn.init.zeros_(changes_nothing.bias)

    def logits(self, ids: torch.Tensor, text: torch.Tensor, real: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Of what prompts say, for each attribute of `READ` [films, shots, values]: one word is enough to say a value.

        ids: of words [films, shots, length]; text: their features [films, shots, length, text_dim]; real: [films, shots,
        length], false for padding.
        """
        # Features of synonyms are apart long after it is known what each alone says.
        of_words = GAIN * (self.reading(text).float() + self.words(ids))
        return of_words.masked_fill(~real[..., None], float("-inf")).logsumexp(-2).split(VALUES, -1)

    def read(self, ids: torch.Tensor, text: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """What is known of shots by their prompts, as one distribution behind the other [films, shots, sum of VALUES]. Shapes as
        in `logits`.
        """
        return lasting(torch.cat([part.float().softmax(-1) for part in self.logits(ids, text, real)], -1))

    def forward(
        self, said: torch.Tensor, told: torch.Tensor, shots: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """A guess and the logarithm of its variance [films, N, cells * z], ordered (row, column, z).

        said: [films, shots, sum of VALUES]; told: of `bearings.told` [films, N, values]; shots: [films, frames].
        """
        return self.of_tokens(*self.known(said, told, shots))

    def known(
        self, said: torch.Tensor, told: torch.Tensor, shots: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What tokens are told, what their shots' prompts say, and what is found in grids, then zeros [films, N, values]; and
        how many times each unit of the first layer counts [films, N, width]. Arguments as in `forward`.
        """
        films, frames = shots.shape
        said = said.gather(1, shots[..., None].expand(-1, -1, said.shape[-1])).flatten(0, 1)
        by_frame = told.unflatten(1, (frames, -1)).flatten(0, 1)
        parts = [by_frame, said[:, None].to(told.dtype).expand(-1, by_frame.shape[1], -1)]
        if self.grids:
            parts.append(self.grids(said, by_frame).to(told.dtype))
        known = F.pad(torch.cat(parts, -1), (0, self.padding))
        # What is said changes all that is known of places: light does everything that it falls on.
        times = 1 + self.times(torch.cat([said, frame_facts(placed(by_frame, self.telling))], -1))
        of_tokens = times[:, None].expand(-1, by_frame.shape[1], -1)
        return known.view(films, told.shape[1], -1), of_tokens.reshape(films, told.shape[1], -1)

    def of_tokens(self, known: torch.Tensor, times: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Both as `known` has them [..., values], of any tokens; what comes of it as in `forward` [..., cells * z]."""
        x = F.gelu(self.first(known) * times, approximate="tanh")
        for layer in self.layers:
            x = x + F.gelu(layer(x), approximate="tanh")
        # How far off it is, is learnt from what is known for the guess, and changes none of that.
        return self.guess(x), self.doubt(x.detach()).float().clamp(LEAST_DOUBT, MOST_DOUBT)


def lasting(said: torch.Tensor) -> torch.Tensor:
    """What is known of shots: what they say, and where they say nothing of what lasts, what was known of the one before.

    A subject of another kind has a colour of its own. said: [films, shots, sum of VALUES].
    """
    parts = {list(ATTRIBUTES)[column]: part for column, part in zip(READ, said.split(VALUES, -1))}
    known = {name: [part[:, 0]] for name, part in parts.items()}
    for shot in range(1, said.shape[1]):
        kind, before = parts["kind0"][:, shot], known["kind0"][-1]
        same = kind[:, -1:] + (kind[:, :-1] * before[:, :-1]).sum(-1, keepdim=True)
        for name, part in parts.items():
            now = part[:, shot]
            if name in LASTING:
                left = now[:, -1:] * (same if name == "colour0" else 1.0)
                now = torch.cat([now[:, :-1], now[:, -1:] - left], -1) + left * known[name][-1]
            known[name].append(now)
    return torch.cat([torch.stack(shots, 1) for shots in known.values()], -1)


def seen(films: Record, patch: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What a sketch is to guess [films, N, cells * z], and how much cells show a subject [films, N, cells]."""
    return cells_of(films["latent"].float(), patch), cells_of(films["cells"][:, None].float() / 255, patch)


def squared(guess: torch.Tensor, target: torch.Tensor, covered: torch.Tensor) -> torch.Tensor:
    """Squared errors of guesses [..., cells, z]. guess, target: [..., cells * z]; covered: [..., cells]."""
    return (guess.float() - target).square().unflatten(-1, (covered.shape[-1], -1))


def weighed_by_subject(error: torch.Tensor, covered: torch.Tensor) -> torch.Tensor:
    """The mean of errors of cells, those that show a subject counting most."""
    weight = BESIDE + covered
    return (weight * error).mean() / weight.mean()


def unforeseen(error: torch.Tensor, doubt: torch.Tensor) -> torch.Tensor:
    """What is learnt of doubt by: the negative logarithm of how likely errors are, were they normal, but for a constant.

    error: squared; doubt: logarithms of variances, of the same shape.
    """
    return (doubt + error.detach() * (-doubt).exp()).mean() / 2


def misread(logits: Sequence[torch.Tensor], told: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy of `Sketch.logits` over attributes. told: what captions say [films, shots, attributes]."""
    entropies = [
        F.cross_entropy(part.flatten(0, 1), answer.flatten()) for part, answer in zip(logits, answers_of(told))
    ]
    return torch.stack(entropies).mean()


def answers_of(told: torch.Tensor) -> list[torch.Tensor]:
    """What a shot's caption says of each attribute of `READ`, the last value for nothing. told: [..., attributes]."""
    answers = []
    for column, values in zip(READ, VALUES):
        value = told[..., column].long()
        answers.append(torch.where(value == UNKNOWN, values - 1, value))
    return answers


def said_exactly(told: torch.Tensor) -> torch.Tensor:
    """What `read` would give of [films, shots, attributes], were there no doubt [films, shots, sum of VALUES]."""
    parts = [F.one_hot(answer, values) for answer, values in zip(answers_of(told), VALUES)]
    return lasting(torch.cat(parts, -1).float())
