"""Captions: English sentences that say what a shot shows, all of it or a part, and nothing that it does not."""

import random
import re
from functools import cache
from typing import NamedTuple

from . import words
from .spec import (
    ACTIONS_OF,
    FOUR_LEGGED,
    HABITATS,
    PEOPLE,
    RANGES,
    ROAD_VEHICLES,
    Action,
    Habitat,
    Kind,
    Passage,
    Place,
    Role,
    Scope,
    Shot,
    Split,
    Subject,
    Time,
    Weather,
)

MAX_WORDS = 44
"""No caption is longer."""
COLOUR_LEFT_OUT = 0.6
"""Share of later shots whose caption does not repeat the colour."""

TEMPLATES: dict[str, str] = {
    "size of": "[{size} of ]{who_ing}[ {place}][ {time}][ {weather}][, {camera}]",
    "plain": "{who_s}[ {place}][ {time}][ {weather}][, {size}][, {camera}]",
    "time first": "[{time}, ]{who_s}[ {place}][ {weather}][, {camera}][, {size}]",
    "place first": "[{place}][ {time}], {who_ing}[, {weather}][, {size}][, {camera}]",
    "size first": "[{size}, ]{who_ing}[ {place}][, {time}][ {weather}][, {camera}]",
    "camera first": "[{camera}, ][{size} of ]{who_ing}[ {place}][ {weather}][ {time}]",
    "as": "[{camera_clause} as ]{who_s}[ {place}][ {time}][ {weather}][, {size}]",
    "there is": "there is {who_ing}[ {place}][ {time}][ {weather}][, {size}][, {camera}]",
    "we see": "we see {who_ing}[ {place}][ {weather}][ {time}][. {camera_clause}][, {size}]",
    "words": "{who}[, {ing}][, {place_noun}][, {short_time}][, {short_weather}][, {size}][, {camera}]",
    "weather first": "[{weather}, ]{who_s}[ {place}][ {time}][. {size}][, {camera}]",
    "showing": "[{size} showing ]{who_ing}[ {place}][, {short_time}][, {short_weather}][, {camera}]",
    "scene": "[{short_time}, ][{short_weather}, ][{place_noun}, ]{who_ing}[, {size}][, {camera}]",
    "that": "{who_that}[ {place}][ {time}][ {weather}][, {size}][, {camera}]",
}
"""Square brackets fall away with a slot that has nothing to say."""

HELD_OUT_TEMPLATES: dict[str, str] = {
    "while": "[{place} ]{who_s}[ {time}][ {weather}][ while {camera_clause}][, {size}]",
    "two sentences": "[{short_time}. ]{who_s}[ {place}][. {camera_clause}][, {short_weather}][, {size}]",
    "a view": "[a view {place}][ {time}][ {weather}], {who_ing}[, {size}][, {camera}]",
}
"""Sentences that training never sees."""


class Caption(NamedTuple):
    caption: str
    said: frozenset[str]
    """Of kind0, colour0, action0, direction0, the same for subject 1, place, time, weather, size, camera; and colour
    when the colours of all subjects shown are said."""
    template: str


class Dropout(NamedTuple):
    """Chances to leave an attribute out."""

    colour: float
    action: float
    place: float
    time: float
    weather: float
    clear: float
    """Of saying nothing of clear weather."""
    size: float
    camera: float
    static: float
    """Of saying nothing of a camera at rest."""


TRAINING = Dropout(0.05, 0.1, 0.08, 0.1, 0.1, 0.75, 0.2, 0.2, 0.7)
BRIGHT = ("sunny", "bright")
COMPLETE = Dropout(0, 0, 0, 0, 0, 0, 0, 0, 0)
SHORT = Dropout(0.05, 0.3, 0.1, 0.1, 0.3, 1, 1, 1, 1)
"""For what would be too long."""


def caption_of(
    shot: Shot,
    subjects: tuple[Subject, ...],
    rng: random.Random,
    known: set[int],
    split: Split,
    complete: bool,
) -> Caption:
    """A caption in the words of the split. `known`: subjects that earlier shots of the film have shown."""
    for dropout in (COMPLETE if complete else TRAINING, SHORT, SHORT, SHORT):
        caption = Sentence(shot, subjects, rng, known, dropout).write(split)
        if len(split_words(caption.caption)) <= MAX_WORDS:
            return caption
    raise RuntimeError(f"A caption has more than {MAX_WORDS} words: {caption.caption}")


