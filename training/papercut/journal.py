"""What a run tells: a line for people and a JSON line for machines."""

import json
import time
from pathlib import Path


class Journal:
    """Prints, and appends to a file of JSON lines."""

    def __init__(self, path: Path, silent: bool = False) -> None:
        """silent: another process tells."""
        self._silent = silent
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a")
        self._start = time.monotonic()

    def tell(self, event: str, **facts: object) -> None:
        if self._silent:
            return
        seconds = round(time.monotonic() - self._start, 1)
        self._file.write(json.dumps({"seconds": seconds, "event": event, **facts}) + "\n")
        self._file.flush()
        print(
            f"{seconds:8.1f}s {event:14}", *(f"{name} {_short(x)}" for name, x in facts.items()), flush=True
        )


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
