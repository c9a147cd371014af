"""The output layer's loss and closed-form gradient, against autograd and finite differences."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import pipeline.training.output_loss as output_loss_module
from pipeline.training.output_loss import output_loss


def layer(kind: torch.dtype, tokens: int = 7, width: int = 5, types: int = 11) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    hidden, weight, bias = (
        torch.randn(*shape, generator=generator, dtype=kind).requires_grad_()
        for shape in ((tokens, width), (types, width), (types,))
    )
    return hidden, weight, bias, torch.randint(types, (tokens,), generator=generator)


def by_autograd(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(F.linear(hidden, weight, bias), targets)


@pytest.mark.parametrize("at_once", [10**6, 3 * 11, 11, 1])  # logits of all tokens, of three, of one
def test_loss_and_gradients_are_those_of_autograd(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_loss_module, "AT_ONCE", at_once)
    *inputs, targets = layer(torch.float64)
    ours, theirs = output_loss(*inputs, targets), by_autograd(*inputs, targets)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=0)
    factor = 0.37  # a rank's share of the batch scales the loss
    expected = torch.autograd.grad(theirs * factor, inputs)
    found = torch.autograd.grad(ours * factor, inputs)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-14)


def test_gradients_are_those_of_finite_differences() -> None:
    *inputs, targets = layer(torch.float64, tokens=3, width=2, types=4)
    assert torch.autograd.gradcheck(lambda *parts: output_loss(*parts, targets), inputs)


def test_bf16_is_as_near_as_its_eight_bits() -> None:
    *inputs, targets = layer(torch.float32, tokens=400, width=32, types=300)
    exact = torch.autograd.grad(by_autograd(*inputs, targets), inputs)
    loss = output_loss(*inputs, targets, bf16=True)
    torch.testing.assert_close(loss, by_autograd(*inputs, targets), rtol=2e-3, atol=0)
    for one, other in zip(torch.autograd.grad(loss, inputs), exact, strict=True):
        assert one.dtype == torch.float32
        assert (one - other).norm() / other.norm() < 2e-2


@pytest.mark.parametrize("score", [200.0, -200.0])
def test_a_hopeless_target_has_a_finite_loss_and_the_exact_gradient(score: float) -> None:
    hidden = torch.tensor([[1.0]])
    weight = torch.tensor([[score], [0.0]], requires_grad=True)
    loss = output_loss(hidden, weight, torch.zeros(2), torch.tensor([1 if score > 0 else 0]))
    assert 87 < loss.item() < 88
    (gradient,) = torch.autograd.grad(loss, weight)
    toward = 1.0 if score > 0 else -1.0
    torch.testing.assert_close(gradient, torch.tensor([[toward], [-toward]]))
