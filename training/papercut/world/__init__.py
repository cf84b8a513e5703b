"""The Papercut world: films of flat paper cut-outs with exact captions and exact masks of their subjects.

    film = draw_film(seed=7, scope=Scope.FULL, latent_frames=25, shots=3)
    film.captions            one text a shot
    film.latent_frames       latent frames a shot; cuts lie between latent frames
    pictures = render(film, width=320, height=192, masks=Masks.CELLS, threads=2)
    pictures.frames          uint8 [frames, 3, height, width], frames = 1 + 4 * (latent frames - 1)
    pictures.cells           uint8 [latent frames, 2, height / 16, width / 16]: how much of a cell each subject covers
    vocabulary(Scope.FULL)   every word that a caption of the scope may have, as vocab.json lists them

A film is a pure function of its arguments, and its pictures of the film and the size. `render` lets go of the
interpreter's lock, so that threads may draw and render at once. Training uses `Split.TRAIN` (the default), which never
draws what `Split.HELD_OUT` keeps for the evaluation.
"""

from .captions import MAX_WORDS, vocabulary
from .drawing import draw_film
from .renderer import Masks, Pictures, render
from .spec import Action, Camera, Colour, Film, Kind, Place, Scope, Shot, Size, Split, Time, Weather

__all__ = [
    "MAX_WORDS",
    "Action",
    "Camera",
    "Colour",
    "Film",
    "Kind",
    "Masks",
    "Pictures",
    "Place",
    "Scope",
    "Shot",
    "Size",
    "Split",
    "Time",
    "Weather",
    "draw_film",
    "render",
    "vocabulary",
]