def split_words(text: str) -> list[str]:
    """The words that the engine's tokenizer reads."""
    return re.findall("[a-z]+", text.lower())


class Sentence:
    """The phrases of one shot, chosen once, from which a template takes what it needs."""

    def __init__(
        self,
        shot: Shot,
        subjects: tuple[Subject, ...],
        rng: random.Random,
        known: set[int],
        dropout: Dropout,
    ) -> None:
        self.shot, self.subjects, self.rng, self.known, self.dropout = shot, subjects, rng, known, dropout
        self.said: set[str] = set()
        self.shown = [i for i, role in enumerate(shot.roles) if role is not None]

    def drops(self, chance: float) -> bool:
        return self.rng.random() < chance

    def write(self, split: Split) -> Caption:
        rng = self.rng
        templates = HELD_OUT_TEMPLATES if split is Split.HELD_OUT else TEMPLATES
        template = rng.choice(tuple(templates))
        slots = self.slots(finite="{who_s}" in templates[template])
        used: set[str] = set()

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            used.add(name)
            return slots[name] or ""

        def bracket(match: re.Match[str]) -> str:
            names = re.findall(r"{(\w+)}", match.group(1))
            return match.group(1) if all(slots[name] for name in names) else ""

        text = re.sub(r"{(\w+)}", fill, re.sub(r"\[([^\]]*)\]", bracket, templates[template]))
        text = re.sub(r"\s+", " ", re.sub(r"^[,. ]+", "", text))
        for name in ("place", "time", "weather", "size", "camera"):
            if any(slot in used for slot in (name, f"short_{name}", f"{name}_noun", f"{name}_clause")):
                self.said.add(name)
        if "ing" not in used and template == "words":
            self.said -= {f"{what}{i}" for i in (0, 1) for what in ("action", "direction")}
        if all(f"colour{i}" in self.said for i in self.shown):
            self.said.add("colour")
        if rng.random() < 0.14:
            style = rng.choice(words.STYLES)
            text = rng.choice(
                (
                    f"{style} of {text}"
                    if slots["who"] and text.startswith(slots["who"])
                    else f"{style}, {text}",
                    f"{text}, {style}",
                )
            )
        return Caption(text, frozenset(self.said), template)

    def slots(self, finite: bool) -> dict[str, str | None]:
        """A phrase for every slot, None for what is not to be told. `finite`: for a sentence that may use a pronoun."""
        shot, rng, drop = self.shot, self.rng, self.dropout
        whos = [self.who(i, finite) for i in self.shown]
        verbs = [self.verb(i) for i in self.shown]
        pick = rng.choice
        clear = shot.weather is Weather.CLEAR
        no_weather = self.drops(drop.clear if clear else drop.weather) or shot.place in (
            Place.SPACE,
            Place.ROOM,
            Place.UNDERWATER,
        )
        no_time = self.drops(drop.time) or shot.place is Place.SPACE
        no_size, no_camera = (
            self.drops(drop.size),
            self.drops(drop.static if shot.camera == 0 else drop.camera),
        )
        place = None if self.drops(drop.place) else self.place()
        return {
            "who": " and ".join(whos),
            "who_ing": self.joined(whos, verbs, 1),
            "who_s": self.joined(whos, verbs, 0),
            "who_that": self.joined(whos, verbs, 0, " that "),
            "ing": " and ".join(dict.fromkeys(v[1] for v in verbs if v)) if len(whos) == 1 else None,
            "place": place and f"{place[0]} {place[1]}".replace("in downtown", "downtown"),
            "place_noun": place and re.sub("^(the|a) ", "", place[1]),
            "time": None if no_time else pick(fitting(words.TIMES[shot.time], () if clear else BRIGHT)),
            "short_time": None
            if no_time
            else pick(fitting(words.SHORT_TIMES[shot.time], () if clear else BRIGHT)),
            "weather": None
            if no_weather
            else pick(fitting(words.WEATHERS[shot.weather], () if shot.time is Time.DAY else ("day",))),
            "short_weather": None if no_weather else pick(words.SHORT_WEATHERS[shot.weather]),
            "size": None if no_size else pick(words.SIZES[shot.size]),
            "camera": None if no_camera else pick(words.CAMERAS[shot.camera]),
            "camera_clause": None if no_camera else pick(words.CAMERA_CLAUSES[shot.camera]),
        }

    def joined(
        self, whos: list[str], verbs: list[tuple[str, str] | None], form: int, between: str = " "
    ) -> str:
        """Subjects with their verbs; one verb for both where they do the same."""
        if len(whos) == 2 and verbs[0] and verbs[1] and verbs[0][1] == verbs[1][1]:
            helper = "are " if form == 0 else ""
            return f"{whos[0]} and {whos[1]}{between}{helper}{verbs[0][1]}"
        parts = [who + (between + verb[form] if verb else "") for who, verb in zip(whos, verbs)]
        return (
            (self.rng.choice((" and ", " while ")) if form == 0 and between == " " else " and ").join(parts)
            if all(verbs)
            else " and ".join(parts)
        )

    def who(self, i: int, finite: bool) -> str:
        """The subject as this shot speaks of it, with or without its colour."""
        subject, rng = self.subjects[i], self.rng
        known = i in self.known
        with_colour = not self.drops(COLOUR_LEFT_OUT if known else self.dropout.colour)
        if known and finite and not with_colour and len(self.subjects) == 1 and rng.random() < 0.3:
            return words.PRONOUNS.get(subject.kind, "it")
        nouns = words.NOUNS[subject.kind]
        if subject.kind is Kind.CHILD:
            nouns += (words.CHILDREN[int(subject.look * len(words.CHILDREN))],)
        noun, colour = rng.choice(nouns), rng.choice(words.COLOURS[subject.colour])
        exact = self.dropout is COMPLETE
        if not exact and subject.kind in words.VAGUE_NOUNS and self.drops(0.06):
            noun = words.VAGUE_NOUNS[subject.kind]
        else:
            self.said.add(f"kind{i}")
        if with_colour:
            self.said.add(f"colour{i}")
        article = "" if not known else rng.choice(("the ", "the ", "the same "))
        adjective = rng.choice(words.ADJECTIVES) + " " if not exact and self.drops(0.12) else ""
        if subject.kind in PEOPLE:
            clothes = ""
            if with_colour:
                coat = rng.choice(words.CLOTHES[subject.kind])
                clothes = rng.choice(
                    (
                        f" in a {colour} {coat}",
                        f" in a {colour} {coat}",
                        f" wearing a {colour} {coat}",
                        f" dressed in {colour}",
                        f" with a {colour} {coat}",
                    )
                )
                clothes = clothes.replace(" a orange", " an orange")
            return (article or ("an " if adjective.startswith("o") else "a ")) + adjective + noun + clothes
        name = f"{adjective}{colour} {noun}" if with_colour else adjective + noun
        return (article or ("an " if name[0] in "aeiou" else "a ")) + name

    def verb(self, i: int) -> tuple[str, str] | None:
        """Third person and gerund of what subject i does, with its direction; None to say nothing."""
        role, kind, rng = self.shot.roles[i], self.subjects[i].kind, self.rng
        assert role is not None
        if kind is Kind.HOUSE or self.drops(self.dropout.action):
            return None
        self.said.add(f"action{i}")
        if role.passage is not Passage.STAYS:
            self.said.add(f"direction{i}")
            return rng.choice(
                (words.ENTERING if role.passage is Passage.ENTERS else words.LEAVING)[role.facing]
            )
        third, gerund = rng.choice(verbs_of(kind, role.action))
        if role.action in (Action.MOVE, Action.FAST) and (self.dropout is COMPLETE or not self.drops(0.15)):
            self.said.add(f"direction{i}")
            way = rng.choice(words.DIRECTIONS[role.facing])
            third, gerund = f"{third} {way}", f"{gerund} {way}"
        if role.action in words.ADVERBS and self.dropout is TRAINING and self.drops(0.12):
            adverb = rng.choice(words.ADVERBS[role.action])
            third, gerund = f"{third} {adverb}", f"{gerund} {adverb}"
        return third, gerund

    def place(self) -> tuple[str, str] | None:
        """Preposition and noun phrase that fit the first subject shown."""
        place, i = self.shot.place, self.shown[0]
        role, kind = self.shot.roles[i], self.subjects[i].kind
        assert role is not None
        return self.rng.choice(place_phrases(place, kind, role))


