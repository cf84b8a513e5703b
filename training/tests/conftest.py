import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture
def short_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, and as little as can be of what goes on around the steps of a run."""
    import torch

    from papercut import train, train_autoencoder

    torch.set_num_threads(1)
    monkeypatch.setattr(train_autoencoder, "LINEAR_ROUNDS", 3)
    monkeypatch.setattr(train, "SCALE_FILMS", 4)
    monkeypatch.setattr(train, "TEST_FILMS", 1)
    monkeypatch.setattr(train, "contact_sheet", lambda *_: None)
