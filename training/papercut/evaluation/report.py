"""What was measured, as JSON and as a table for the model card."""

import json
from pathlib import Path

Results = dict[str, object]

PLACES = {"psnr": 2, "psnr at cuts": 2, "psnr elsewhere": 2, "ssim": 4}


def write(results: Results, folder: Path) -> None:
    """metrics.json and metrics.md."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps(results, indent=2) + "\n")
    (folder / "metrics.md").write_text(markdown(results))


def markdown(results: Results) -> str:
    """A table for every part whose rows have columns, a list for every other part."""
    parts = []
    for name, part in results.items():
        if not isinstance(part, dict):
            continue
        columns = {key: value for key, value in part.items() if isinstance(value, dict)}
        if columns and all(not isinstance(v, dict) for column in columns.values() for v in column.values()):
            parts.append(f"### {heading(name)}\n\n{table(columns)}")
        else:
            rows = [
                f"- {key}: {shown(key, value)}" for key, value in part.items() if not isinstance(value, dict)
            ]
            parts.append(f"### {heading(name)}\n\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def heading(name: str) -> str:
    return name[0].upper() + name[1:]


def table(columns: dict[str, dict[str, object]]) -> str:
    """Columns by name, each of rows by name."""
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    lines = [
        "| | " + " | ".join(columns) + " |",
        "| --- |" + " ---: |" * len(columns),
        *(
            f"| {row} | " + " | ".join(shown(row, column.get(row)) for column in columns.values()) + " |"
            for row in rows
        ),
    ]
    return "\n".join(lines)


def shown(row: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if row == "shots":
        return f"{value:.0f}"
    return f"{value:.{PLACES.get(row, 3)}f}"
