"""How people say what the table in `spec` has: every phrase that a caption may use, by member.

A phrase belongs to one member of its enumeration, so a caption made of a shot's own phrases is true of it.
Only a to z matter: the engine reads lower-case runs of letters.
"""

from .spec import Action, Camera, Colour, Facing, Habitat, Kind, Place, Size, Time, Weather

NOUNS: dict[Kind, tuple[str, ...]] = {
    Kind.SAILBOAT: ("sailboat", "sailing boat", "boat", "sailing ship", "ship", "yacht"),
    Kind.BALLOON: ("hot air balloon", "balloon"),
    Kind.CAR: ("car", "automobile", "sports car"),
    Kind.BIRD: ("bird", "songbird"),
    Kind.WHALE: ("whale",),
    Kind.ROCKET: ("rocket", "spaceship", "rocket ship", "spacecraft", "starship", "space rocket"),
    Kind.HOUSE: ("house", "cottage", "cabin", "hut", "home", "farmhouse"),
    Kind.TRAIN: ("train", "steam train", "locomotive", "steam engine"),
    Kind.MAN: ("man", "guy", "gentleman"),
    Kind.WOMAN: ("woman", "lady"),
    Kind.CHILD: ("child", "kid", "youngster"),
    Kind.ROBOT: ("robot", "android"),
    Kind.DOG: ("dog", "puppy"),
    Kind.CAT: ("cat", "kitten"),
    Kind.HORSE: ("horse", "pony"),
    Kind.BEAR: ("bear",),
    Kind.RABBIT: ("rabbit", "bunny", "hare"),
    Kind.FISH: ("fish",),
    Kind.DUCK: ("duck",),
    Kind.BUS: ("bus", "coach"),
    Kind.TRUCK: ("truck", "lorry"),
    Kind.PLANE: ("plane", "airplane", "aircraft"),
    Kind.BALL: ("ball", "beach ball"),
}

CHILDREN = ("girl", "boy")
"""One or the other for a child, the same in all of its film."""

VAGUE_NOUNS: dict[Kind, str] = {
    **dict.fromkeys((Kind.MAN, Kind.WOMAN), "person"),
    **dict.fromkeys((Kind.DOG, Kind.CAT, Kind.HORSE, Kind.BEAR, Kind.RABBIT), "animal"),
    **dict.fromkeys((Kind.CAR, Kind.BUS, Kind.TRUCK), "vehicle"),
}
"""True, and leaves the kind open."""

ADJECTIVES = (
    "little",
    "small",
    "big",
    "old",
    "new",
    "shiny",
    "cute",
    "beautiful",
    "pretty",
    "happy",
    "friendly",
    "lonely",
    "lovely",
    "toy",
    "paper",
)
"""Of any subject; they change nothing, and the model learns that they do not."""

ADVERBS: dict[Action, tuple[str, ...]] = {
    Action.MOVE: ("slowly", "gently", "calmly", "quietly"),
    Action.FAST: ("quickly", "at full speed", "in a hurry"),
    Action.RISE: ("slowly", "gently"),
    Action.DESCEND: ("slowly", "gently"),
    Action.DANCE: ("happily",),
    Action.JUMP: ("happily",),
    Action.WAVE: ("happily",),
}

CLOTHES: dict[Kind, tuple[str, ...]] = {
    Kind.MAN: ("coat", "jacket"),
    Kind.WOMAN: ("dress",),
    Kind.CHILD: ("coat and hat", "coat", "jacket"),
}
"""What has the colour of a person."""

PRONOUNS: dict[Kind, str] = {Kind.MAN: "he", Kind.WOMAN: "she", Kind.CHILD: "the child"}
"""`it` for all others."""

COLOURS: dict[Colour, tuple[str, ...]] = {
    Colour.RED: ("red", "red", "red", "scarlet", "crimson"),
    Colour.ORANGE: ("orange",),
    Colour.YELLOW: ("yellow",),
    Colour.GREEN: ("green",),
    Colour.BLUE: ("blue",),
    Colour.PURPLE: ("purple", "purple", "violet"),
    Colour.PINK: ("pink",),
    Colour.WHITE: ("white",),
    Colour.BROWN: ("brown",),
    Colour.BLACK: ("black",),
    Colour.GREY: ("grey", "gray"),
    Colour.TURQUOISE: ("turquoise", "teal"),
}

