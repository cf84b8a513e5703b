"""Trains the reader on frames of the renderer, and measures it on films in combinations that models never see.

    python3 -m papercut.evaluation.train_reader OUT/reader.safetensors --scope core --minutes 12 [--device cuda]

Run from `training/`. Resumes from a file that is there already with --resume.
"""

import argparse
import math
import multiprocessing
import pickle
import queue
import random
import threading
import time
from collections.abc import Iterator
from multiprocessing.queues import Queue
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from ..world import Film, Masks, Scope, Shot, Split, draw_film, render
from .reader import (
    CELL,
    GAP,
    WHOLE,
    Reader,
    ReaderConfig,
    load_reader,
    read,
    read_camera,
    reader_facts,
    save_reader,
    seen_size,
    shrunk,
)

SHAPES = ((240, 144), (240, 144), (240, 144), (144, 240), (192, 192))
"""Sizes of training pictures: what the reader sees of 320x192 and its like, painted as small as that at once."""
MEASURED = (320, 192)
LATENT_FRAMES = 7
LEAST_SEEN = 2.0
"""Cells that a subject must fill at least to be asked for."""
NOTHING = 0
UNKNOWN = -100
SEEDS_APART = 10**9
QUEUED = 6
MEASURING_SEED = 77
LEARNT_FROM = (Split.TRAIN, Split.HELD_OUT)
"""A judge must not find unlikely what models have never seen: it learns from combinations that they do not, in films of
seeds that nothing is measured on."""


class Examples(NamedTuple):
    """A batch: two frames each, `GAP` apart, of one size."""

    first: torch.Tensor
    second: torch.Tensor
    kinds: torch.Tensor
    """[n, 2 * rows, ...]: 1 + kind of every cell of the first frame, 0 nothing, `UNKNOWN` at edges."""
    colours: torch.Tensor
    """The same for the colour, `UNKNOWN` where there is nothing."""
    whole: dict[str, torch.Tensor]
    camera: torch.Tensor
    subject: torch.Tensor
    """[n]: kind of a lone subject, `UNKNOWN` for others."""
    subject_colour: torch.Tensor


