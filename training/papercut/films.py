"""Films for training: drawn and rendered ahead by processes, kept on the device, drawn from by training steps."""

import mmap
import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.queues import Queue
from typing import Protocol

import numpy as np
import torch

from . import world
from .attributes import shown_and_told
from .bearings import UNKNOWN
from .film_kinds import FilmKind, Mix
from .marks import Mark, marks_shown, set_ways
from .text_encoder import tokenize
from .world.captions import split_words
from .world.drawing import SCENERIES

Record = dict[str, torch.Tensor]
"""What is kept of films of one kind, the first dimension being films."""
Prepare = Callable[[Record], Record]
"""Turns rendered films into what is kept of them, on the device."""
Count = Callable[[FilmKind], int]
"""How many films of a kind make a batch."""

MOST_DRAWS = 400
"""Of films, until one has captions in words that the model knows."""
SEEDS_BETWEEN = 1 << 42
COLOUR = "colour{}"
"""The attribute in `Shot.said`, by the subject's number."""
SLOTS = 32
"""In all, at least: a slow machine's step has to find the many stills of a batch rendered since the last."""
SLOTS_A_WORKER = 3
PREPARED_FRAMES = 200
"""Frames that are prepared together, so that small films do not go through the encoder one by one."""
STOCK_ROUNDS = 3
LEAST_FILMS = 8
"""Of a kind, before batches are drawn from it."""


@dataclass(frozen=True)
class Prompting:
    """How captions become ids."""

    vocabulary: list[str]
    config: dict
    """The text encoder's."""

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self.vocabulary)

    def knows(self, captions: tuple[str, ...]) -> bool:
        """Whether every word of the captions is in the vocabulary."""
        return all(self._words.issuperset(split_words(caption)) for caption in captions)

    def ids(self, captions: tuple[str, ...], shots: int) -> np.ndarray:
        """[shots, length] int64; shots that a film has not are prompts without words."""
        ids = np.full((shots, self.config["max_len"]), self.config["pad"])
        ids[:, 0] = self.config["eos"]
        for row, caption in zip(ids, captions):
            words = tokenize(caption, self.vocabulary, self.config)
            row[: len(words)] = words
        return ids


def rendered(
    kind: FilmKind,
    scope: world.Scope,
    prompting: Prompting,
    seed: int,
    split: world.Split = world.Split.TRAIN,
) -> dict[str, np.ndarray]:
    """One film of a kind.

    frames: uint8 [frames, 3, height, width]; cells: uint8 [latent frames, rows, columns], how much of a latent cell shows
    a subject; carried: the same of subjects whose colour must be known from an earlier shot; ids: [shots, length]; shown and
    told: [shots, attributes], what shots show and captions say; shots: [latent frames], the shot of each; marks: `Mark`
    [subjects, shots, 7], where subjects are; sceneries: [shots], which of a place's.
    """
    draw = random.Random(seed)
    shots = draw.randint(*kind.shots)
    for attempt in range(MOST_DRAWS):
        film = world.draw_film(
            seed=seed + attempt * SEEDS_BETWEEN,
            scope=scope,
            latent_frames=kind.latent_frames,
            shots=shots,
            split=split,
        )
        # The first, where the vocabulary is the scope's.
        if prompting.knows(film.captions):
            break
    pictures = world.render(film, width=kind.width, height=kind.height, masks=world.Masks.CELLS, threads=1)
    lengths = film.latent_frames
    unsaid = [
        [number > 0 and COLOUR.format(subject) not in shot.said for subject in range(pictures.cells.shape[1])]
        for number, shot in enumerate(film.shots)
    ]
    unsaid_in_frame = np.repeat(np.array(unsaid), lengths, axis=0)
    shown, told = shown_and_told(film, kind.shots[1])
    marks = np.full((pictures.cells.shape[1], kind.shots[1], len(Mark._fields)), np.nan, np.float32)
    marks[:, : len(lengths)] = marks_shown(pictures.cells, lengths)
    set_ways(marks, film)
    return {
        "shown": shown,
        "told": told,
        "frames": pictures.frames,
        "cells": pictures.cells.max(1),
        "carried": (pictures.cells * unsaid_in_frame[:, :, None, None]).max(1),
        "ids": prompting.ids(film.captions, kind.shots[1]),
        "shots": np.repeat(np.arange(len(lengths)), lengths),
        "sceneries": sceneries_of(film, kind.shots[1]),
        "marks": marks,
    }


