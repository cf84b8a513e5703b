"""Draws films at random: who, where, when, what happens and how the camera sees it."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .captions import caption_of
from .holdout import held_out
from .motion import lens_for, roles_for
from .renderer import FPS
from .spec import (
    ACTIONS_OF,
    FOUR_LEGGED,
    INDOOR_OR_AIRLESS,
    PEOPLE,
    PLACES_OF,
    RANGES,
    Action,
    Camera,
    Colour,
    Film,
    Kind,
    Place,
    Range,
    Scope,
    Shot,
    Size,
    Split,
    Subject,
    Time,
    Weather,
)

TWO_SUBJECTS = 0.3
SCENERIES = 4
"""Of a place, where they are not varied."""
NEW_PLACE = 0.35
NEW_TIME = 0.3
PRACTISED: dict[Kind, float] = {
    Kind.ROCKET: 2.0,
    Kind.BIRD: 1.3,
    Kind.SAILBOAT: 1.3,
    **dict.fromkeys(PEOPLE | FOUR_LEGGED, 1.6),
    Kind.PLANE: 1.3,
}
"""How much more often training draws what models were seen to confuse longest, and what has limbs; the evaluation asks
for all alike."""
PRACTISED_PLACES: dict[Place, int] = {Place.MEADOW: 2, Place.SPACE: 1}
"""How often training counts a place, whatever `PLACES_OF` says: meadows are hard, and most rockets were in space."""
ROOM_FOR_TWO = (Size.EXTREME_WIDE, Size.WIDE, Size.MEDIUM)


@dataclass(frozen=True)
class Wishes:
    """What is not left to chance; used for the evaluation and for sheets of pictures."""

    kinds: tuple[Kind, ...] | None = None
    colours: tuple[Colour, ...] | None = None
    place: Place | None = None
    """The same in all shots."""
    time: Time | None = None
    weather: Weather | None = None
    sizes: tuple[Size, ...] | None = None
    """One for each shot, from the start again when there are more shots."""
    cameras: tuple[Camera, ...] | None = None
    action: Action | None = None
    complete: bool = False
    """Captions tell everything, but for the colour in later shots; without it, attributes are left out at random."""


def draw_film(
    seed: int,
    scope: Scope = Scope.FULL,
    latent_frames: int = 13,
    shots: int = 1,
    split: Split = Split.TRAIN,
    wishes: Wishes = Wishes(),
) -> Film:
    """A film of 1 + 4 * (latent_frames - 1) frames whose cuts lie between latent frames.

    Wishes are kept whatever the split is; what they leave open is drawn from the split.
    """
    if not 1 <= shots <= latent_frames:
        raise ValueError(f"{latent_frames} latent frames cannot hold {shots} shots.")
    rng = random.Random(f"{scope}/{split}/{seed}")
    bounds = RANGES[scope]
    subjects, places = draw_subjects(rng, bounds, split, wishes)
    lengths = shot_lengths(rng, latent_frames, shots)

    drawn: list[Shot] = []
    known: set[int] = set()
    for index, length in enumerate(lengths):
        frames = 4 * length - (3 if index == 0 else 0)
        shot = draw_shot(rng, bounds, subjects, places, drawn, wishes, length, frames)
        caption = caption_of(shot, subjects, rng, known, split, wishes.complete)
        drawn.append(replace(shot, **caption._asdict()))
        known |= {i for i, role in enumerate(shot.roles) if role is not None}
    return Film(seed, subjects, tuple(drawn))


def draw_subjects(
    rng: random.Random, bounds: Range, split: Split, wishes: Wishes
) -> tuple[tuple[Subject, ...], tuple[Place, ...]]:
    """Subjects, and the places of the split where they can be together."""
    while True:
        count = 2 if bounds.most_subjects > 1 and rng.random() < TWO_SUBJECTS else 1
        kinds = wishes.kinds or draw_kinds(rng, bounds.kinds, count, split)
        colours = wishes.colours or tuple(rng.sample(bounds.colours, len(kinds)))
        if wishes.place is not None:
            places: tuple[Place, ...] = (wishes.place,)
        else:
            shared = [p for p in PLACES_OF[kinds[0]] if p in bounds.places]
            shared = [p for p in shared if all(p in PLACES_OF[k] for k in kinds)]
            pairs = list(zip(kinds, colours))
            if split is Split.HELD_OUT:
                places = tuple(p for p in shared if held_out(*pairs[0], p))
            else:
                places = practised(p for p in shared if not any(held_out(*pair, p) for pair in pairs))
        if places:
            looks = [rng.random() for _ in kinds]
            subjects = zip(kinds, colours, looks)
            return tuple(Subject(k, c, x, x if bounds.varied else skin_of(c)) for k, c, x in subjects), places
        if wishes.kinds and wishes.colours:
            raise ValueError(f"No place of the split {split} for {kinds} in {colours}.")


def skin_of(colour: Colour) -> float:
    """Where skins are not varied, people in one colour have one, and all eight are seen."""
    return (5 * colour % 8 + 0.5) / 8


def draw_kinds(rng: random.Random, kinds: tuple[Kind, ...], count: int, split: Split) -> tuple[Kind, ...]:
    """So many different ones; in training more often what is hard."""
    if split is Split.HELD_OUT:
        return tuple(rng.sample(kinds, count))
    drawn: dict[Kind, None] = {}
    while len(drawn) < count:
        drawn[rng.choices(kinds, [PRACTISED.get(kind, 1.0) for kind in kinds])[0]] = None
    return tuple(drawn)


def practised(places: Iterable[Place]) -> tuple[Place, ...]:
    """Places as often as they come, but for those that training counts by itself."""
    listed = tuple(places)
    others = tuple(place for place in listed if place not in PRACTISED_PLACES)
    return others + tuple(p for p, times in PRACTISED_PLACES.items() if p in listed for _ in range(times))


def shot_lengths(rng: random.Random, latent_frames: int, shots: int) -> list[int]:
    """Latent frames of every shot: about equal, never none."""
    weights = [rng.uniform(0.65, 1.35) for _ in range(shots)]
    spare = latent_frames - shots
    ends = [round(spare * sum(weights[: i + 1]) / sum(weights)) for i in range(shots)]
    return [1 + end - start for start, end in zip([0, *ends], ends)]


def draw_shot(
    rng: random.Random,
    bounds: Range,
    subjects: tuple[Subject, ...],
    places: tuple[Place, ...],
    before: list[Shot],
    wishes: Wishes,
    latent_frames: int,
    frames: int,
) -> Shot:
    index = len(before)
    last = before[-1] if before else None
    sceneries = 1 << 20 if bounds.varied else SCENERIES
    if last is None:
        place, scene = rng.choice(places), rng.randrange(sceneries)
        time = wishes.time if wishes.time is not None else rng.choice(tuple(Time))
        weather = draw_weather(rng, bounds)
    else:
        place, scene, time, weather = last.place, last.scene, last.time, last.weather
        if rng.random() < NEW_PLACE:
            place, scene = rng.choice(places), rng.randrange(sceneries)
            if wishes.time is None and rng.random() < NEW_TIME:
                time = rng.choice(tuple(Time))
    if wishes.weather is not None:
        weather = wishes.weather
    if place is Place.SPACE:
        time = Time.NIGHT
    if place in INDOOR_OR_AIRLESS:
        weather = Weather.CLEAR

    if wishes.sizes:
        size = wishes.sizes[index % len(wishes.sizes)]
    else:
        size = rng.choice([s for s in bounds.sizes if last is None or s is not last.size])
    shown = list(range(len(subjects)))
    if (
        len(subjects) == 2
        and wishes.kinds is None
        and (size not in ROOM_FOR_TWO or (last and rng.random() < 0.25))
    ):
        shown = [rng.randrange(2)]

    actions: list[Action | None] = [None] * len(subjects)
    for i in shown:
        possible = [a for a in ACTIONS_OF[subjects[i].kind] if a in bounds.actions]
        if place in (Place.SPACE, Place.UNDERWATER):
            possible = [a for a in possible if a is not Action.JUMP and a is not Action.FAST] or possible
        if place is Place.ROOM:
            possible = [a for a in possible if a is not Action.FAST]
        actions[i] = rng.choice(possible)
    if wishes.action is not None:
        actions[shown[0]] = wishes.action

    travels = any(a in (Action.MOVE, Action.FAST) for a in actions)
    if wishes.cameras:
        camera = wishes.cameras[index % len(wishes.cameras)]
    else:
        moving = [c for c in bounds.cameras if c is not Camera.STATIC and (travels or c is not Camera.TRACK)]
        camera = Camera.STATIC if rng.random() < 0.35 else rng.choice(moving)
    seconds = frames / FPS
    lens = lens_for(rng, camera, seconds, bounds.varied)
    roles, lens = roles_for(
        rng, subjects, actions, size, lens, camera, seconds, bounds.passages, bounds.varied
    )
    clock = rng.uniform(0, 20)
    return Shot(
        place=place,
        time=time,
        weather=weather,
        size=size,
        camera=camera,
        roles=roles,
        latent_frames=latent_frames,
        frames=frames,
        scene=scene,
        clock=clock if bounds.varied else 0.0,
        lens=lens,
    )


def draw_weather(rng: random.Random, bounds: Range) -> Weather:
    """Clear air in most films, and the rest shared evenly."""
    if rng.random() < 0.6:
        return Weather.CLEAR
    return rng.choice(bounds.weathers[1:])
