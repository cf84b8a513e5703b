"""Judges a trained Papercut, by a reader that was trained on renders alone.

    python3 training/evaluate.py MODEL --out FOLDER [--device cuda] [--films 120] [--reader reader.safetensors]
    python3 training/evaluate.py MODEL --out FOLDER --films 0 --long 40 --ways moga dense --no-sheets
    python3 training/evaluate.py --renders --out FOLDER

MODEL is an exported folder, or `model` in a training run's folder. Writes metrics.json, metrics.md and sheets of
frames into FOLDER. With --renders the renderer's own films take the place of samples: that is what a perfect model
would reach.
The reader is that of the small world, unless another is named; `python3 -m papercut.evaluation.train_reader` in
`training/` makes them.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))

from papercut import attention, one_softmax
from papercut.evaluation import report
from papercut.evaluation.attributes import judge, mean_difference, renders, sampled
from papercut.evaluation.fidelity import autoencoder_fidelity, restlessness
from papercut.evaluation.groups import router_overlap
from papercut.evaluation.interface import Judged, Order, Sampling
from papercut.evaluation.judged import JudgedPapercut
from papercut.evaluation.reader import Reader, load_reader, reader_facts
from papercut.evaluation.suites import SHEET_PROMPTS, across_shots, long_films, single_shots
from papercut.export import ONE_PASS_DRAFT_STEPS
from papercut.layout import Mode
from papercut.model import Papercut
from papercut.pictures import sheet, write_png
from papercut.sample import few_mode
from papercut.world import Film, Scope

READER = Path(__file__).parent / "readers/core.safetensors"
SHEET_COLUMNS = 8
SHEET_LATENT_FRAMES = 12


def judge_samples(
    judged: Judged, reader: Reader, ways: dict[str, Sampling], single: list[Film], across: list[Film], batch: int
) -> report.Results:
    """Attributes, agreement across shots and restlessness at cuts, for films made in several ways."""
    told: dict[str, dict[str, float]] = {}
    kept: dict[str, dict[str, float]] = {}
    moved: dict[str, dict[str, float]] = {}
    for name, way in ways.items():
        if single:
            told[name], _ = judge(reader, sampled(judged, single, way, batch))
            print(name, told[name], flush=True)
        if across:
            pairs = list(sampled(judged, across, way, batch))
            _, kept[name] = judge(reader, pairs)
            moved[name] = mean_restlessness(pairs)
            print(name, kept[name], flush=True)
    # Their camera stands still, so that what the renderer's change more or less by is flicker, or movement that is missing.
    if across:
        moved["renders"] = mean_restlessness(list(renders(across)))
    return {
        "held-out prompts, share of shots that show what was said": told,
        "later shots that do not say the colour": kept,
        "moga against others, in points": {
            f"{part}, {other}": mean_difference(shares["moga"], shares[other])
            for part, shares in (("held-out prompts", told), ("later shots", kept))
            for other in shares
            if other != "moga" and "moga" in shares
        },
        "change from frame to frame under a camera that stands still, grey levels": moved,
    }


def mean_restlessness(pairs: Sequence[tuple[Film, np.ndarray]]) -> dict[str, float]:
    rows = [restlessness(film, frames) for film, frames in pairs]
    return {key: float(np.mean([row[key] for row in rows if key in row])) for key in rows[0]}


def ways_of(how: Sampling, few_steps: int, one_pass: bool) -> dict[str, Sampling]:
    """As the studio makes films, with the groups put to zero, dense, in few steps; and guided where the studio's are not."""
    film = replace(how, few=True, steps=few_steps) if one_pass else how
    fewest = ONE_PASS_DRAFT_STEPS if one_pass else few_steps
    return {
        "moga": film,
        "no groups": replace(film, mode=Mode.NO_GROUPS),
        "dense": replace(film, mode=Mode.DENSE),
        "few steps": replace(how, few=True, steps=fewest),
        **({"guided": how} if one_pass else {}),
    }


def contact_sheet(judged: Judged, scope: Scope, how: Sampling, path: Path, size: tuple[int, int]) -> None:
    """Frames of the 24 films of prompts as people write them, a row a film."""
    rows = []
    for number, captions in enumerate(SHEET_PROMPTS[scope]):
        shots = len(captions)
        lengths = tuple(SHEET_LATENT_FRAMES // shots for _ in captions)
        frames = judged.sample([Order(captions, lengths, number, *size)], how)[0]
        rows.append([frames[i] for i in np.linspace(0, len(frames) - 1, SHEET_COLUMNS).round().astype(int)])
    write_png(path, sheet(rows))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--reader", type=Path, default=READER)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--renders", action="store_true", help="judge the renderer's films instead of samples"
    )
    parser.add_argument("--scope", type=Scope, choices=list(Scope), help="the model's, unless given")
    parser.add_argument("--films", type=int, default=120, help="of one shot")
    parser.add_argument("--long", type=int, default=40, help="films of four shots")
    parser.add_argument("--skip", type=int, default=0, help="so many films of either kind before those that are judged")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=Sampling.steps)
    parser.add_argument("--guidance", type=float, default=3.5)
    parser.add_argument("--few-steps", type=int, help="of the mode of few steps; the model's, unless given")
    parser.add_argument(
        "--ways",
        nargs="*",
        default=["moga", "no groups", "dense", "few steps", "guided"],
        help="of making films",
    )
    parser.add_argument("--no-sheets", action="store_true", help="without the contact sheets")
    parser.add_argument("--size", default="320x192", help="of the contact sheets' films")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)

    device = torch.device(args.device)
    reader = load_reader(args.reader).to(device)
    facts = reader_facts(args.reader)
    told = {**facts["accuracy"], "examples": facts["examples"]}
    results: report.Results = {"reader on held-out renders": told}
    if args.renders:
        scope = args.scope or reader.config.scope
        told, _ = judge(reader, renders(single_shots(scope, args.films)))
        _, kept = judge(reader, renders(across_shots(scope, args.long)))
        results["renders, share of shots read rightly"] = {"held-out prompts": told, "later shots": kept}
    else:
        if args.model is None:
            parser.error("name a MODEL, or pass --renders")
        attention.choose(device)
        one_softmax.choose(device)
        model = Papercut.load(args.model)
        scope = args.scope or Scope(model.facts.get("scope", Scope.CORE))
        if (scope, reader.config.scope) == (Scope.FULL, Scope.CORE):
            parser.error(f"{args.reader} reads the small world only: name a reader of the whole one by --reader.")
        few_steps = args.few_steps or few_mode(model)["steps"]
        judged = JudgedPapercut(model, device)
        how = Sampling(args.steps, args.guidance)
        ways = ways_of(how, few_steps, "one_pass" in model.facts)
        size = tuple(map(int, args.size.split("x")))
        if not args.no_sheets:
            contact_sheet(judged, scope, ways["moga"], args.out / "sheet.png", size)
            contact_sheet(judged, scope, ways["few steps"], args.out / "sheet-few.png", size)
        if model.facts.get("encoder", True) and not args.skip:
            films = long_films(scope, max(2, args.films // 4))
            results["autoencoder, held-out films"] = autoencoder_fidelity(judged, films)
            results["router groups against subjects"] = router_overlap(judged, films)
        report.write(results, args.out)
        ways = {name: way for name, way in ways.items() if name in args.ways}
        single = single_shots(scope, args.skip + args.films)[args.skip :]
        across = across_shots(scope, args.skip + args.long)[args.skip :]
        results |= judge_samples(judged, reader, ways, single, across, args.batch)
    report.write(results, args.out)
    print(report.markdown(results))


if __name__ == "__main__":
    main()