def sceneries_of(film: world.Film, shots: int) -> np.ndarray:
    """Of so many shots, which sceneries those of a film have; UNKNOWN where they are any."""
    known = np.full(shots, UNKNOWN)
    for number, shot in enumerate(film.shots):
        if shot.scene < SCENERIES:
            known[number] = shot.scene
    return known


class Renderers:
    """Processes that render films of given kinds into shared memory.

    Make it before anything touches the GPU: the processes are forked.
    """

    def __init__(
        self, kinds: list[FilmKind], scope: world.Scope, prompting: Prompting, workers: int, seed: int
    ) -> None:
        self.kinds = kinds
        self._examples = {kind: rendered(kind, scope, prompting, seed) for kind in kinds}
        largest = max(sum(x.nbytes for x in example.values()) for example in self._examples.values())
        self._slots = [mmap.mmap(-1, largest) for _ in range(max(SLOTS, SLOTS_A_WORKER * workers))]
        self.free = list(range(len(self._slots)))
        context = multiprocessing.get_context("fork")
        self._tasks: Queue = context.Queue()
        self._done: Queue = context.Queue()
        self._seed = seed << 32
        work = (self._slots, self._tasks, self._done, kinds, scope, prompting)
        self._processes = [
            context.Process(target=_render_tasks, args=work, daemon=True) for _ in range(workers)
        ]
        for process in self._processes:
            process.start()

    def ask(self, kind: FilmKind) -> None:
        """Orders one more film; there must be a free slot."""
        self._seed += 1
        self._tasks.put((self.free.pop(), self.kinds.index(kind), self._seed))

    def get(self, wait: bool) -> tuple[FilmKind, int] | None:
        """A film that has been rendered and its slot, which the caller puts back into `free`."""
        if not wait and self._done.empty():
            return None
        slot, kind = self._done.get(timeout=120)
        return self.kinds[kind], slot

    def view(self, kind: FilmKind, slot: int) -> dict[str, np.ndarray]:
        """The film in a slot, without a copy."""
        return _views(self._slots[slot], self._examples[kind])

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


