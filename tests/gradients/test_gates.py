import numpy as np
import pytest
import torch

from pipeline.gradients.gates import gate_openness
from pipeline.models.recurrent import RecurrentNetwork, Shape

WINDOWS = np.random.default_rng(0).integers(0, 11, (6, 4))


def network(architecture, implementation="torch", layers=1):
    built = RecurrentNetwork(Shape(architecture, 11, 5, 7, layers, True, False, implementation))
    built.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    return built


@torch.no_grad()
def test_an_lstms_forget_gate_is_that_of_torchs_weights():
    model = network("lstm").double()
    found = gate_openness(model, WINDOWS).set_index(["gate", "unit"])
    h = c = torch.zeros(4, 7, dtype=torch.float64)
    forget, rnn = [], model.recurrent
    for row in torch.from_numpy(WINDOWS):
        gates = model.embedding(row) @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
        i, f, g, o = gates.chunk(4, dim=1)
        forget.append(f.sigmoid())
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    forget = torch.stack(forget)
    for unit in range(7):
        assert found.loc[("kept", unit), "openness"] == pytest.approx(forget[..., unit].mean().item())
        assert found.loc[("kept", unit), "mean_log"] == pytest.approx(forget[..., unit].log().mean().item())
    assert set(found.index.get_level_values("gate")) == {"kept", "input", "output"}


@pytest.mark.parametrize("implementation", ["torch", "textbook"])
def test_a_gru_whose_update_gate_is_told_to_keep_remembers_for_long(implementation):
    model = network("gru", implementation, layers=2)
    before = gate_openness(model, WINDOWS).query("gate == 'kept'")
    assert set(before["layer"]) == {0, 1}
    with torch.no_grad():
        if implementation == "torch":
            model.recurrent.bias_ih_l1[7:14] += 6.0  # torch's order: r, z, n; z keeps
        else:
            model.recurrent.cells[1].b_z -= 6.0  # the textbooks' z replaces
    after = gate_openness(model, WINDOWS).query("gate == 'kept'")
    assert (-1 / before["mean_log"]).max() < 10
    assert (-1 / after.query("layer == 1")["mean_log"]).min() > 50
    assert (-1 / after.query("layer == 0")["mean_log"]).max() < 10


def test_an_rnn_has_no_gates():
    assert gate_openness(network("rnn"), WINDOWS).empty