PLACES: dict[Place, dict[str, tuple[str, ...]]] = {
    Place.SEA: {
        "on": ("the sea", "the ocean", "the open sea", "the waves"),
        "in": ("the sea", "the ocean"),
        "over": ("the sea", "the ocean", "the waves"),
    },
    Place.DESERT: {
        "in": ("the desert", "the sandy desert", "a desert", "the dunes", "the sand dunes", "the hot sand"),
        "over": ("the desert", "the dunes", "the sand dunes"),
        "through": ("the desert", "the dunes"),
    },
    Place.FOREST: {
        "in": ("the forest", "the woods", "a pine forest", "the pine woods"),
        "over": ("the forest", "the woods", "the pine trees"),
        "through": ("the forest", "the woods", "the trees"),
    },
    Place.MOUNTAINS: {
        "in": ("the mountains", "the high mountains", "the hills", "the alps", "a mountain valley"),
        "over": ("the mountains", "the snowy peaks", "the mountain tops"),
        "through": ("the mountains", "the hills"),
    },
    Place.CITY: {
        "in": ("the city", "a big city", "the city streets", "downtown", "the street", "an urban scene"),
        "over": ("the city", "the skyscrapers", "the city skyline"),
        "through": ("the city", "the city streets"),
    },
    Place.MEADOW: {
        "in": (
            "the meadow",
            "a flower meadow",
            "the fields",
            "a field of flowers",
            "the countryside",
            "the park",
            "a grassy field",
        ),
        "over": ("the meadow", "the fields", "the countryside"),
        "through": ("the meadow", "the fields", "the grass"),
    },
    Place.SNOWFIELD: {
        "in": (
            "the snowfield",
            "the snowy plain",
            "a winter land",
            "a winter landscape",
            "the snowy fields",
            "the arctic",
        ),
        "over": ("the snowfield", "the snowy plain", "the winter landscape"),
        "through": ("the snowfield", "the winter landscape"),
    },
    Place.SPACE: {
        "in": ("space", "outer space", "deep space"),
        "through": ("space", "outer space"),
        "among": ("the stars and planets", "the stars"),
    },
    Place.BEACH: {
        "on": ("the beach", "a sandy beach", "the shore", "a tropical beach", "the seaside", "the coast"),
        "over": ("the beach", "the palm trees", "the shore"),
        "along": ("the beach", "the shore"),
    },
    Place.VILLAGE: {
        "in": ("the village", "a small village", "a little town", "the old town"),
        "over": ("the village", "the roofs", "the little town"),
        "through": ("the village", "the little town"),
    },
    Place.RIVER: {
        "on": ("the river", "a river", "the stream", "the lake"),
        "in": ("the river", "the stream", "the lake"),
        "over": ("the river", "the stream", "the lake"),
    },
    Place.ROOM: {
        "in": ("a room", "the living room", "the room", "a cozy room", "the bedroom"),
        "inside": ("the house", "a cozy room"),
    },
    Place.UNDERWATER: {
        "under": ("the water", "the sea", "the waves"),
        "at": ("the bottom of the sea",),
        "above": ("the sea floor", "the corals"),
    },
}
"""Noun phrases by the preposition before them; which prepositions fit is up to the subject's habitat."""

PREPOSITIONS: dict[Habitat, tuple[str, ...]] = {
    Habitat.GROUND: ("in", "on", "among", "inside"),
    Habitat.AIR: ("over",),
    Habitat.WATER: ("on",),
    Habitat.DEEP: ("in",),
}
MOVING_PREPOSITIONS = ("through", "along")
"""On the ground, for what moves."""

TIMES: dict[Time, tuple[str, ...]] = {
    Time.DAY: (
        "by day",
        "in daylight",
        "at noon",
        "on a bright day",
        "on a sunny day",
        "during the day",
        "in the afternoon",
    ),
    Time.SUNSET: ("at sunset", "at dusk", "in the evening", "at the golden hour", "as the sun goes down"),
    Time.NIGHT: (
        "at night",
        "at midnight",
        "under the moon",
        "on a dark night",
        "in the moonlight",
        "by night",
    ),
    Time.DAWN: (
        "at dawn",
        "at sunrise",
        "in the early morning",
        "in the morning",
        "as the sun comes up",
        "at daybreak",
    ),
}
SHORT_TIMES: dict[Time, tuple[str, ...]] = {
    Time.DAY: ("day", "daylight", "noon", "sunny day", "daytime"),
    Time.SUNSET: ("sunset", "dusk", "evening", "golden hour"),
    Time.NIGHT: ("night", "moonlight", "midnight", "nighttime"),
    Time.DAWN: ("dawn", "sunrise", "early morning", "morning"),
}