def fitting(phrases: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    """Phrases without some words: no one says that it rains on a sunny day."""
    return tuple(phrase for phrase in phrases if not set(without) & set(phrase.split()))


def place_phrases(place: Place, kind: Kind, role: Role) -> list[tuple[str, str]]:
    options = words.PLACES[place]
    if place in (Place.SPACE, Place.UNDERWATER, Place.ROOM):
        allowed = (
            tuple(options) if role.action is Action.MOVE else tuple(p for p in options if p != "through")
        )
    else:
        allowed = words.PREPOSITIONS[HABITATS[kind]]
        if HABITATS[kind] is Habitat.GROUND and role.action in (Action.MOVE, Action.FAST):
            allowed += words.MOVING_PREPOSITIONS
        if kind is Kind.WHALE:
            allowed += ("in",)
    return [(preposition, noun) for preposition in allowed for noun in options.get(preposition, ())]


def verbs_of(kind: Kind, action: Action) -> tuple[words.Verb, ...]:
    """What one may say of a kind that does something."""
    match action:
        case Action.MOVE:
            return words.GOING[words.MANNERS[kind]] * 2 + words.GOING["any"]
        case Action.FAST:
            if kind is Kind.HORSE:
                return words.GALLOPING
            return words.RUNNING if kind in FOUR_LEGGED or words.MANNERS[kind] == "walker" else words.SPEEDING
        case Action.JUMP if kind is Kind.BALL:
            return words.BOUNCING
        case Action.STILL if kind in ROAD_VEHICLES:
            return words.PARKING
        case Action.STILL if HABITATS[kind] is Habitat.AIR:
            return words.HOVERING
        case Action.RISE if kind is not Kind.ROCKET and kind is not Kind.PLANE:
            return tuple(verb for verb in words.ACTIONS[action] if "off" not in verb[0])
        case _:
            return words.ACTIONS[action]


@cache
def vocabulary(scope: Scope = Scope.FULL) -> list[str]:
    """What vocab.json lists: padding, unknown, end, and every word that captions of the scope may have."""
    bounds = RANGES[scope]
    phrases: list[str] = [*words.JOINING, *words.STYLES, *words.ADJECTIVES]
    for kind in bounds.kinds:
        phrases += [
            *words.NOUNS[kind],
            words.VAGUE_NOUNS.get(kind, ""),
            *(words.CHILDREN if kind is Kind.CHILD else ()),
            *words.CLOTHES.get(kind, ()),
            words.PRONOUNS.get(kind, "it"),
        ]
        for action in bounds.actions:
            if action not in ACTIONS_OF[kind]:
                continue
            phrases += [form for verb in verbs_of(kind, action) for form in verb]
            phrases += words.ADVERBS.get(action, ())
    tables = (
        (words.COLOURS, bounds.colours),
        (words.TIMES, tuple(words.TIMES)),
        (words.SHORT_TIMES, tuple(words.TIMES)),
        (words.WEATHERS, bounds.weathers),
        (words.SHORT_WEATHERS, bounds.weathers),
        (words.SIZES, bounds.sizes),
        (words.CAMERAS, bounds.cameras),
        (words.CAMERA_CLAUSES, bounds.cameras),
        (words.DIRECTIONS, tuple(words.DIRECTIONS)),
    )
    for table, members in tables:
        for member in members:
            phrases += table[member]
    for place in bounds.places:
        phrases += [
            f"{preposition} {noun}" for preposition, nouns in words.PLACES[place].items() for noun in nouns
        ]
    if Passage.ENTERS in bounds.passages:
        phrases += [
            form
            for table in (words.ENTERING, words.LEAVING)
            for verbs in table.values()
            for verb in verbs
            for form in verb
        ]
    phrases += [re.sub(r"{\w+}", " ", t) for t in (*TEMPLATES.values(), *HELD_OUT_TEMPLATES.values())]
    return ["<pad>", "<unk>", "</s>", *sorted({word for phrase in phrases for word in split_words(phrase)})]
