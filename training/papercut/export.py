"""Exports a trained model into a folder that the studio reads.

    python -m papercut.export RUN public/models/papercut [--metrics FILE.json] [--goldens FOLDER] [--notes TEXT]
        [--autoencoder FOLDER]

RUN is a training run's folder, or its `model` folder. Writes config.json, vocab.json, dit.safetensors (with the text
encoder), ae.safetensors, manifest.json and MODEL_CARD.md, and the golden numbers that belong to these weights.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from . import marks, safetensors, world
from .camera import MOVES, REACH, SAID
from .card import model_card
from .decoder import flops_per_pixel
from .flow import SHIFT_POWER, SHIFT_TOKENS, Solver
from .goldens import write_goldens
from .model import LATENT_SCALE, TEXT_PREFIX, Papercut
from .sample import GUIDANCE, SHIFT, SOLVER, STEPS
from .sketch import VALUES
from .train import MODEL
from .transformer import FEW_STEPS_OFFSET
from .world.drawing import SCENERIES
from .world.spec import RANGES, Camera, Kind, Range, Size
from .world.words import COLOURS, NOUNS, SIZES

MOST_BYTES = 36_000_000
"""Of all files together: the whole repository has to stay small."""
MANIFEST = "manifest.json"
WEIGHTS = ("dit.safetensors", "ae.safetensors")
SHIFT_GROWTH = {"tokens": SHIFT_TOKENS, "power": SHIFT_POWER}
"""Of models whose transformer was trained here: `flow.shift_for` is what their noise levels were drawn by."""
FAST_STEPS = 6
"""Of guided films that are wanted sooner."""
DRAFT_STEPS = 6
"""Of a model that was not trained to few."""
ONE_PASS_DRAFT_STEPS = 4
"""Of a model whose one pass has learnt guidance."""
PUBLISHED = ("config.json", "vocab.json", *WEIGHTS)


def config_of(model: Papercut) -> dict:
    """What config.json says: sizes, how to sample, and what the model was trained on."""
    guided = {"name": "Film", "solver": SOLVER, "steps": STEPS, "guidance": GUIDANCE, "shift": SHIFT}
    one_pass = model.facts.get("one_pass")
    # One pass that has learnt guidance does what two do.
    film = {**guided, "steps": one_pass["steps"], "guidance": 1} if one_pass else guided
    other = {**guided, "name": "Guided"} if one_pass else {**guided, "name": "Fast", "steps": FAST_STEPS}
    presets = [film, other]
    few = model.facts.get("few_steps")
    draft_steps = ONE_PASS_DRAFT_STEPS if one_pass else DRAFT_STEPS
    draft = {**film, "name": "Draft", **(few or {"steps": draft_steps}), "guidance": 1}
    # What was distilled asks for its mode in its own steps alone.
    presets.append({**draft, "solver": Solver.EULER, "time_offset": FEW_STEPS_OFFSET} if few else draft)
    own_words = set(model.vocabulary)
    known = RANGES[world.Scope(model.facts["scope"])]
    config = {name: dict(part) for name, part in model.config.items()}
    if config["dit"].get("sketch"):
        config["dit"]["sketch_values"] = VALUES
    config["text_encoder"]["tokenizer"] = "lower case, runs of a to z, words of vocab.json, then the end mark"
    return {
        "model": "papercut",
        **config,
        "sampler": {
            "steps": film["steps"],
            "cfg": film["guidance"],
            "shift": SHIFT,
            **({"shift_growth": SHIFT_GROWTH} if "transformer" in model.facts.get("steps", {}) else {}),
            "solver": SOLVER,
            "presets": presets,
            **({"one_pass": {"time_offset": FEW_STEPS_OFFSET}} if one_pass else {}),
        },
        "video": {"width": 320, "height": 192, "fps": 24},
        "carry": {
            "colours": _known([word for colour in known.colours for word in COLOURS[colour]], own_words),
            "subjects": [_known(NOUNS[kind], own_words) for kind in known.kinds],
        },
        "camera": {"reach": REACH, "moves": [_move(camera) for camera in known.cameras if camera in MOVES]},
        **({"sceneries": SCENERIES} if model.denoiser.telling.bearings and not known.varied else {}),
        **({"marks": _marks(known)} if model.denoiser.telling.subjects else {}),
        "training": model.facts,
    }


def _marks(known: Range) -> dict:
    """How prompts say where subjects stand and where they go."""
    return {
        "reach": marks.REACH,
        "not_behind": sorted(marks.NOT_BEHIND),
        "not_before": sorted(marks.NOT_BEFORE),
        "ends": sorted(marks.ELSE),
        "again": sorted(marks.AGAIN),
        "ways": [way._asdict() for way in marks.WAYS],
        "sizes": [_size(size, known.kinds) for size in known.sizes],
        "unsaid": Size.MEDIUM.name.lower(),
        "upright": [index for index, kind in enumerate(known.kinds) if kind in marks.UPRIGHT],
        "aside": marks.ASIDE,
        "under_camera": {"pan": marks.NEARER_PAN, "zoom": marks.NEARER_ZOOM},
        "feet": marks.FEET,
    }


def _size(size: Size, kinds: Sequence[Kind]) -> dict:
    """How prompts ask for a shot size, how far subjects go in it, and where and how large each is."""
    return {
        "name": size.name.lower(),
        "phrases": [phrase for phrase in SIZES[size] if not phrase.startswith("a ")],
        **{name: round(speed, 4) for name, speed in marks.speeds_of(size)._asdict().items()},
        "pictures": [
            {
                "aspect": round(width / height, 4),
                **{
                    name: [_shape(kind, size, rising, (width, height)) for kind in kinds]
                    for name, rising in (("shapes", False), ("rising", True))
                },
            }
            for width, height in marks.PICTURES
        ],
    }


def _shape(kind: Kind, size: Size, rising: bool, picture: tuple[int, int]) -> dict:
    return dict(zip(("y", "width", "height"), marks.shape_of(kind, size, rising, picture)))


def _move(camera: Camera) -> dict:
    """How prompts ask for a move of the camera, and what it does."""
    verbs, goals = SAID[camera]
    return {"name": camera.name.lower().replace("_", " "), "verbs": verbs, "goals": goals, **MOVES[camera]._asdict()}


def _known(phrases: Sequence[str], words: set[str]) -> list[str]:
    """Phrases of which the model knows every word, once."""
    return [phrase for phrase in dict.fromkeys(phrases) if words.issuperset(phrase.split())]


def write_model(model: Papercut, folder: Path) -> list[str]:
    """Writes everything but goldens and card. Returns the names of files that are not shipped for want of room."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config_of(model), indent=1) + "\n")
    (folder / "vocab.json").write_text(json.dumps(model.vocabulary) + "\n")
    dit = {name.removeprefix("transformer."): x.half() for name, x in model.denoiser.state_dict().items()}
    order = sorted(dit, key=lambda name: name.startswith(TEXT_PREFIX))  # stable: the transformer first
    safetensors.save(folder / "dit.safetensors", {name: dit[name] for name in order}, {})
    ae = {name: x.half() for name, x in model.autoencoder.state_dict().items()}
    scale = dict(zip(LATENT_SCALE, (model.mean.float(), model.deviation.float())))
    safetensors.save(folder / "ae.safetensors", {**ae, **scale}, {})
    left_out = []
    if size_of(folder) > MOST_BYTES:
        # The studio only decodes; encoding is for training on.
        ae = {name: x for name, x in ae.items() if not name.startswith("encoder.")}
        safetensors.save(folder / "ae.safetensors", {**ae, **scale}, {})
        left_out.append("the encoder")
    files = {
        name: {
            "bytes": (folder / name).stat().st_size,
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
        }
        for name in PUBLISHED
    }
    manifest = {"format": "shotweave/model", "version": 1, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return left_out


def size_of(folder: Path) -> int:
    return sum((folder / name).stat().st_size for name in PUBLISHED)


def main(command: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--metrics", type=Path, help="JSON of the evaluation, for the model card")
    parser.add_argument(
        "--goldens", type=Path, help="where to write goldens; beside no model that is shipped"
    )
    parser.add_argument("--notes", default="", help="a paragraph for the model card: hours, machine, limits")
    parser.add_argument("--autoencoder", type=Path, help="a model whose autoencoder is to be taken in its place")
    arguments = parser.parse_args(command)

    source = arguments.run / MODEL
    model = Papercut.load(source if source.exists() else arguments.run)
    if arguments.autoencoder:
        try:
            model.take_autoencoder(Papercut.load(arguments.autoencoder))
        except ValueError as error:
            raise SystemExit(f"{arguments.autoencoder} does not fit: {error}") from error
    left_out = write_model(model, arguments.folder)
    for name in PUBLISHED:
        print(f"{(arguments.folder / name).stat().st_size:12,} bytes  {name}")
    total = size_of(arguments.folder)
    print(f"{total:12,} bytes in all, {MOST_BYTES:,} at most", *(f"; without {what}" for what in left_out))
    print(f"{flops_per_pixel(model.config['ae']):12,.0f} FLOPs a pixel to decode")
    if total > MOST_BYTES:
        print("The model is too large to ship: train a smaller one.", file=sys.stderr)
        return 1
    metrics = json.loads(arguments.metrics.read_text()) if arguments.metrics else None
    (arguments.folder / "MODEL_CARD.md").write_text(model_card(model, metrics, arguments.notes))
    if arguments.goldens:
        # From the files, so that the numbers are those of the weights as they are stored.
        write_goldens(Papercut.load(arguments.folder), arguments.goldens)
        print(f"Goldens are in {arguments.goldens}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
