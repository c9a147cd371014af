"""How gradients become steps: the optimiser, and what is added to the loss to keep activations small and slow."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pipeline.plans.network import NetworkPlan


def make_optimiser(parameters: Sequence[Tensor], plan: NetworkPlan) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), whose weight decay is apart from the gradient, or plain SGD, where it is
    part of it."""
    settings, fused = plan.size.optimiser, plan.training.fused_optimiser
    common: dict[str, Any] = {"lr": plan.learning_rate, "weight_decay": settings.weight_decay, "fused": fused}
    if settings.method == "sgd":
        return torch.optim.SGD(parameters, **common)
    return torch.optim.AdamW(parameters, **common, capturable=fused and parameters[0].is_cuda)


def activation_penalty(raw: Tensor, dropped: Tensor, large: float, fast: float) -> Tensor:
    """AR and TAR (Merity et al. 2017), a scalar, as AWD-LSTM adds them to the loss in nats per token:

        α mean (m ⊙ h_t)²  +  β mean (h_{t+1} − h_t)²

    raw and dropped (T, B, H): the last layer's hidden states before and after dropout; α is `large`, β is `fast`.
    Means run over all elements: AWD-LSTM's code does so, where its paper has a norm.
    """
    penalty = large * dropped.square().mean()
    return penalty + fast * (raw[1:] - raw[:-1]).square().mean() if len(raw) > 1 else penalty
