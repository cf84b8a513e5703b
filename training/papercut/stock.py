"""Films rendered and encoded ahead of training, kept on disk for every run that uses the same encoder and world.

    python -m papercut.stock MODEL --scope peopled --films still=40000,pair=8000 --workers 2 --out FOLDER
    python -m papercut.train --init MODEL --stock FOLDER ...

A processor takes a hundred times longer to encode a film than to render it. All of its cores do so here, where training
encodes in the process that also trains; and stages, and later runs, need not encode again. Grows while runs draw from it.
"""

import argparse
import multiprocessing
import os
import time
from pathlib import Path

import torch

from . import film_kinds, world
from .film_kinds import FilmKind, Mix
from .films import LEAST_FILMS, Count, Prompting, Record, chosen, rendered, stacked
from .model import Papercut
from .train_transformer import latents_of

LOT_FRAMES = 1024
"""Latent frames of the films of a file, about."""
TOGETHER = 4
"""Films that are encoded at once: what they need stays in a processor's cache."""
LOOK_AFTER_S = 30.0
SEEDS_A_LOT = 1 << 16
KINDS = {kind.name: kind for kind in vars(film_kinds).values() if isinstance(kind, FilmKind)}


class Stock:
    """Films of a folder, drawn from evenly. Kinds that the folder has none of are left out of a mix."""

    def __init__(self, folder: Path, kinds: list[FilmKind], device: torch.device) -> None:
        """Raises SystemExit if there are no films of any of the kinds."""
        self._folder, self._kinds, self._device = folder, kinds, device
        self._lots: dict[FilmKind, list[Record]] = {kind: [] for kind in kinds}
        self._drawn, self._looked = 0, float("-inf")
        self._look()
        if not any(self._lots.values()):
            names = ", ".join(kind.name for kind in kinds)
            raise SystemExit(f"{folder} has no films of {names}: make some by papercut.stock.")

    def stock(self, mix: Mix, count: Count) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """Files are closed with the process."""

    @property
    def reuse(self) -> float:
        """How often films have been drawn on average."""
        return self._drawn / sum(map(self._held, self._kinds))

    def draw(self, mix: Mix, count: Count, generator: torch.Generator) -> tuple[FilmKind, Record]:
        """As `Pool.draw`."""
        if time.monotonic() - self._looked > LOOK_AFTER_S:
            self._look()
        kind = chosen({kind: share for kind, share in mix.items() if self._held(kind) >= LEAST_FILMS}, generator)
        lots = self._lots[kind]
        films = len(lots[0]["latent"])
        places = torch.randint(len(lots) * films, (count(kind),), generator=generator).tolist()
        self._drawn += len(places)
        parts = [(lots[place // films], place % films) for place in places]
        return kind, {name: torch.stack([lot[name][i] for lot, i in parts]).to(self._device) for name in lots[0]}

    def _held(self, kind: FilmKind) -> int:
        return sum(len(lot["latent"]) for lot in self._lots.get(kind, []))

    def _look(self) -> None:
        """Takes up lots that have come since."""
        self._looked = time.monotonic()
        for kind, lots in self._lots.items():
            for path in lots_of(self._folder, kind)[len(lots) :]:
                lots.append(torch.load(path, mmap=True, weights_only=True))


def lots_of(folder: Path, kind: FilmKind) -> list[Path]:
    """Files of films of a kind, the earliest first."""
    source = KINDS.get(kind.name.removeprefix("near "), kind)
    return sorted((folder / source.name.replace(" ", "_")).glob("*.pt"), key=lambda path: path.stat().st_mtime_ns)


def films_a_lot(kind: FilmKind) -> int:
    return max(LEAST_FILMS, LOT_FRAMES // kind.latent_frames)


def write_lots(model: Papercut, folder: Path, kind: FilmKind, lots: range) -> None:
    """Renders and encodes lots by number, those that are not there yet; what is in a lot hangs on its number alone."""
    prompting = Prompting(model.vocabulary, model.config["text_encoder"])
    scope, prepare = world.Scope(model.facts["scope"]), latents_of(model)
    place = folder / kind.name.replace(" ", "_")
    place.mkdir(parents=True, exist_ok=True)
    for lot in lots:
        path = place / f"{lot:05}.pt"
        if path.exists():
            continue
        parts = []
        count = films_a_lot(kind)
        for start in range(0, count, TOGETHER):
            seeds = range(lot * SEEDS_A_LOT + start, lot * SEEDS_A_LOT + min(count, start + TOGETHER))
            parts.append(prepare(stacked([rendered(kind, scope, prompting, seed) for seed in seeds])))
        record = {name: torch.cat([part[name] for part in parts]).cpu() for name in parts[0]}
        fresh = path.with_suffix(f".{os.getpid()}")
        torch.save(record, fresh)
        fresh.rename(path)


def _work(arguments: argparse.Namespace, wanted: list[tuple[FilmKind, int]], worker: int) -> None:
    torch.set_num_threads(1)
    model = _model(arguments)
    # A little of every kind in turn, so that runs have them all from early on.
    done = dict.fromkeys((kind for kind, _ in wanted), 0)
    while left := [(kind, lots) for kind, lots in wanted if done[kind] < lots]:
        kind, _ = min(left, key=lambda item: done[item[0]] / item[1])
        number = done[kind]
        done[kind] += 1
        if number % arguments.workers == worker:
            write_lots(model, arguments.out, kind, range(number, number + 1))


def _model(arguments: argparse.Namespace) -> Papercut:
    model = Papercut.load(arguments.model)
    model.facts["scope"] = arguments.scope
    words = world.vocabulary(world.Scope(arguments.scope))
    if model.vocabulary != words:
        model.learn_words(words, model.config["text_encoder"]["max_len"])
    return model


def main(command: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path, help="with an encoder; and with the vocabulary, or that of the scope")
    parser.add_argument("--scope", choices=list(world.Scope), default="full")
    parser.add_argument("--films", required=True, help="how many of each kind, e.g. still=40000,pair=8000")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args(command)
    wanted = []
    for part in arguments.films.split(","):
        name, _, films = part.partition("=")
        if name not in KINDS or not films.isdigit():
            raise SystemExit(f"{part} is no kind of film with a number: kinds are {', '.join(KINDS)}.")
        wanted.append((KINDS[name], -(-int(films) // films_a_lot(KINDS[name]))))
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_work, args=(arguments, wanted, worker)) for worker in range(arguments.workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
