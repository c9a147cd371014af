from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.params.networks import Size
from pipeline.params.reading import read_params
from pipeline.training.memory import check_cost, machine_memory, training_cost


def size(**changes: int) -> Size:
    values = {"embedding_dim": 6, "hidden_size": 10, "num_layers": 2, "batch_size": 4, "bptt_len": 5}
    shipped = read_params(Path(__file__).parents[2] / "params.yaml").sizes["small"]
    return shipped.model_copy(update=values | changes)


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("width", [6, 10])
def test_weights_are_those_of_the_network(architecture, tied, width):
    network = RecurrentNetwork(Shape(architecture, 50, width, 10, 2, tied, False))
    cost = training_cost(architecture, 50, size(embedding_dim=width), tied)
    assert cost.weights == sum(weight.numel() for weight in network.parameters())
    assert cost.word_weights == sum(
        weight.numel() for weight in network.parameters() if 50 in weight.shape and weight.numel() >= 50
    )


def test_a_vocabulary_that_does_not_fit_is_refused_with_its_cost():
    cost = training_cost("lstm", 10_000_000, size(embedding_dim=650, hidden_size=650), True)
    with pytest.raises(UserError, match=r"lstm: 10,000,000 types hold 6,510\.0 of 6,5.* million.*Lower text\.max"):
        check_cost(cost, 24 * 10**9)
    check_cost(training_cost("lstm", 10_000, size(), True), machine_memory())
