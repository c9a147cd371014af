"""The loss of the output layer, and its gradient in closed form.

    p = softmax(O h + b)        L = −1/N Σ_n log p_n[y_n]
    dL/dlogits = (p − y) / N    (y one-hot), so dL/dh = (p − y) O / N,  dL/dO = (p − y)ᵀ h / N,  dL/db = Σ_n (p − y) / N

Over a vocabulary of thousands the logits are the largest array of a training step. Autograd keeps their logarithmic
softmax and passes over arrays of that size six times; here the softmax is taken once and turned into the gradient,
some rows at a time so that a CPU does it within its cache, and the gradient takes the place of the logits.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

AT_ONCE = 2**21
"""Of the logits that a CPU turns into their gradient at a time: 8 MB in float32. A GPU takes all at once, since each
part costs it launches."""


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
        hidden, weight = hidden.to(kind), weight.to(kind)
        logits = F.linear(hidden, weight, bias.to(kind))
        probabilities = torch.empty(len(logits), 1, dtype=bias.dtype, device=bias.device)
        bias_gradient = torch.zeros_like(bias)
        at_once = max(1, AT_ONCE // len(bias)) if logits.device.type == "cpu" else len(logits)
        parts = (torch.split(whole, at_once) for whole in (logits, targets[:, None], probabilities))
        for rows, target, probability in zip(*parts, strict=True):
            gradient = torch.softmax(rows, 1, dtype=bias.dtype)
            probability.copy_(gradient.gather(1, target))
            gradient.scatter_(1, target, probability - 1)
            bias_gradient += gradient.sum(0)
            rows.copy_(gradient)
        ctx.save_for_backward(hidden, weight, logits, bias_gradient)
        return -probabilities.clamp_min(torch.finfo(bias.dtype).tiny).log().mean()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, loss_gradient: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, gradient, bias_gradient = ctx.saved_tensors
        scale = loss_gradient / len(hidden)
        products = (gradient @ weight, gradient.t() @ hidden, bias_gradient)
        return (*(product.to(bias_gradient.dtype) * scale for product in products), None, None)
