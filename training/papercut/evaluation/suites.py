"""The films that the evaluation asks for: prompts that training never draws, films across shots, and a sheet of prompts
as people write them."""

import random

from ..world import Film, Scope, Size, Split, draw_film
from ..world.drawing import Wishes
from ..world.spec import RANGES, Camera

CLEAR_SIZES = (Size.MEDIUM, Size.WIDE, Size.CLOSE)
HELD_OUT_SEED = 10**8


def single_shots(scope: Scope, count: int, latent_frames: int = 9) -> list[Film]:
    """One shot each, in combinations and sentences that training never draws, every attribute said."""
    wishes = Wishes(complete=True)
    return [
        draw_film(HELD_OUT_SEED + i, scope, latent_frames, 1, Split.HELD_OUT, wishes) for i in range(count)
    ]


def across_shots(scope: Scope, count: int, latent_frames: int = 16, shots: int = 4) -> list[Film]:
    """One subject in several shots, whose colour most later captions leave out.

    Held-out combinations of subject, colour and place, so that the colour cannot be guessed from the rest.
    """
    bounds = RANGES[scope]
    rng = random.Random(f"across/{scope}")
    films = []
    for i in range(count):
        sizes = tuple(rng.choice(CLEAR_SIZES) for _ in range(shots))
        wishes = Wishes(
            kinds=None if bounds.most_subjects == 1 else (rng.choice(bounds.kinds),),
            sizes=sizes,
            cameras=(Camera.STATIC,),
            complete=True,
        )
        films.append(draw_film(HELD_OUT_SEED * 2 + i, scope, latent_frames, shots, Split.HELD_OUT, wishes))
    return films


def long_films(scope: Scope, count: int, latent_frames: int = 25, shots: int = 5) -> list[Film]:
    """Held-out films with several cuts, for the autoencoder and the router."""
    return [
        draw_film(HELD_OUT_SEED * 3 + i, scope, latent_frames, shots, Split.HELD_OUT) for i in range(count)
    ]


SHEET_PROMPTS: dict[Scope, tuple[tuple[str, ...], ...]] = {
    Scope.CORE: (
        ("a red sailboat on the sea at sunset",),
        ("close up of a yellow hot air balloon over the mountains in the early morning",),
        ("a green train rolls through the meadow on a sunny day, camera pans left",),
        ("wide shot of a blue car in the desert at noon",),
        ("a white bird flying over the ocean at night",),
        ("a purple rocket takes off in the desert at dawn",),
        ("an orange house in the snowy plain at dusk",),
        ("a pink whale swimming in the ocean by day",),
        ("a rocket ship in outer space, zoom out",),
        ("the little yellow cabin in the woods, foggy, early morning",),
        ("at night a red car drives to the right in the city",),
        ("a blue locomotive in the mountains, medium shot",),
        ("a green balloon rises over the city at sunset",),
        ("a white sailing ship in the mist, wide shot",),
        ("a purple bird over the forest, close up",),
        ("orange car, snowfield, night, wide shot",),
        ("we zoom in as a red train goes left through the forest",),
        ("a yellow boat floats left on the waves at dawn, camera pans right",),
        ("a pink house in the meadow under a clear sky",),
        ("a white rocket moving to the right in space, close shot",),
        ("medium shot of a red car in the city by day", "close up of the car", "wide shot of it at night"),
        (
            "a blue whale in the sea at sunset, wide shot",
            "close shot of the whale",
            "the same whale heading left",
        ),
        (
            "wide shot of a yellow balloon over the fields",
            "the balloon in close up",
            "the balloon rising over the desert",
        ),
        (
            "a green house in the forest, medium shot",
            "close up of the house at night",
            "wide shot of the cottage in the snowfield",
        ),
    ),
    Scope.PEOPLED: (
        ("a woman in a red dress walks through the meadow at sunset",),
        ("close up of a man in a blue coat in the city at night",),
        ("a child with a yellow hat walks to the right through the snowy plain",),
        ("a white dog in the desert at noon, medium shot",),
        ("a pink cat walking left in the woods at dawn",),
        ("wide shot of an orange horse in the mountains by day",),
        ("a green duck swimming on the sea in the mist",),
        ("a purple plane flies over the city at sunset, camera pans right",),
        ("a boy in an orange coat stands in the forest, foggy, early morning",),
        ("a red horse trots to the left through the fields, pan left",),
        ("close up of a blue cat on the snowy plain at night",),
        ("the lady in the green dress, desert, dusk, zoom in",),
        ("a red sailboat on the sea at sunset",),
        ("close up of a yellow hot air balloon over the mountains in the early morning",),
        ("wide shot of a blue car in the desert at noon",),
        ("a purple rocket takes off in the desert at dawn",),
        ("a pink whale swimming in the ocean by day",),
        ("the little yellow cabin in the woods, foggy, early morning",),
        ("a blue locomotive in the mountains, medium shot",),
        ("a white bird flying over the ocean at night",),
        ("a girl in a red coat walks right in the woods", "close up of the girl", "she walks on the snowy plain at night"),
        (
            "a blue dog in the meadow at noon, wide shot",
            "the dog walking to the left",
            "close shot of the same dog at night",
        ),
        (
            "a man in a purple jacket in the city by day",
            "close up of the man",
            "wide shot of the man in the desert at sunset",
        ),
        (
            "wide shot of a yellow balloon over the fields",
            "the balloon in close up",
            "the balloon rising over the desert",
        ),
    ),
    Scope.FULL: (
        ("a woman in a red dress walks along the beach at sunset",),
        ("a brown dog runs through the meadow on a sunny day, tracking shot",),
        ("close up of a man in a blue coat waving hello in the city",),
        ("a grey cat and a yellow ball in the living room in the evening",),
        ("a white horse gallops through the snowfield at dawn",),
        ("a red car and a white dog in the desert at noon, wide shot",),
        ("an orange fish swimming under the water",),
        ("a turquoise robot dances in the village at night",),
        ("paper cut out of a black bear in the forest, in falling snow",),
        ("a child with a yellow coat jumps on a rainy day in the city",),
        ("extreme close up of a pink rabbit in a flower meadow",),
        ("a purple plane flies over the sea in the fog, pan right",),
        ("extreme wide shot of a red sailboat on the lake in the morning",),
        ("a green bus drives in from the left, city street, rain",),
        ("a lonely rocket among the stars and planets, slow zoom in",),
        ("a white duck on the river at daybreak, storybook illustration",),
        ("the camera tilts up as a yellow balloon rises over the little town",),
        ("an orange truck speeds to the right through the mountains at dusk",),
        ("a blue whale leaps in the ocean under the moon",),
        ("a robot and a cat in a cozy room at night, medium shot",),
        (
            "a girl in a red coat walks right in the woods",
            "close up of the girl",
            "she waves hello in the snow at night",
        ),
        (
            "a black dog on the beach at noon, wide shot",
            "the dog running to the left",
            "extreme close up of the same dog",
        ),
        (
            "a blue car drives through the village",
            "the car at night in the rain",
            "it stands still in the snowfield",
        ),
        (
            "a man in a green coat and a brown horse in the desert",
            "close shot of the horse",
            "the man leaves to the right",
        ),
    ),
}
"""24 films as a person might write them; two thirds of them one shot."""