def example(
    seed: int, scope: Scope, split: Split, width: int, height: int
) -> tuple[np.ndarray, np.ndarray, Film] | None:
    """Two frames uint8 [2, 3, height, width] and how much of the reader's cells each subject covers in the first, float
    [2, rows, columns]; None when a subject is hardly in the picture."""
    rng = random.Random(seed)
    film = draw_film(seed, scope, LATENT_FRAMES, 1, split)
    at = rng.randrange(film.frames - GAP)
    first = render(film, width, height, Masks.FULL, window=(at, 1))
    assert first.masks is not None
    rows, columns = (side // CELL for side in seen_size(height, width))
    cover = F.interpolate(torch.from_numpy(first.masks).float() / 255, (rows, columns), mode="area")[
        0
    ].numpy()
    if any(cover[i].sum() < LEAST_SEEN for i, role in enumerate(film.shots[0].roles) if role):
        return None
    second = render(film, width, height, window=(at + GAP, 1))
    return np.concatenate([first.frames, second.frames]), cover, film


def labels_of(film: Film, shot: Shot, cover: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kind and colour of the reader's cells [rows, columns], from how much of each a subject covers."""
    kinds = np.where(cover.max(0) < 0.02, NOTHING, UNKNOWN)
    colours = np.full(cover.shape[1:], UNKNOWN)
    for i, (subject, role) in enumerate(zip(film.subjects, shot.roles)):
        if role is None:
            continue
        mine = (cover[i] >= min(0.3, max(0.05, 0.6 * cover[i].max()))) & (cover[i] >= cover.max(0))
        kinds[mine], colours[mine] = 1 + subject.kind, subject.colour
    return kinds, colours


def batches(
    seed: int, size: int, scope: Scope, splits: tuple[Split, ...], shapes: tuple[tuple[int, int], ...]
) -> Iterator[Examples]:
    """Batches of rendered pairs of one shape each, from the splits in turns; the same for the same seed."""
    number = 0
    while True:
        width, height = shapes[random.Random(f"{seed}/{number}").randrange(len(shapes))]
        frames, kinds, colours, films = [], [], [], []
        while len(frames) < size:
            split = splits[number % len(splits)]
            got = example(seed * SEEDS_APART + number, scope, split, width, height)
            number += 1
            if got is None:
                continue
            pair, cover, film = got
            kind, colour = labels_of(film, film.shots[0], cover)
            frames.append(pair), kinds.append(kind), colours.append(colour), films.append(film)
        stack = torch.from_numpy(np.stack(frames))
        shots = [film.shots[0] for film in films]
        alone = [len(film.subjects) == 1 for film in films]
        yield Examples(
            stack[:, 0],
            stack[:, 1],
            torch.from_numpy(np.stack(kinds)),
            torch.from_numpy(np.stack(colours)),
            {name: torch.tensor([int(getattr(shot, name)) for shot in shots]) for name in WHOLE},
            torch.tensor([int(shot.camera) for shot in shots]),
            torch.tensor([int(f.subjects[0].kind) if a else UNKNOWN for f, a in zip(films, alone)]),
            torch.tensor([int(f.subjects[0].colour) if a else UNKNOWN for f, a in zip(films, alone)]),
        )


def ahead(seed: int, size: int, scope: Scope, workers: int) -> Iterator[Examples]:
    """Batches for training, made by processes; by a thread when there are none, which gives the same ones every time."""
    return _by_processes(seed, size, scope, workers) if workers else _by_a_thread(seed, size, scope)


def _by_a_thread(seed: int, size: int, scope: Scope) -> Iterator[Examples]:
    ready: queue.Queue[Examples | Exception] = queue.Queue(QUEUED)

    def fill() -> None:
        try:
            for batch in batches(seed, size, scope, LEARNT_FROM, SHAPES):
                ready.put(batch)
        except Exception as error:  # whoever waits for a batch is told
            ready.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield _given(ready.get())


def _given(got: Examples | Exception) -> Examples:
    if isinstance(got, Exception):
        raise got
    return got


def _by_processes(seed: int, size: int, scope: Scope, workers: int) -> Iterator[Examples]:
    # Not forked: a copy of a process whose threads have computed or hold locks may wait for them for ever.
    context = multiprocessing.get_context("spawn")
    packed = context.Queue(QUEUED * workers)
    processes = [
        context.Process(target=_fill, args=(packed, seed * workers + worker, size, scope), daemon=True)
        for worker in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        while True:
            yield _given(pickle.loads(packed.get()))
    finally:
        for process in processes:
            process.terminate()


def _fill(packed: Queue, seed: int, size: int, scope: Scope) -> None:
    torch.set_num_threads(1)
    try:
        for batch in batches(seed, size, scope, LEARNT_FROM, SHAPES):
            packed.put(pickle.dumps(batch))  # by value: shared memory may be scarce
    except Exception as error:
        packed.put(pickle.dumps(error))


def roughened(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """What an autoencoder may do to a picture: blur a part of the batch, add noise, change the exposure a little."""
    n, device = len(pictures), pictures.device
    draw = lambda: torch.rand(n, 1, 1, 1, generator=generator).to(device)
    soft = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    blur, gain, strength = (
        (draw() - 0.3).clamp(min=0),
        1 + 0.06 * (draw() - 0.5),
        0.04 * (draw() - 0.4).clamp(min=0),
    )
    # The same grain for the whole batch, turned over or not: drawing it anew would take longer than learning.
    grain = torch.randn(pictures.shape[1:], generator=generator).to(device)
    turns = torch.randint(2, (n, 1, 1, 1), generator=generator).to(device) * 2.0 - 1
    return (torch.lerp(pictures, soft, blur) * gain + strength * turns * grain).clamp(0, 1)


def loss_of(
    reader: Reader, batch: Examples, device: torch.device, generator: torch.Generator
) -> torch.Tensor:
    """Cells, lone subjects, whole frames and the camera, each by cross-entropy."""
    both = torch.cat([shrunk(batch.first.to(device)), shrunk(batch.second.to(device))])
    first, second = roughened(both, generator).chunk(2)
    logits = reader(first)
    weights = torch.ones(logits["kind"].shape[1], device=device)
    weights[NOTHING] = 0.3
    loss = F.cross_entropy(logits["kind"], batch.kinds.to(device), weights, ignore_index=UNKNOWN)
    loss = loss + F.cross_entropy(logits["colour"], batch.colours.to(device), ignore_index=UNKNOWN)

    cells = logits["kind"].softmax(1)[:, 1:].flatten(2)
    kind = (cells.sum(2) + 1e-4).log() - (cells.sum((1, 2)) + 1e-3).log()[:, None]
    colour = torch.einsum("np,ncp->nc", cells.sum(1), logits["colour"].softmax(1).flatten(2))
    colour = (colour + 1e-4).log() - (cells.sum((1, 2)) + 1e-3).log()[:, None]
    if (batch.subject != UNKNOWN).any():
        loss = loss + 0.5 * F.nll_loss(kind, batch.subject.to(device), ignore_index=UNKNOWN)
        loss = loss + 0.5 * F.nll_loss(colour, batch.subject_colour.to(device), ignore_index=UNKNOWN)
    for name, target in batch.whole.items():
        loss = loss + 0.5 * F.cross_entropy(logits[name], target.to(device))
    return loss + 0.5 * F.cross_entropy(reader.camera_of(first, second), batch.camera.to(device))


def accuracy(reader: Reader, scope: Scope, pairs: int, seed: int = MEASURING_SEED) -> dict[str, float]:
    """Share of held-out renders read rightly, by attribute; kinds and colours on frames of one subject."""
    right: dict[str, list[bool]] = {}
    taken = 0
    for batch in batches(seed, 50, scope, (Split.HELD_OUT,), (MEASURED,)):
        reading = read(reader, batch.first)
        alone = batch.subject != UNKNOWN
        found = {"kind": reading["kind"][alone].argmax(1) == batch.subject[alone]}
        found["colour"] = reading["colour"][alone].argmax(1) == batch.subject_colour[alone]
        found |= {name: reading[name].argmax(1) == target for name, target in batch.whole.items()}
        found["camera"] = read_camera(reader, batch.first, batch.second).argmax(1) == batch.camera
        for name, values in found.items():
            right.setdefault(name, []).extend(values.tolist())
        taken += len(batch.first)
        if taken >= pairs:
            break
    return {name: round(sum(values) / len(values), 4) for name, values in right.items()}


def train(
    reader: Reader, examples: Iterator[Examples], minutes: float, device: torch.device, rate: float, seed: int
) -> int:
    """Trains for so many minutes and returns the steps made."""
    reader.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(reader.parameters(), rate, weight_decay=0.01)
    generator = torch.Generator().manual_seed(seed)
    start, step = time.monotonic(), 0
    sums, shown = 0.0, 0
    for batch in examples:
        elapsed = time.monotonic() - start
        if elapsed >= 60 * minutes:
            break
        done = elapsed / (60 * minutes)
        warm = min(1, (step + 1) / 50)
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        loss = loss_of(reader, batch, device, generator)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 5)
        optimizer.step()
        step += 1
        sums, shown = sums + loss.item(), shown + 1
        if shown == 50:
            print(f"{done:5.0%}  step {step}  loss {sums / shown:.3f}", flush=True)
            sums, shown = 0.0, 0
    return step


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--scope", type=Scope, choices=list(Scope), default=Scope.FULL)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--widths", type=int, nargs=2, default=ReaderConfig.widths, help="channels")
    parser.add_argument("--workers", type=int, default=0, help="processes that render; 8 keep a GPU busy")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=1000, help="held-out renders to measure on")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    examples = ahead(args.seed, args.batch, args.scope, args.workers)
    config = ReaderConfig(args.scope, tuple(args.widths))
    reader = load_reader(args.out) if args.resume else Reader(config)
    before = reader_facts(args.out)["examples"] if args.resume else 0
    print(f"{sum(p.numel() for p in reader.parameters()):,} weights")
    steps = train(reader, examples, args.minutes, torch.device(args.device), args.rate, args.seed)
    right = accuracy(reader, args.scope, args.pairs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    facts = {"examples": before + steps * args.batch, "accuracy": right}
    save_reader(args.out, reader, facts)
    print(facts)


if __name__ == "__main__":
    main()
