"""The words that the page offers beside a prompt, by what they are for.

    python3 -m papercut.world.palette core

Run from `training/`; prints JSON in the shape of `papercutWords` in `src/storyboard/papercutWords.ts`.
"""

import argparse
import json
from typing import TypedDict

from . import words
from .captions import verbs_of
from .spec import ACTIONS_OF, RANGES, Action, Facing, Kind, Place, Scope


class WordGroup(TypedDict):
    name: str
    phrases: list[str]


def palette(scope: Scope) -> list[WordGroup]:
    """Groups in the order in which a person composes a shot; the first phrase of every member."""
    bounds = RANGES[scope]
    groups = {
        "Subject": [words.NOUNS[kind][0] for kind in bounds.kinds],
        "Colour": [words.COLOURS[colour][0] for colour in bounds.colours],
        "Place": [place_phrase(place) for place in bounds.places],
        "Light": [phrase for phrases in words.TIMES.values() for phrase in phrases[:2]],
        "Weather": [words.WEATHERS[weather][0] for weather in bounds.weathers],
        "Motion": [phrase for action in bounds.actions for phrase in motion_phrases(action, bounds.kinds)],
        "Camera": [words.CAMERAS[camera][0] for camera in bounds.cameras],
        "Shot size": [words.SIZES[size][0] for size in bounds.sizes],
    }
    return [{"name": name, "phrases": list(dict.fromkeys(phrases))} for name, phrases in groups.items()]


def place_phrase(place: Place) -> str:
    """As it is said of the kind that is most at home there."""
    preposition, nouns = next(iter(words.PLACES[place].items()))
    return f"{preposition} {nouns[0]}"


def motion_phrases(action: Action, kinds: tuple[Kind, ...]) -> list[str]:
    """Gerunds of an action, one for every way of doing it, with both directions where it has one."""
    able = [kind for kind in kinds if action in ACTIONS_OF[kind]]
    gerunds = list(dict.fromkeys(verbs_of(kind, action)[0][1] for kind in able))
    if action is not Action.MOVE:
        return gerunds
    sides = [words.DIRECTIONS[facing][0] for facing in (Facing.LEFT, Facing.RIGHT)]
    return [f"{gerund} {side}" for gerund in gerunds for side in sides]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scope", type=Scope, choices=list(Scope))
    print(json.dumps(palette(parser.parse_args().scope), indent=2))


if __name__ == "__main__":
    main()
