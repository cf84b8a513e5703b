"""The model card: what a person should know before using the model."""

from . import world
from .decoder import flops_per_pixel
from .model import Papercut
from .world.spec import RANGES


def model_card(model: Papercut, metrics: dict | None, notes: str) -> str:
    """Markdown. metrics: what the evaluation wrote, or None where there was none."""
    scope = world.Scope(model.facts.get("scope", world.Scope.CORE))
    parts = [
        _what(model),
        _data(scope),
        _knows(model, scope),
        _cannot(scope),
        _metrics(model, metrics),
        _training(model, notes),
    ]
    return "# Papercut\n\n" + "\n\n".join(parts) + "\n"


def _what(model: Papercut) -> str:
    dit, ae = model.config["dit"], model.config["ae"]
    millions = {
        name: sum(x.numel() for x in network.parameters()) / 1e6
        for name, network in (
            ("transformer", model.denoiser.transformer),
            ("text encoder", model.denoiser.text_encoder),
            ("decoder", model.autoencoder.decoder),
        )
    }
    sizes = ", ".join(f"{name} {count:.1f} M" for name, count in millions.items())
    return (
        "A text-to-film model for storyboards, small enough for a browser tab: shots with a prompt each are made "
        "together, as one sequence of tokens. "
        f"Parameters: {sizes}. The transformer is {dit['dim']} wide and {dit['layers']} blocks deep, with "
        f"{dit['groups']} groups; a latent cell has {ae['z']} channels and covers 16 x 16 pixels of four frames. "
        f"Decoding takes {flops_per_pixel(ae) / 1000:.1f} KFLOP a pixel.\n\n"
        "Licence: Apache-2.0, weights and training code alike."
    )


def _data(scope: world.Scope) -> str:
    return (
        "## Data\n\n"
        "Every training film was painted by the program in `training/papercut/world`, which also wrote its captions. "
        "No picture, film, text or pretrained network of anybody else went in: there are no persons, brands or works "
        f"to be found in the weights. Scope of the world: `{scope}`. Films never repeat; combinations that the "
        "evaluation asks for were held out."
    )


def _knows(model: Papercut, scope: world.Scope) -> str:
    known = RANGES[scope]
    lists = {
        "subjects": known.kinds,
        "colours": known.colours,
        "places": known.places,
        "weather": known.weathers,
        "shot sizes": known.sizes,
        "camera": known.cameras,
    }
    lines = [
        f"- {what}: " + ", ".join(member.name.lower().replace("_", " ") for member in members)
        for what, members in lists.items()
    ]
    words = len(model.vocabulary) - 3
    return "\n".join(
        ["## What it knows", "", *lines, f"- {words} words of English; others are read as unknown"]
    )


def _cannot(scope: world.Scope) -> str:
    two = "more than two subjects" if scope == world.Scope.FULL else "more than one subject"
    return (
        "## What it cannot do\n\n"
        f"Anything outside that world: other subjects, photographs, faces, writing, {two} in a shot, counting, "
        "negation. Words that it does not know are ignored. Cuts are hard; there are no fades."
    )


def _metrics(model: Papercut, metrics: dict | None) -> str:
    rows = (
        [("autoencoder, held-out films", f"{model.facts['psnr']:.1f} dB PSNR")]
        if "psnr" in model.facts
        else []
    )
    for name, value in _flat(metrics or {}):
        rows.append((name, f"{value:.3f}" if isinstance(value, float) else str(value)))
    if not rows:
        return "## Metrics\n\nNot evaluated."
    table = [f"| {name} | {value} |" for name, value in rows]
    note = "" if metrics else "\n\nThe evaluation of samples has not been run on these weights."
    return "\n".join(["## Metrics", "", "| what | value |", "| --- | --- |", *table]) + note


def _flat(values: dict, prefix: str = "") -> list[tuple[str, object]]:
    """Numbers and texts of a nested table, by their path; lists are left out."""
    rows: list[tuple[str, object]] = []
    for name, value in values.items():
        path = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            rows += _flat(value, f"{path}, ")
        elif isinstance(value, (int, float, str)):
            rows.append((path, value))
    return rows


def _training(model: Papercut, notes: str) -> str:
    steps = model.facts.get("steps", {})
    told = ", ".join(f"{name} {count:,}" for name, count in steps.items()) or "not recorded"
    return "\n\n".join(["## Training", f"Steps: {told}.", *([notes] if notes else [])])
