"""Turns what happens in a shot into paths: speeds are per second, whatever the length of the shot."""

import math
import random

from .renderer import SIZE_SCALES
from .spec import (
    FOUR_LEGGED,
    HABITATS,
    STATURE,
    WALKERS,
    Action,
    Camera,
    Facing,
    Habitat,
    Kind,
    Lens,
    Passage,
    Role,
    Size,
    Subject,
)

MOST_TRAVEL = {
    Size.EXTREME_WIDE: (0.20, 0.70),
    Size.WIDE: (0.28, 0.66),
    Size.MEDIUM: (0.24, 0.52),
    Size.CLOSE: (0.17, 0.34),
    Size.EXTREME_CLOSE: (0.07, 0.14),
}
"""Widths of the picture that a moving subject goes: at most in a second, and at most in a shot."""
PACE = 0.875
"""Of those, the mean."""
FAST = 1.6
WHEEL = 11.0
"""Radius of wheels in a subject's units."""
STRIDE = {**dict.fromkeys(WALKERS, 62.0), **dict.fromkeys(FOUR_LEGGED, 74.0)}
"""Units that a walk covers in one cycle."""
GAITS = {Kind.BIRD: 1.45, Kind.WHALE: 0.48, Kind.FISH: 1.5, Kind.DUCK: 0.8, Kind.SAILBOAT: 0.3}
"""Cycles a second of what beats by itself."""
SHARE = 0.3
LEAST_PASSAGE_SECONDS = 1.5


def lens_for(rng: random.Random, camera: Camera, seconds: float, varied: bool) -> Lens:
    """The camera's move, centred in the middle of the shot. varied: as in `Range`.

    What is not left to chance is drawn all the same, here and elsewhere, so that a seed's captions do not depend on it.
    """
    pan = tilt = zoom = 0.0
    strength = rng.uniform(0.8, 1.2)
    if not varied:
        strength = 1.0
    match camera:
        case Camera.PAN_LEFT | Camera.PAN_RIGHT:
            pan = min(0.24, 0.7 / seconds) * strength * (1 if camera is Camera.PAN_RIGHT else -1)
        case Camera.TILT_UP | Camera.TILT_DOWN:
            tilt = min(0.10, 0.24 / seconds) * strength * (1 if camera is Camera.TILT_UP else -1)
        case Camera.ZOOM_IN | Camera.ZOOM_OUT:
            zoom = min(0.19, 0.5 / seconds) * strength * (1 if camera is Camera.ZOOM_IN else -1)
    half = seconds / 2
    return Lens(-pan * half, pan, -tilt * half, tilt, -zoom * half, zoom, SHARE)


def roles_for(
    rng: random.Random,
    subjects: tuple[Subject, ...],
    actions: list[Action | None],
    size: Size,
    lens: Lens,
    camera: Camera,
    seconds: float,
    passages: tuple[Passage, ...],
    varied: bool,
) -> tuple[tuple[Role | None, ...], Lens]:
    """A role for every subject that acts, and the lens, which goes along with a tracked one."""
    shown = [i for i, action in enumerate(actions) if action is not None]
    together = len(shown) == 2
    facing = rng.choice(tuple(Facing))
    largest = max(STATURE[subjects[i].kind] for i in shown)
    if together:
        side = rng.choice((-1, 1))
        middles = {shown[0]: 0.19 * side, shown[1]: -0.19 * side}
    else:
        middles = {shown[0]: rng.uniform(-0.1, 0.1)}

    speed, travel = MOST_TRAVEL[size]
    if together:
        travel *= 0.6
    passage = Passage.STAYS
    moving = [i for i in shown if actions[i] in (Action.MOVE, Action.FAST)]
    if len(passages) > 1 and moving and not together and camera is Camera.STATIC:
        if seconds >= LEAST_PASSAGE_SECONDS and size is not Size.EXTREME_CLOSE and rng.random() < 0.3:
            passage = rng.choice((Passage.ENTERS, Passage.LEAVES))

    roles: list[Role | None] = [None] * len(subjects)
    pace = rng.uniform(0.75, 1.0)
    if not varied:
        pace = PACE
    for i in shown:
        kind, action = subjects[i].kind, actions[i]
        scale = max(0.45, STATURE[kind] / largest) if together else 1.0
        # Two that move go side by side; beside a mover, one at rest looks where it likes.
        own = facing if i in moving else rng.choice(tuple(Facing))
        if not varied and i not in moving:
            own = Facing.RIGHT
        x, y, speed_x, speed_y, stop = middles[i], 0.0, 0.0, 0.0, 1e6
        screen_speed = 0.0
        if i in moving:
            fast = FAST if action is Action.FAST else 1.0
            screen_speed = min(speed * fast, travel * (1.2 if fast > 1 else 1.0) / seconds) * pace
            if camera is Camera.TRACK:
                screen_speed = max(0.16, speed * fast) * pace
                lens = lens._replace(
                    pan=-own * screen_speed * seconds / 2, pan_rate=own * screen_speed, share=0.0
                )
            elif passage is Passage.STAYS:
                speed_x, x = own * screen_speed, x - own * screen_speed * seconds / 2
            else:
                outside = 0.5 + 0.6 * SIZE_SCALES[size] * 100 / 320
                distance = abs(outside + own * x) if passage is Passage.ENTERS else abs(outside - own * x)
                screen_speed = min(0.42, distance / (0.8 * seconds))
                speed_x = own * screen_speed
                if passage is Passage.ENTERS:
                    x, stop = x - own * distance, distance / screen_speed
        elif action in (Action.RISE, Action.DESCEND):
            up = 1 if action is Action.RISE else -1
            speed_y = up * min(0.24, 0.5 / seconds) * pace
            y = -speed_y * seconds / 2
        elif HABITATS[kind] is Habitat.AIR:
            y = rng.uniform(-0.08, 0.05)
        roles[i] = Role(
            action=action,
            facing=own,
            passage=passage if i in moving else Passage.STAYS,
            x=x,
            y=y,
            speed_x=speed_x,
            speed_y=speed_y,
            stop=stop,
            phase=subjects[i].look if varied else 0.0,
            gait=gait_of(kind, action, screen_speed * 320 / (SIZE_SCALES[size] * scale)),
            scale=scale,
        )
    return tuple(roles), lens


def gait_of(kind: Kind, action: Action, units_a_second: float) -> float:
    """Cycles a second: of legs and wheels by how fast they go, of what beats by itself by its kind."""
    match action:
        case Action.JUMP:
            return 0.55 if kind in (Kind.WHALE, Kind.FISH) else 0.9
        case Action.DANCE:
            return 1.1
    if kind in GAITS:
        return GAITS[kind]
    if kind in STRIDE:
        return 0.0 if units_a_second == 0 else min(2.6, max(0.8, units_a_second / STRIDE[kind]))
    radius = 34.0 if kind is Kind.BALL else WHEEL
    return min(2.8, units_a_second / (math.tau * radius))
