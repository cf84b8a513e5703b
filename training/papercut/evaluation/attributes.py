"""Whether sampled films show what their captions say, shot by shot, by the reader."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..world import Film, Place, Shot
from ..world.spec import INDOOR_OR_AIRLESS, Passage
from .interface import Judged, Order, Sampling
from .reader import GAP, WHOLE, Reader, Reading, as_tensor, read, read_camera

FRAMES_READ = 3
"""Frames of a shot whose readings are averaged."""
Tally = dict[str, list[bool]]


def frames_of_shots(film: Film) -> Iterator[tuple[Shot, int]]:
    """Every shot with its first frame."""
    first = 0
    for shot in film.shots:
        yield shot, first
        first += shot.frames


def read_shot(reader: Reader, frames: np.ndarray, shot: Shot, first: int) -> Reading:
    """Mean reading over the middle of a shot. Where a subject comes or goes, over the part in which it is there."""
    begin, end = 0.2, 0.8
    passages = {role.passage for role in shot.roles if role}
    if Passage.ENTERS in passages:
        begin, end = 0.7, 0.97
    if Passage.LEAVES in passages:
        begin, end = 0.03, 0.3
    places = first + np.linspace(begin, end, FRAMES_READ) * (shot.frames - 1)
    reading = read(reader, as_tensor(frames[np.round(places).astype(int)]))
    return Reading({name: value.mean(0, keepdim=True) for name, value in reading.items()})


def judge_shot(reader: Reader, film: Film, shot: Shot, frames: np.ndarray, first: int) -> dict[str, bool]:
    """By attribute, whether the shot shows it; attributes that it cannot show are left out."""
    reading = read_shot(reader, frames, shot, first)
    shown = [subject for subject, role in zip(film.subjects, shot.roles) if role]
    likeliest = reading["kind"][0].topk(len(shown)).indices.tolist()
    right = {"subject": all(subject.kind in likeliest for subject in shown)}
    if len(shown) == 1:
        right["colour"] = int(reading["colour"][0].argmax()) == shown[0].colour
    else:
        right["colour"] = all(int(reading["colours"][0, s.kind].argmax()) == s.colour for s in shown)
    right |= {name: int(reading[name][0].argmax()) == int(getattr(shot, name)) for name in WHOLE}
    if shot.place in INDOOR_OR_AIRLESS:
        del right["weather"]
    if shot.place is Place.SPACE:
        del right["time"]
    if shot.frames > GAP:
        at = first + (shot.frames - GAP) // 2
        pair = as_tensor(frames[[at, at + GAP]])
        right["camera"] = int(read_camera(reader, pair[:1], pair[1:])[0].argmax()) == int(shot.camera)
    return right


def sampled(
    judged: Judged, films: Sequence[Film], how: Sampling, batch: int
) -> Iterator[tuple[Film, np.ndarray]]:
    """Films with their samples, in batches of one layout."""
    by_layout: dict[tuple[int, int, int], list[Film]] = defaultdict(list)
    for film in films:
        by_layout[Order.of(film).layout].append(film)
    for alike in by_layout.values():
        for at in range(0, len(alike), batch):
            part = alike[at : at + batch]
            yield from zip(part, judged.sample([Order.of(film) for film in part], how))


def renders(films: Sequence[Film]) -> Iterator[tuple[Film, np.ndarray]]:
    """Films with the pictures that the renderer paints of them: what a perfect model would make."""
    from ..world import render

    for film in films:
        yield film, render(film).frames


def judge(
    reader: Reader, pairs: Iterable[tuple[Film, np.ndarray]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of shots that are right.

    First by attribute over all shots whose caption names the subject's colour; then, over later shots whose caption
    leaves the colour out, of those that kept the `colour` and the `subject` of the film.
    """
    told: Tally = defaultdict(list)
    kept: Tally = defaultdict(list)
    for film, frames in pairs:
        for number, (shot, first) in enumerate(frames_of_shots(film)):
            right = judge_shot(reader, film, shot, frames, first)
            if "colour" in shot.said:
                for name, value in right.items():
                    told[name].append(value)
            elif number > 0:
                kept["colour"].append(right["colour"])
                kept["subject"].append(right["subject"])
                if "kind0" not in shot.said:
                    kept["subject by pronoun"].append(right["subject"])
    return shares(told), shares(kept)


def shares(tally: Tally) -> dict[str, float]:
    return {name: round(float(np.mean(values)), 4) for name, values in tally.items()} | (
        {"shots": float(max(map(len, tally.values())))} if tally else {}
    )


def mean_difference(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """By attribute, in percentage points."""
    return {
        name: round(100 * (one[name] - other[name]), 2) for name in one if name in other and name != "shots"
    }
