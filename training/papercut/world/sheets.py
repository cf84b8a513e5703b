"""Contact sheets of the world, to be looked at.

    python3 -m papercut.world.sheets OUT_FOLDER [--width 320 --height 192]

Run from `training/`.
"""

import argparse
from pathlib import Path

import numpy as np

from ..pictures import sheet, write_png
from .drawing import Wishes, draw_film
from .renderer import render
from .spec import ACTIONS_OF, PLACES_OF, Action, Camera, Colour, Kind, Place, Size, Time, Weather


def frame(seed: int, width: int, height: int, wishes: Wishes, at: float = 0.5) -> np.ndarray:
    """One frame of a shot of two seconds."""
    film = draw_film(seed, latent_frames=13, wishes=wishes)
    return render(film, width, height, window=(round(at * (film.frames - 1)), 1)).frames[0]


def save(rows: list[list[np.ndarray]], path: Path) -> None:
    write_png(path, sheet(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=192)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    w, h = args.width, args.height

    save(
        [
            [
                frame(
                    8 * kind + i,
                    w,
                    h,
                    Wishes(
                        (kind,),
                        (Colour((i + kind) % len(Colour)),),
                        sorted(set(PLACES_OF[kind]))[i % len(set(PLACES_OF[kind]))],
                        Time(i % 4),
                        Weather.CLEAR,
                        (Size.MEDIUM if i % 2 else Size.CLOSE,),
                        (Camera.STATIC,),
                    ),
                )
                for i in range(8)
            ]
            for kind in Kind
        ],
        args.out / "subjects.png",
    )
    save(
        [
            [
                frame(
                    i + 1,
                    w,
                    h,
                    Wishes((kind,), None, place, Time(i % 4), Weather(i // 2 if i > 3 else 0), (Size.WIDE,)),
                )
                for i in range(8)
            ]
            for place in Place
            for kind in [next(k for k in reversed(Kind) if place in PLACES_OF[k])]
        ],
        args.out / "places.png",
    )
    save(
        [
            [
                frame(
                    3,
                    w,
                    h,
                    Wishes((kind,), (Colour.RED,), place, Time.DAY, Weather.CLEAR, (size,), (Camera.STATIC,)),
                )
                for size in (Size.EXTREME_WIDE, Size.WIDE, Size.MEDIUM, Size.CLOSE, Size.EXTREME_CLOSE)
            ]
            for kind in Kind
            for place in [PLACES_OF[kind][0]]
        ],
        args.out / "sizes.png",
    )
    acting = [
        (k, a)
        for k in (Kind.WOMAN, Kind.HORSE, Kind.FISH, Kind.BALL)
        for a in dict.fromkeys(ACTIONS_OF[k])
        if a is not Action.STILL
    ]
    save(
        [
            [
                frame(
                    5,
                    w,
                    h,
                    Wishes(
                        (kind,),
                        (Colour.BLUE,),
                        None,
                        Time.DAY,
                        Weather.CLEAR,
                        (Size.MEDIUM,),
                        (Camera.STATIC,),
                        action,
                    ),
                    i / 7,
                )
                for i in range(8)
            ]
            for kind, action in acting
        ],
        args.out / "actions.png",
    )
    rows = []
    for seed in range(12):
        film = draw_film(seed, latent_frames=25, shots=3)
        pictures = render(film, w, h).frames
        rows.append([pictures[i] for i in np.linspace(0, film.frames - 1, 8).astype(int)])
        print(seed, *film.captions, sep="\n    ")
    save(rows, args.out / "films.png")


if __name__ == "__main__":
    main()
