"""Checkpoints are whole, in small files, and survive being killed."""

from pathlib import Path

import pytest
import torch

from papercut import checkpoint


def tensors() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {
        "large": torch.randn(3001, 3001, generator=generator),
        "half": torch.randn(5, 7, generator=generator).half(),
        "count": torch.tensor(3),
        "also large": torch.randn(4_000_000, generator=generator),
    }


def test_what_is_saved_is_loaded_from_files_of_16_mib_at_most(tmp_path: Path) -> None:
    folder = tmp_path / "stage"
    checkpoint.save(folder, tensors(), {"step": 4})
    assert max(file.stat().st_size for file in folder.iterdir()) <= 16 << 20
    assert len(list(folder.glob("*.safetensors"))) >= 4
    loaded, state = checkpoint.load(folder)
    assert state == {"step": 4}
    assert loaded.keys() == tensors().keys()
    for name, tensor in tensors().items():
        assert loaded[name].dtype == tensor.dtype
        assert torch.equal(loaded[name], tensor)


def test_a_checkpoint_replaces_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "stage"
    checkpoint.save(folder, {"x": torch.zeros(2), "y": torch.zeros(1)}, {"step": 1})
    checkpoint.save(folder, {"x": torch.ones(2)}, {"step": 2})
    loaded, state = checkpoint.load(folder)
    assert state == {"step": 2} and loaded["x"].tolist() == [1, 1] and "y" not in loaded
    assert [entry.name for entry in tmp_path.iterdir()] == ["stage"]


@pytest.mark.parametrize("moved", [False, True], ids=["while writing", "while swapping"])
def test_a_killed_save_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    folder = tmp_path / "stage"
    checkpoint.save(folder, {"x": torch.zeros(2)}, {"step": 1})
    rename, write = Path.rename, checkpoint.safetensors.save

    def killed_rename(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise KeyboardInterrupt
        return rename(self, target)

    def killed_write(*arguments: object) -> None:
        raise KeyboardInterrupt

    if moved:
        monkeypatch.setattr(Path, "rename", killed_rename)
    else:
        monkeypatch.setattr(checkpoint.safetensors, "save", killed_write)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(folder, {"x": torch.ones(2)}, {"step": 2})
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(checkpoint.safetensors, "save", write)
    loaded, state = checkpoint.load(folder)
    assert state == {"step": 1} and loaded["x"].tolist() == [0, 0]
    checkpoint.save(folder, {"x": torch.ones(2)}, {"step": 2})
    assert checkpoint.load(folder)[1] == {"step": 2}


def test_there_may_be_none(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "stage") is None
