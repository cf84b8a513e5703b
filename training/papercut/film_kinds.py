"""Sizes and lengths of the films that are trained on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FilmKind:
    """Films of one size and length, which share a batch."""

    name: str
    width: int
    height: int
    latent_frames: int
    shots: tuple[int, int]
    """Fewest and most."""
    window: tuple[int, int] | None = None
    """Rows and columns of tokens around the subject that are trained on; all where there are none."""

    @property
    def frames(self) -> int:
        return 1 + 4 * (self.latent_frames - 1)

    @property
    def tokens(self) -> int:
        rows, columns = self.window or (self.height // 32, self.width // 32)
        return self.latent_frames * rows * columns


STILL = FilmKind("still", 320, 192, 1, (1, 1))
NEAR_STILL = FilmKind("near still", 320, 192, 1, (1, 1), (4, 5))
"""A third of the picture's tokens has most of what there is to learn of a subject."""
GLIMPSE = FilmKind("glimpse", 320, 192, 7, (1, 1))
SHOT = FilmKind("shot", 320, 192, 13, (1, 1))
CUT = FilmKind("cut", 320, 192, 13, (2, 2))
PAIR = FilmKind("pair", 320, 192, 4, (2, 2))
TRIO = FilmKind("trio", 320, 192, 6, (3, 3))
FOURSOME = FilmKind("foursome", 320, 192, 8, (4, 4))
"""Shots as short as can be: many cuts, across which subjects are carried, for few tokens."""
SCENE = FilmKind("scene", 320, 192, 25, (2, 3))
STORY = FilmKind("story", 320, 192, 49, (3, 6))
LONG = FilmKind("long", 320, 192, 73, (4, 8))
"""Twelve seconds."""
LONG_SHOT = FilmKind("long shot", 320, 192, 49, (1, 1))
UPRIGHT = FilmKind("upright", 192, 320, 13, (1, 2))
UPRIGHT_SCENE = FilmKind("upright scene", 192, 320, 25, (2, 3))
UPRIGHT_GLIMPSE = FilmKind("upright glimpse", 192, 320, 7, (1, 1))
SQUARE = FilmKind("square", 256, 256, 13, (1, 2))
SQUARE_SCENE = FilmKind("square scene", 256, 256, 25, (2, 3))
LARGE = FilmKind("large", 832, 480, 7, (1, 2))
LARGE_UPRIGHT = FilmKind("large upright", 480, 832, 4, (1, 1))
SKETCH = FilmKind("sketch", 64, 64, 3, (1, 2))
SKETCH_SCENE = FilmKind("sketch scene", 96, 64, 5, (2, 3))

Mix = dict[FilmKind, float]
"""Shares of the steps."""
