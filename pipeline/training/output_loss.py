"""The loss of the output layer, and its gradient in closed form.

    p = softmax(O h + b)        L = −1/N Σ_n log p_n[y_n]
    dL/dlogits = (p − y) / N    (y one-hot), so dL/dh = (p − y) O / N,  dL/dO = (p − y)ᵀ h / N,  dL/db = Σ_n (p − y) / N

Over a vocabulary of thousands the logits are the largest array of a training step. Autograd keeps their logarithmic
softmax and passes over arrays of that size six times; here the softmax is taken once and turned into the gradient in
place.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable


def output_loss(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, bf16: bool = False) -> Tensor:
    """Mean negative log probability, in nats per token, of targets (N,) after hidden (N, D): a scalar.

    weight (V, D), bias (V,). With `bf16` the three matrix products are taken in bfloat16, as by
    `RecurrentNetwork.logits`; the softmax and the sum over tokens stay in float32. A probability below float32's
    smallest, e^−87, counts as that.
    """
    loss: Tensor = _OutputLoss.apply(hidden, weight, bias, targets, bf16)  # type: ignore[no-untyped-call]
    return loss


class _OutputLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, bf16: bool) -> Tensor:
        kind = torch.bfloat16 if bf16 else hidden.dtype
        hidden, weight, target = hidden.to(kind), weight.to(kind), targets[:, None]
        logits = F.linear(hidden, weight, bias.to(kind))
        gradient = torch.softmax(logits, 1, dtype=bias.dtype)
        probabilities = gradient.gather(1, target)
        gradient.scatter_(1, target, probabilities - 1)
        ctx.save_for_backward(hidden, weight, gradient.to(kind), gradient.sum(0))
        return -probabilities.clamp_min(torch.finfo(bias.dtype).tiny).log().mean()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, loss_gradient: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, gradient, bias_gradient = ctx.saved_tensors
        scale = loss_gradient / len(hidden)
        products = (gradient @ weight, gradient.t() @ hidden, bias_gradient)
        return (*(product.to(bias_gradient.dtype) * scale for product in products), None, None)
