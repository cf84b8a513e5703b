"""What a film of the Papercut world consists of: the explicit table that everything else is made from.

Renderer, captions, evaluation and the page's word lists all read these enumerations. Their values are the ids that the
renderer and the classifier use, so new members go to the end.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum, StrEnum
from typing import NamedTuple


class Kind(IntEnum):
    """Who or what a shot shows."""

    SAILBOAT = 0
    BALLOON = 1
    CAR = 2
    BIRD = 3
    WHALE = 4
    ROCKET = 5
    HOUSE = 6
    TRAIN = 7
    MAN = 8
    WOMAN = 9
    CHILD = 10
    ROBOT = 11
    DOG = 12
    CAT = 13
    HORSE = 14
    BEAR = 15
    RABBIT = 16
    FISH = 17
    DUCK = 18
    BUS = 19
    TRUCK = 20
    PLANE = 21
    BALL = 22


class Colour(IntEnum):
    RED = 0
    ORANGE = 1
    YELLOW = 2
    GREEN = 3
    BLUE = 4
    PURPLE = 5
    PINK = 6
    WHITE = 7
    BROWN = 8
    BLACK = 9
    GREY = 10
    TURQUOISE = 11


class Place(IntEnum):
    SEA = 0
    DESERT = 1
    FOREST = 2
    MOUNTAINS = 3
    CITY = 4
    MEADOW = 5
    SNOWFIELD = 6
    SPACE = 7
    BEACH = 8
    VILLAGE = 9
    RIVER = 10
    ROOM = 11
    UNDERWATER = 12


class Time(IntEnum):
    """Time of day."""

    DAY = 0
    SUNSET = 1
    NIGHT = 2
    DAWN = 3


class Weather(IntEnum):
    CLEAR = 0
    FOG = 1
    RAIN = 2
    SNOW = 3


class Size(IntEnum):
    """Shot size: how much of the picture the subject takes."""

    WIDE = 0
    MEDIUM = 1
    CLOSE = 2
    EXTREME_WIDE = 3
    EXTREME_CLOSE = 4


class Camera(IntEnum):
    STATIC = 0
    PAN_LEFT = 1
    PAN_RIGHT = 2
    ZOOM_IN = 3
    ZOOM_OUT = 4
    TILT_UP = 5
    TILT_DOWN = 6
    TRACK = 7
    """The camera travels with a moving subject, which stays where it is in the picture."""


class Action(IntEnum):
    STILL = 0
    MOVE = 1
    """Goes left or right the way its kind goes: drives, walks, sails, flies, swims."""
    RISE = 2
    DESCEND = 3
    FAST = 4
    """Runs, races, gallops."""
    WAVE = 5
    JUMP = 6
    DANCE = 7


class Facing(IntEnum):
    LEFT = -1
    RIGHT = 1


class Passage(StrEnum):
    """Whether a moving subject is in the picture for the whole shot."""

    STAYS = "stays"
    ENTERS = "enters"
    LEAVES = "leaves"


class Habitat(Enum):
    """Where a kind is at home, which decides how it is held up and which preposition it takes."""

    GROUND = "ground"
    WATER = "water"
    AIR = "air"
    DEEP = "deep"
    """Under water, in the sea a leap above it."""


@dataclass(frozen=True)
class Subject:
    """One subject, the same in all shots of a film."""

    kind: Kind
    colour: Colour
    look: float
    """In [0, 1): picks what a child is called, and what is left to chance."""
    skin: float
    """In [0, 1): picks skin and hair, which no caption tells."""


@dataclass(frozen=True)
class Role:
    """What a subject does in one shot. Lengths are in widths of the picture, times in seconds."""

    action: Action
    facing: Facing
    passage: Passage
    x: float
    """Where it starts, from the middle of the picture."""
    y: float
    """How high above (positive) its place of rest it starts, in heights of the picture."""
    speed_x: float
    speed_y: float
    stop: float
    """When the motion ends."""
    gait: float
    """Steps, strokes or turns of the wheels a second."""
    phase: float
    """Those at the start of the shot."""
    scale: float
    """Against the size that the shot size gives: two subjects keep their proportions."""


class Lens(NamedTuple):
    """Motion of the camera in one shot: offsets at its start and change in a second."""

    pan: float
    pan_rate: float
    tilt: float
    tilt_rate: float
    zoom: float
    """Natural logarithm of the magnification."""
    zoom_rate: float
    share: float
    """How much a pan moves the subjects: 0 when the camera travels with them."""


@dataclass(frozen=True)
class Shot:
    place: Place
    time: Time
    weather: Weather
    size: Size
    camera: Camera
    roles: tuple[Role | None, ...]
    """One for each subject of the film; None for one that this shot does not show."""
    latent_frames: int
    frames: int
    scene: int
    """Seed of the scenery: shots in the same scene see the same hills and clouds."""
    clock: float
    """Seconds that waves and clouds have been going when the shot starts."""
    lens: Lens
    caption: str = ""
    said: frozenset[str] = frozenset()
    """Which attributes the caption tells; see `captions`."""
    template: str = ""
    """The sentence that the caption was made by."""


@dataclass(frozen=True)
class Film:
    """Everything about one film; `renderer.render` and the captions are pure functions of it."""

    seed: int
    subjects: tuple[Subject, ...]
    shots: tuple[Shot, ...]

    @property
    def captions(self) -> tuple[str, ...]:
        return tuple(shot.caption for shot in self.shots)

    @property
    def latent_frames(self) -> tuple[int, ...]:
        """Latent frames of every shot: latent frame 0 of a film stands for one frame, later ones for four."""
        return tuple(shot.latent_frames for shot in self.shots)

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)


COLOUR_VALUES: dict[Colour, tuple[float, float, float]] = {
    Colour.RED: (0.86, 0.16, 0.15),
    Colour.ORANGE: (0.96, 0.52, 0.10),
    Colour.YELLOW: (0.97, 0.82, 0.16),
    Colour.GREEN: (0.18, 0.66, 0.28),
    Colour.BLUE: (0.16, 0.38, 0.86),
    Colour.PURPLE: (0.52, 0.24, 0.72),
    Colour.PINK: (0.96, 0.50, 0.68),
    Colour.WHITE: (0.95, 0.95, 0.95),
    Colour.BROWN: (0.46, 0.28, 0.16),
    Colour.BLACK: (0.13, 0.13, 0.16),
    Colour.GREY: (0.56, 0.57, 0.60),
    Colour.TURQUOISE: (0.12, 0.74, 0.72),
}
"""RGB in [0, 1]."""

PEOPLE = frozenset({Kind.MAN, Kind.WOMAN, Kind.CHILD})
WALKERS = PEOPLE | {Kind.ROBOT}
FOUR_LEGGED = frozenset({Kind.DOG, Kind.CAT, Kind.HORSE, Kind.BEAR, Kind.RABBIT})
ROAD_VEHICLES = frozenset({Kind.CAR, Kind.BUS, Kind.TRUCK})

HABITATS: dict[Kind, Habitat] = {
    **dict.fromkeys((Kind.SAILBOAT, Kind.WHALE, Kind.DUCK), Habitat.WATER),
    **dict.fromkeys((Kind.BALLOON, Kind.BIRD, Kind.ROCKET, Kind.PLANE), Habitat.AIR),
    Kind.FISH: Habitat.DEEP,
    **dict.fromkeys(
        WALKERS | FOUR_LEGGED | ROAD_VEHICLES | {Kind.HOUSE, Kind.TRAIN, Kind.BALL}, Habitat.GROUND
    ),
}

OPEN_LAND = (Place.DESERT, Place.FOREST, Place.MOUNTAINS, Place.CITY, Place.MEADOW, Place.SNOWFIELD)
DRY_LAND = (*OPEN_LAND, Place.VILLAGE)

PLACES_OF: dict[Kind, tuple[Place, ...]] = {
    Kind.SAILBOAT: (Place.SEA, Place.SEA, Place.RIVER),
    Kind.BALLOON: (Place.SEA, *DRY_LAND, Place.BEACH, Place.RIVER),
    Kind.BIRD: (Place.SEA, *DRY_LAND, Place.BEACH, Place.RIVER),
    Kind.WHALE: (Place.SEA, Place.SEA, Place.UNDERWATER),
    Kind.ROCKET: (Place.SPACE, Place.SPACE, Place.SPACE, Place.DESERT, Place.CITY, Place.MOUNTAINS),
    Kind.HOUSE: (*OPEN_LAND, Place.BEACH),
    Kind.FISH: (Place.UNDERWATER, Place.UNDERWATER, Place.SEA, Place.RIVER),
    Kind.DUCK: (Place.RIVER, Place.SEA),
    Kind.PLANE: (Place.SEA, *DRY_LAND, Place.BEACH),
    Kind.TRAIN: DRY_LAND,
    **dict.fromkeys(ROAD_VEHICLES, DRY_LAND),
    **dict.fromkeys(PEOPLE, (*DRY_LAND, Place.BEACH, Place.BEACH, Place.ROOM, Place.ROOM)),
    Kind.ROBOT: (*DRY_LAND, Place.BEACH, Place.ROOM, Place.SPACE),
    **dict.fromkeys((Kind.DOG, Kind.CAT), (*DRY_LAND, Place.BEACH, Place.ROOM, Place.ROOM)),
    **dict.fromkeys((Kind.HORSE, Kind.BEAR, Kind.RABBIT), (*DRY_LAND, Place.BEACH)),
    Kind.BALL: (*DRY_LAND, Place.BEACH, Place.ROOM),
}
"""Where a kind can be; drawn with equal weight, so twice is twice as often."""

ACTIONS_OF: dict[Kind, tuple[Action, ...]] = {
    Kind.SAILBOAT: (Action.MOVE, Action.MOVE, Action.STILL),
    Kind.BALLOON: (Action.MOVE, Action.RISE, Action.DESCEND, Action.STILL),
    Kind.CAR: (Action.MOVE, Action.MOVE, Action.FAST, Action.STILL),
    Kind.BIRD: (Action.MOVE, Action.MOVE, Action.RISE, Action.DESCEND),
    Kind.WHALE: (Action.MOVE, Action.MOVE, Action.JUMP, Action.STILL),
    Kind.ROCKET: (Action.RISE, Action.RISE, Action.MOVE, Action.DESCEND),
    Kind.HOUSE: (Action.STILL,),
    Kind.TRAIN: (Action.MOVE, Action.MOVE, Action.FAST, Action.STILL),
    **dict.fromkeys(
        WALKERS,
        (Action.MOVE, Action.MOVE, Action.FAST, Action.WAVE, Action.JUMP, Action.DANCE, Action.STILL),
    ),
    **dict.fromkeys(FOUR_LEGGED, (Action.MOVE, Action.MOVE, Action.FAST, Action.JUMP, Action.STILL)),
    Kind.FISH: (Action.MOVE, Action.MOVE, Action.JUMP, Action.STILL),
    Kind.DUCK: (Action.MOVE, Action.MOVE, Action.STILL),
    Kind.BUS: (Action.MOVE, Action.MOVE, Action.STILL),
    Kind.TRUCK: (Action.MOVE, Action.MOVE, Action.FAST, Action.STILL),
    Kind.PLANE: (Action.MOVE, Action.MOVE, Action.RISE, Action.DESCEND),
    Kind.BALL: (Action.MOVE, Action.JUMP, Action.STILL),
}

STATURE: dict[Kind, float] = {
    Kind.SAILBOAT: 1.0,
    Kind.BALLOON: 1.0,
    Kind.CAR: 0.9,
    Kind.BIRD: 0.42,
    Kind.WHALE: 1.1,
    Kind.ROCKET: 1.0,
    Kind.HOUSE: 1.25,
    Kind.TRAIN: 1.15,
    Kind.MAN: 0.72,
    Kind.WOMAN: 0.69,
    Kind.CHILD: 0.52,
    Kind.ROBOT: 0.72,
    Kind.DOG: 0.42,
    Kind.CAT: 0.36,
    Kind.HORSE: 0.85,
    Kind.BEAR: 0.78,
    Kind.RABBIT: 0.34,
    Kind.FISH: 0.42,
    Kind.DUCK: 0.38,
    Kind.BUS: 1.15,
    Kind.TRUCK: 1.1,
    Kind.PLANE: 1.0,
    Kind.BALL: 0.34,
}
"""Size of a kind against a balloon's, for two subjects in one picture; a lone one fills the shot size by itself."""

