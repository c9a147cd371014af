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
    settings = {"batch_size": 16, "steps": 4, "check_every": 2, "solved": 1.0, "clip_norm": 1.0, "gate_bias": 1.0,
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
    network.initialise(torch.Generator().manual_seed(0))
    inputs = torch.zeros(9, 1, 2)
    inputs[0] = 1.0
    hidden = network.hidden(inputs)
    assert torch.equal(hidden[0], hidden[-1])
    assert hidden[0].max() > 0


def opened(network, bias, reach):
    generator = torch.Generator().manual_seed(0)
    network.initialise(generator)
    network.open_gates(bias, reach, generator)


def kept(network, steps):
    """The share (H,) of a state of ones that is left after `steps` without any input, weights set to zero."""
    with torch.no_grad():
        for name, parameter in network.recurrent.named_parameters():
            if name.startswith("weight"):
                parameter.zero_()
        ones = torch.ones(1, 1, network.hidden_size)
        if network.name == "lstm":
            return network.recurrent(torch.zeros(steps, 1, 2), (ones, ones))[1][1].flatten()
        return network.recurrent(torch.zeros(steps, 1, 2), ones)[1].flatten()


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_chrono_gates_keep_a_state_from_two_steps_to_the_reach(name):
    network = MemoryNetwork(name, 2, 500, 1)
    opened(network, "chrono", reach=300)
    gate = kept(network, 1).double()
    assert torch.allclose(kept(network, 7).double(), gate**7, rtol=1e-4)
    constants = 1 / (1 - gate)  # uniform from 2 to 300
    assert constants.min() >= 2 - 1e-4
    assert constants.max() <= 300 * 1.001
    assert constants.mean().item() == pytest.approx(151, abs=10)
    assert constants.quantile(0.25).item() == pytest.approx(76.5, abs=15)


def test_with_chrono_an_lstm_lets_in_what_it_does_not_keep():
    network = MemoryNetwork("lstm", 2, 50, 1)
    opened(network, "chrono", reach=300)
    entry, forget, new, out = network.recurrent.get_parameter("bias_ih_l0").unflatten(0, (4, 50))
    assert torch.equal(entry, -forget)
    assert forget.min() >= 0
    assert not new.any()
    assert not out.any()
    assert not network.recurrent.get_parameter("bias_hh_l0").any()


@pytest.mark.parametrize(("name", "gate"), [("gru", 1), ("lstm", 1), ("rnn", None), ("irnn", None)])
def test_a_number_is_the_bias_of_the_gate_that_keeps_a_state_alone(name, gate):
    network = MemoryNetwork(name, 2, 5, 1)
    opened(network, 3.0, reach=300)
    for part, bias in enumerate(network.recurrent.get_parameter("bias_ih_l0").unflatten(0, (-1, 5))):
        assert (bias == (3.0 if part == gate else 0.0)).all()
    if gate is not None:
        assert torch.allclose(kept(network, 4), torch.tensor(3.0).sigmoid() ** 4)


@pytest.mark.parametrize("network", ["gru", "lstm"])
def test_gates_that_begin_with_chrono_learn_what_lies_far_back_and_those_at_zero_do_not(network):
    settings = {"steps": 300, "check_every": 50, "solved": 0.95, "lengths": [100], "hidden_sizes": [64]}
    settings |= {"batch_size": 32, "learning_rates": [0.003]}
    accuracy = {
        bias: run(plan(network, gate_bias=bias, **settings))["runs"]["accuracy"].mean() for bias in ("chrono", 0.0)
    }
    assert accuracy["chrono"] > accuracy[0.0] + 0.3