WEATHERS: dict[Weather, tuple[str, ...]] = {
    Weather.CLEAR: ("under a clear sky", "in clear weather", "in fine weather"),
    Weather.FOG: ("in the fog", "in thick fog", "in the mist", "in a haze", "on a foggy day"),
    Weather.RAIN: (
        "in the rain",
        "in heavy rain",
        "while it rains",
        "in rainy weather",
        "on a rainy day",
        "in a storm",
    ),
    Weather.SNOW: ("in falling snow", "while it snows", "in the snow", "in snowfall", "in a blizzard"),
}
SHORT_WEATHERS: dict[Weather, tuple[str, ...]] = {
    Weather.CLEAR: ("clear sky", "clear weather", "fine weather"),
    Weather.FOG: ("fog", "mist", "foggy", "misty", "hazy"),
    Weather.RAIN: ("rain", "rainy", "raining", "rainy weather"),
    Weather.SNOW: ("falling snow", "snowing", "snowfall", "snowflakes"),
}

SIZES: dict[Size, tuple[str, ...]] = {
    Size.WIDE: ("wide shot", "a wide shot", "wide view", "long shot", "wide angle"),
    Size.MEDIUM: ("medium shot", "a medium shot", "mid shot", "medium view"),
    Size.CLOSE: ("close up", "a close up", "close shot", "closeup", "close view"),
    Size.EXTREME_WIDE: (
        "extreme wide shot",
        "very wide shot",
        "extreme long shot",
        "distant view",
        "establishing shot",
        "panorama",
    ),
    Size.EXTREME_CLOSE: (
        "extreme close up",
        "very close shot",
        "tight close up",
        "detail shot",
        "macro shot",
    ),
}

CAMERAS: dict[Camera, tuple[str, ...]] = {
    Camera.STATIC: ("static camera", "fixed camera", "still camera", "locked shot", "tripod shot"),
    Camera.PAN_LEFT: ("camera pans left", "panning left", "pan left", "pan to the left", "slow pan left"),
    Camera.PAN_RIGHT: (
        "camera pans right",
        "panning right",
        "pan right",
        "pan to the right",
        "slow pan right",
    ),
    Camera.ZOOM_IN: ("camera zooms in", "slow zoom in", "zooming in", "zoom in", "push in", "dolly in"),
    Camera.ZOOM_OUT: (
        "camera zooms out",
        "slow zoom out",
        "zooming out",
        "zoom out",
        "pull out",
        "pull back",
    ),
    Camera.TILT_UP: ("camera tilts up", "tilt up", "tilting up", "slow tilt up"),
    Camera.TILT_DOWN: ("camera tilts down", "tilt down", "tilting down", "slow tilt down"),
    Camera.TRACK: ("tracking shot", "camera follows", "follow shot", "camera tracks along", "dolly shot"),
}
CAMERA_CLAUSES: dict[Camera, tuple[str, ...]] = {
    Camera.STATIC: ("the camera stays still", "the camera does not move", "the camera is fixed"),
    Camera.PAN_LEFT: ("the camera pans left", "the camera pans to the left", "we pan left"),
    Camera.PAN_RIGHT: ("the camera pans right", "the camera pans to the right", "we pan right"),
    Camera.ZOOM_IN: (
        "the camera zooms in",
        "the camera slowly zooms in",
        "we zoom in",
        "the camera pushes in",
    ),
    Camera.ZOOM_OUT: (
        "the camera zooms out",
        "the camera slowly zooms out",
        "we zoom out",
        "the camera pulls back",
    ),
    Camera.TILT_UP: ("the camera tilts up", "the camera slowly tilts up", "the camera looks up"),
    Camera.TILT_DOWN: ("the camera tilts down", "the camera slowly tilts down", "the camera looks down"),
    Camera.TRACK: ("the camera follows", "the camera tracks along", "the camera moves along", "we follow"),
}

Verb = tuple[str, str]
"""Third person and gerund."""

GOING: dict[str, tuple[Verb, ...]] = {
    "any": (("moves", "moving"), ("goes", "going"), ("travels", "traveling"), ("heads", "heading")),
    "walker": (("walks", "walking"), ("strolls", "strolling"), ("walks", "walking"), ("marches", "marching")),
    "animal": (("walks", "walking"), ("trots", "trotting"), ("wanders", "wandering")),
    "hopper": (("hops", "hopping"),),
    "driver": (("drives", "driving"), ("rolls", "rolling"), ("drives", "driving")),
    "sailor": (("sails", "sailing"), ("floats", "floating"), ("glides", "gliding")),
    "flyer": (("flies", "flying"), ("glides", "gliding"), ("flies", "flying")),
    "drifter": (("drifts", "drifting"), ("floats", "floating"), ("flies", "flying")),
    "swimmer": (("swims", "swimming"), ("glides", "gliding"), ("swims", "swimming")),
    "roller": (("rolls", "rolling"),),
}
MANNERS: dict[Kind, str] = {
    **dict.fromkeys((Kind.MAN, Kind.WOMAN, Kind.CHILD, Kind.ROBOT), "walker"),
    **dict.fromkeys((Kind.DOG, Kind.CAT, Kind.HORSE, Kind.BEAR), "animal"),
    Kind.RABBIT: "hopper",
    **dict.fromkeys((Kind.CAR, Kind.BUS, Kind.TRUCK), "driver"),
    Kind.TRAIN: "roller",
    Kind.BALL: "roller",
    Kind.SAILBOAT: "sailor",
    **dict.fromkeys((Kind.BIRD, Kind.PLANE, Kind.ROCKET), "flyer"),
    Kind.BALLOON: "drifter",
    **dict.fromkeys((Kind.WHALE, Kind.FISH, Kind.DUCK), "swimmer"),
}
"""How a kind goes."""