INDOOR_OR_AIRLESS = frozenset({Place.SPACE, Place.ROOM, Place.UNDERWATER})
"""Places without weather."""


class Scope(StrEnum):
    """How much of the world is drawn from."""

    CORE = "core"
    """What a small model learns on a processor: eight subjects, one at a time, clear air and fog."""
    PEOPLED = "peopled"
    """The core with people, animals and a plane in it, which a model of the core learns on a processor, too."""
    FULL = "full"


@dataclass(frozen=True)
class Range:
    """The members of every enumeration that a scope draws from."""

    kinds: tuple[Kind, ...]
    colours: tuple[Colour, ...]
    places: tuple[Place, ...]
    weathers: tuple[Weather, ...]
    sizes: tuple[Size, ...]
    cameras: tuple[Camera, ...]
    actions: tuple[Action, ...]
    passages: tuple[Passage, ...]
    most_subjects: int
    varied: bool
    """Whether sceneries, speeds, strides and skins are left to chance. A small model draws the mean of what it cannot know:
    where there are a few sceneries, one speed and one way to stand, it knows, and its pictures are clear."""


_CORE = Range(
    kinds=tuple(Kind)[:8],
    colours=tuple(Colour)[:8],
    places=tuple(Place)[:8],
    weathers=tuple(Weather)[:2],
    sizes=tuple(Size)[:3],
    cameras=tuple(Camera)[:5],
    actions=(Action.STILL, Action.MOVE, Action.RISE),
    passages=(Passage.STAYS,),
    most_subjects=1,
    varied=False,
)
_CAST = (Kind.MAN, Kind.WOMAN, Kind.CHILD, Kind.DOG, Kind.CAT, Kind.HORSE, Kind.DUCK, Kind.PLANE)

RANGES: dict[Scope, Range] = {
    Scope.CORE: _CORE,
    Scope.PEOPLED: replace(_CORE, kinds=(*_CORE.kinds, *_CAST)),
    Scope.FULL: Range(
        kinds=tuple(Kind),
        colours=tuple(Colour),
        places=tuple(Place),
        weathers=tuple(Weather),
        sizes=tuple(Size),
        cameras=tuple(Camera),
        actions=tuple(Action),
        passages=tuple(Passage),
        most_subjects=2,
        varied=True,
    ),
}


class Split(StrEnum):
    """Which part of the world a film is from: what training never draws is held out for the evaluation."""

    TRAIN = "train"
    HELD_OUT = "held-out"
