"""Processes that train together."""

from pathlib import Path

import torch
from torch import distributed, multiprocessing, nn

from papercut.optimizers import Muon, orthogonalised
from papercut.peers import Peers

COUNT = 2


def one_of(rank: int, place: str, folder: str) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=COUNT)
    peers = Peers(rank, COUNT)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 6), nn.Linear(6, 4))
    unused = network[2].bias
    torch.manual_seed(rank)
    for parameter in network.parameters():
        parameter.grad = torch.randn_like(parameter)
    if rank == 1:
        unused.grad = None
    alone = [None if x.grad is None else x.grad.clone() for x in network.parameters()]
    peers.average_gradients(network)
    averaged = [x.grad.clone() for x in network.parameters()]
    # Three matrices of two shapes: parts of unequal size.
    optimizer = Muon([x for x in network.parameters() if x.ndim == 2], lr=0.1)
    optimizer.peers = peers
    optimizer.step()
    shared = peers.share_out(orthogonalised, torch.arange(60.0).view(3, 4, 5).sin())
    handed = torch.full((3,), float(rank + 5))
    peers.hand_round(handed)
    begun = nn.BatchNorm1d(3)
    nn.init.normal_(begun.weight)
    begun.running_mean += rank
    peers.begin_alike(begun)
    torch.save(
        {
            "alone": alone,
            "averaged": averaged,
            "weights": [x.detach() for x in network.parameters()],
            "shared": shared,
            "agreed": peers.agree(0.25 + rank),
            "handed": handed,
            "begun": begun.state_dict(),
        },
        f"{folder}/{rank}.pt",
    )
    distributed.destroy_process_group()


def test_processes_share_gradients_and_work(tmp_path: Path) -> None:
    multiprocessing.spawn(one_of, (str(tmp_path / "meeting"), str(tmp_path)), nprocs=COUNT)
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in range(COUNT))
    for mine, yours, mean, same in zip(
        first["alone"], second["alone"], first["averaged"], second["averaged"]
    ):
        torch.testing.assert_close(mean, (mine + (0 if yours is None else yours)) / COUNT)
        assert torch.equal(mean, same)
    for ours, theirs in zip(first["weights"], second["weights"]):
        assert torch.equal(ours, theirs)
    torch.testing.assert_close(
        first["shared"], orthogonalised(torch.arange(60.0).view(3, 4, 5).sin())
    )
    assert first["handed"].tolist() == second["handed"].tolist() == [5, 5, 5]
    for name, tensor in first["begun"].items():
        assert torch.equal(tensor, second["begun"][name]), name
    assert first["begun"]["running_mean"].tolist() == [0, 0, 0]
    assert first["agreed"] == second["agreed"] == 0.25


def test_a_process_alone_needs_no_others() -> None:
    peers = Peers()
    batch = torch.randn(3, 4, 5)
    assert torch.equal(peers.share_out(orthogonalised, batch), orthogonalised(batch))
    assert peers.agree(0.5) == 0.5 and peers.leads