def _views(memory: mmap.mmap, like: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    views = {}
    offset = 0
    for name, example in like.items():
        views[name] = np.ndarray(example.shape, example.dtype, memory, offset)
        offset += example.nbytes
    return views


def _render_tasks(
    slots: list[mmap.mmap],
    tasks: Queue,
    done: Queue,
    kinds: list[FilmKind],
    scope: world.Scope,
    prompting: Prompting,
) -> None:
    os.nice(5)  # the process that trains comes first
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the process that trains
    while True:
        slot, kind, seed = tasks.get()
        film = rendered(kinds[kind], scope, prompting, seed)
        for name, view in _views(slots[slot], film).items():
            view[...] = film[name]
        done.put((slot, kind))


class Films(Protocol):
    """What training draws films from."""

    reuse: float
    """How often films have been drawn on average."""

    def draw(self, mix: Mix, count: Count, generator: torch.Generator) -> tuple[FilmKind, Record]:
        """So many films of one kind, chosen by the mix among those at hand. generator: the processor's."""

    def stock(self, mix: Mix, count: Count) -> None:
        """Waits for some films of every kind, for what is measured on all of them."""

    def close(self) -> None:
        """Lets go of what is at hand."""


class Pool:
    """Films of several kinds on the device, the newest in place of the oldest, each drawn from a few times."""

    def __init__(self, renderers: Renderers, prepare: Prepare, capacity: dict[FilmKind, int], reuse: float):
        self._renderers = renderers
        self._prepare = prepare
        self._capacity = capacity
        self._reuse = reuse
        self._records: dict[FilmKind, Record] = {}
        self._waiting: dict[FilmKind, list[int]] = {kind: [] for kind in capacity}
        self._asked = dict.fromkeys(capacity, 0)
        self.stored = dict.fromkeys(capacity, 0)
        """Films of each kind that have ever been kept."""
        self._drawn = dict.fromkeys(capacity, 0)

    def draw(self, mix: Mix, count: Count, generator: torch.Generator) -> tuple[FilmKind, Record]:
        """So many films of one kind, chosen by the mix among those at hand. generator: the processor's."""
        self._refill(mix, count)
        ready = {kind: share for kind, share in mix.items() if self.stored[kind] >= LEAST_FILMS}
        while not ready:
            self._take(wait=True)
            self._refill(mix, count)
            ready = {kind: share for kind, share in mix.items() if self.stored[kind] >= LEAST_FILMS}
        kind = chosen(ready, generator)
        held = min(self.stored[kind], self._capacity[kind])
        places = torch.randint(held, (count(kind),), generator=generator)
        self._drawn[kind] += len(places)
        return kind, {name: x[places.to(x.device)] for name, x in self._records[kind].items()}

    def stock(self, mix: Mix, count: Count) -> None:
        """Waits for some films of every kind, for what is measured on all of them."""
        for _ in range(STOCK_ROUNDS):
            self._refill(mix, count)
            under_way = sum(self._asked.values()) - sum(self.stored.values())
            for _ in range(under_way - sum(map(len, self._waiting.values()))):
                self._take(wait=True)

    @property
    def reuse(self) -> float:
        """How often films have been drawn on average."""
        return sum(self._drawn.values()) / max(1, sum(self.stored.values()))

    def close(self) -> None:
        """Lets go of films that have been rendered and not been kept."""
        for slots in self._waiting.values():
            self._renderers.free += slots
            slots.clear()

    def _refill(self, mix: Mix, count: Count) -> None:
        """Keeps what has been rendered, and orders more of the kinds that have been drawn from most."""
        while self._take(wait=False):
            pass
        while self._renderers.free:
            wanting = {kind: self._wanting(kind, share, count(kind)) for kind, share in mix.items()}
            kind = max(wanting, key=lambda kind: wanting[kind])
            if wanting[kind] <= 0:
                break
            self._renderers.ask(kind)
            self._asked[kind] += 1

    def _wanting(self, kind: FilmKind, share: float, a_step: int) -> float:
        """How far a kind lags, in steps; every kind is ordered some steps ahead."""
        ahead = max(2 * LEAST_FILMS, 4 * share * a_step)
        return (ahead + self._drawn[kind] / self._reuse - self._asked[kind]) / a_step

    def _take(self, wait: bool) -> bool:
        """Keeps one film more, if there is one."""
        got = self._renderers.get(wait)
        if got is None:
            return False
        kind, slot = got
        if kind not in self._waiting:  # ordered by an earlier stage
            self._renderers.free.append(slot)
            return True
        waiting = self._waiting[kind]
        waiting.append(slot)
        together = max(1, min(PREPARED_FRAMES // kind.frames, LEAST_FILMS))
        if len(waiting) >= together or not self._renderers.free:
            self._keep(kind, waiting)
            self._renderers.free += waiting
            waiting.clear()
        return True

    def _keep(self, kind: FilmKind, slots: list[int]) -> None:
        films = [self._renderers.view(kind, slot) for slot in slots]
        record = self._prepare(stacked(films))
        capacity = self._capacity[kind]
        if kind not in self._records:
            self._records[kind] = {
                name: torch.empty((capacity, *x.shape[1:]), dtype=x.dtype, device=x.device)
                for name, x in record.items()
            }
        first = self.stored[kind]
        for name, x in record.items():
            places = (torch.arange(len(x)) + first) % capacity
            self._records[kind][name][places.to(x.device)] = x
        self.stored[kind] += len(slots)


class Direct:
    """Films that are rendered when a step asks for them: slower, and the same again in a run that is resumed."""

    def __init__(self, scope: world.Scope, prompting: Prompting, prepare: Prepare) -> None:
        self._scope, self._prompting, self._prepare = scope, prompting, prepare
        self.reuse = 1.0

    def stock(self, mix: Mix, count: Count) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """Nothing is kept."""

    def draw(self, mix: Mix, count: Count, generator: torch.Generator) -> tuple[FilmKind, Record]:
        kind = chosen(mix, generator)
        seeds = torch.randint(1 << 40, (count(kind),), generator=generator)
        films = [rendered(kind, self._scope, self._prompting, int(seed)) for seed in seeds]
        return kind, self._prepare(stacked(films))


def stacked(films: list[dict[str, np.ndarray]]) -> Record:
    return {name: torch.from_numpy(np.stack([film[name] for film in films])) for name in films[0]}


def chosen(mix: Mix, generator: torch.Generator) -> FilmKind:
    """A kind by its share."""
    shares = torch.tensor(list(mix.values()))
    return list(mix)[int(torch.multinomial(shares, 1, generator=generator))]


def capacities(
    kinds: list[FilmKind], bytes_of: Callable[[FilmKind], int], pool_bytes: int, most: int
) -> dict[FilmKind, int]:
    """Films of each kind to keep, when kinds share the memory evenly; few small films need not all of theirs."""
    share = pool_bytes // len(kinds)
    return {kind: max(2 * LEAST_FILMS, min(most, share // bytes_of(kind))) for kind in kinds}
