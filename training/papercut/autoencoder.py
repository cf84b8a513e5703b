"""Encoder and decoder together, and how they start: from the principal components of blocks of pixels."""

import torch
from torch import nn

from .decoder import LINEAR_SPACE, Decoder
from .encoder import Encoder

SPARE_COMPONENTS, ROUNDS = 16, 12


def principal_components(data: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The first components [features, count] of data [n, features] around zero, and the deviations along them [count].

    By subspace iteration: all of the components would take minutes on a processor.
    """
    generator = torch.Generator().manual_seed(1)
    basis = torch.randn(data.shape[1], count + SPARE_COMPONENTS, generator=generator).to(data.device)
    for _ in range(ROUNDS):
        basis = torch.linalg.qr(data.T @ (data @ basis)).Q
    scores = data @ basis
    variance, turn = torch.linalg.eigh(scores.T @ scores / len(data))
    first = turn.flip(1)[:, :count]
    return basis @ first, variance.flip(0)[:count].clamp(min=1e-8).sqrt()


class Autoencoder(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        for name, module in self.named_modules():
            if isinstance(module, nn.Conv2d):
                before_relu = name.endswith(("conv1", "conv2"))
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu" if before_relu else "linear")
                nn.init.zeros_(module.bias)
                if name.endswith("conv3"):
                    module.weight.data.mul_(0.1)
                if name.endswith("conv_out"):
                    # Anything but zero, and the first steps unlearn it by killing every ReLU before it.
                    nn.init.zeros_(module.weight)

    @torch.no_grad()
    def set_linear_path(self, blocks: torch.Tensor) -> None:
        """Makes the linear paths the principal components of blocks of pixels, whitened in the latent.

        blocks: [n, temporal, 3, spatial, spatial] in [-1, 1].
        """
        config = self.config
        z, temporal, ps = config["z"], config["temporal"], config["ps"]
        flat = blocks.flatten(1)
        mean = flat.mean(0)
        components, deviation = principal_components(flat - mean, z)
        self.encoder.lin_w.copy_((components / deviation).T)
        self.encoder.lin_b.copy_(-(mean @ components) / deviation)
        # The decoder's features are ordered (frame, colour, row in patch, column in patch, patch row, patch column).
        places = torch.arange(flat.shape[1], device=flat.device)
        places = places.view(temporal, 3, LINEAR_SPACE, ps, LINEAR_SPACE, ps)
        places = places.permute(0, 1, 3, 5, 2, 4).flatten()
        self.decoder.lin_w.copy_((components * deviation)[places])
        self.decoder.lin_b.copy_(mean[places])

    def channel_weights(self) -> torch.Tensor:
        """[z]: how much of the picture hangs on every latent channel, 1 on average and between 0.3 and 4."""
        energy = self.decoder.lin_w.norm(dim=0)
        weights = (energy / energy.mean()).clamp(0.3, 4)
        return weights / weights.mean()