RUNNING: tuple[Verb, ...] = (("runs", "running"), ("races", "racing"), ("runs fast", "running fast"))
SPEEDING: tuple[Verb, ...] = (
    ("races", "racing"),
    ("speeds", "speeding"),
    ("drives fast", "driving fast"),
    ("rushes", "rushing"),
)
GALLOPING: tuple[Verb, ...] = (("gallops", "galloping"), *RUNNING)

ACTIONS: dict[Action, tuple[Verb, ...]] = {
    Action.WAVE: (
        ("waves", "waving"),
        ("waves a hand", "waving a hand"),
        ("waves hello", "waving hello"),
        ("says hello", "saying hello"),
    ),
    Action.JUMP: (("jumps", "jumping"), ("jumps up and down", "jumping up and down"), ("leaps", "leaping")),
    Action.DANCE: (("dances", "dancing"), ("is dancing", "dancing")),
    Action.RISE: (
        ("rises", "rising"),
        ("goes up", "going up"),
        ("flies up", "flying up"),
        ("flies upward", "flying upward"),
        ("climbs", "climbing"),
        ("rises into the sky", "rising into the sky"),
        ("takes off", "taking off"),
        ("lifts off", "lifting off"),
    ),
    Action.DESCEND: (
        ("descends", "descending"),
        ("sinks", "sinking"),
        ("comes down", "coming down"),
        ("flies down", "flying down"),
        ("lands", "landing"),
    ),
    Action.STILL: (
        ("stands still", "standing still"),
        ("does not move", "not moving"),
        ("rests", "resting"),
        ("stays in place", "staying in place"),
        ("waits", "waiting"),
    ),
}
BOUNCING: tuple[Verb, ...] = (
    ("bounces", "bouncing"),
    ("bounces up and down", "bouncing up and down"),
    ("jumps", "jumping"),
)
PARKING: tuple[Verb, ...] = (
    ("is parked", "parked"),
    ("stands still", "standing still"),
    ("waits", "waiting"),
    ("does not move", "not moving"),
)
HOVERING: tuple[Verb, ...] = (
    ("hovers", "hovering"),
    ("hangs in the air", "hanging in the air"),
    ("does not move", "not moving"),
    ("stays in place", "staying in place"),
)

DIRECTIONS: dict[Facing, tuple[str, ...]] = {
    Facing.RIGHT: ("to the right", "right", "from left to right", "toward the right"),
    Facing.LEFT: ("to the left", "left", "from right to left", "toward the left"),
}
ENTERING: dict[Facing, tuple[Verb, ...]] = {
    Facing.RIGHT: (
        ("enters from the left", "entering from the left"),
        ("comes in from the left", "coming in from the left"),
        ("comes into view from the left", "coming into view from the left"),
    ),
    Facing.LEFT: (
        ("enters from the right", "entering from the right"),
        ("comes in from the right", "coming in from the right"),
        ("comes into view from the right", "coming into view from the right"),
    ),
}
LEAVING: dict[Facing, tuple[Verb, ...]] = {
    Facing.RIGHT: (
        ("leaves to the right", "leaving to the right"),
        ("exits on the right", "exiting on the right"),
        ("goes away to the right", "going away to the right"),
    ),
    Facing.LEFT: (
        ("leaves to the left", "leaving to the left"),
        ("exits on the left", "exiting on the left"),
        ("goes away to the left", "going away to the left"),
    ),
}

STYLES = (
    "paper cut out",
    "paper cut style",
    "storybook style",
    "storybook illustration",
    "paper art",
    "papercut animation",
    "flat paper world",
    "children book illustration",
    "handmade paper scene",
    "cartoon",
    "animated film",
    "cinematic",
    "fairy tale",
    "colorful",
    "soft colors",
    "simple shapes",
    "peaceful mood",
    "dreamy",
    "layered paper",
    "picture book",
    "stop motion",
    "illustration",
    "beautiful scenery",
)
"""Words on the look, which every picture has."""

JOINING = (
    "a an the same and with again now then of there is are we see view showing scene shot in that",
    "which while as next still in picture frame wearing dressed it he she both",
)
"""Words that captions are held together by."""
