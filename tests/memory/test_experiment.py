import pytest
import torch

from pipeline.memory.digits import small_images
from pipeline.memory.experiment import COLUMNS, experiment, run_count
from pipeline.memory.network import MemoryNetwork
from pipeline.params.memory import MemoryTraining
from pipeline.params.memory_tasks import MEMORY_NETWORKS
from pipeline.params.runtime import Runtime
from pipeline.plans.memory import MemoryPlan


def plan(network="gru", task="order", **changes):
    settings = {"batch_size": 16, "steps": 4, "check_every": 2, "solved": 1.0, "clip_norm": 1.0, "forget_bias": 1.0,
                "learning_rates": [0.01], "search_steps": 2, "seeds": 2}  # fmt: skip
    return MemoryPlan(
        selected=True, task=task, network=network, seed=1,
        runtime=Runtime(device="cpu", threads=1, precision="fp32"),
        images="digits" if task == "digits" else None,
        lengths=changes.pop("lengths", [2]), items=changes.pop("items", [1]),
        hidden_sizes=changes.pop("hidden_sizes", [8]), training=MemoryTraining(**(settings | changes)),
    )  # fmt: skip


def run(asked):
    return experiment(asked, torch.device("cpu"), small_images() if asked.task == "digits" else None)


def test_a_gru_learns_what_is_near():
    made = run(plan(steps=600, check_every=50, solved=0.95, lengths=[1], hidden_sizes=[16], batch_size=32))
    assert made["runs"]["accuracy"].min() > 0.8
    assert made["runs"]["steps"].max() < 600  # and ends when it has


def test_every_length_has_a_rate_from_the_search_and_a_run_for_each_seed():
    asked = plan(lengths=[2, 5], learning_rates=[0.01, 1e9, 0.001])
    made = run(asked)
    assert list(made["runs"]) == COLUMNS
    assert len(made["search"]) == 2 * 3
    assert len(made["runs"]) + len(made["search"]) == run_count(asked)
    for length, runs in made["runs"].groupby("length"):
        tried = made["search"].query(f"length == {length}").set_index("learning_rate")["loss"]
        assert set(runs["learning_rate"]) == {tried.idxmin()}
        assert sorted(runs["seed"]) == [2, 3]
    assert run(asked)["runs"].equals(made["runs"])


@pytest.mark.parametrize("task", ["adding", "copy", "order", "digits", "capacity"])
@pytest.mark.parametrize("network", MEMORY_NETWORKS)
def test_every_network_takes_every_task(network, task):
    made = run(plan(network, task, lengths=[4], items=[1, 2], hidden_sizes=[4, 6]))["runs"]
    assert len(made) == 2 * 2 * 2
    assert made["accuracy"].between(0, 1).all()
    assert set(made["data"]) == {"digits" if task == "digits" else "drawn"}


def test_the_identity_rnn_begins_with_the_identity_and_copies_its_state():
    network = MemoryNetwork("irnn", 2, 5, 1)
    network.initialise(torch.Generator().manual_seed(0), 1.0)
    inputs = torch.zeros(9, 1, 2)
    inputs[0] = 1.0
    hidden = network.hidden(inputs)
    assert torch.equal(hidden[0], hidden[-1])
    assert hidden[0].max() > 0
