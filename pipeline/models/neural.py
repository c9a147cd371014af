"""A trained recurrent network as a `LanguageModel`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.io import read_json, read_tensors, write_tensors
from pipeline.language_model import Nats, Tokens
from pipeline.models.recurrent import RecurrentNetwork, Shape, State

STATES_AT_ONCE = 1 << 14  # hidden states held in memory at a time
LOGITS_AT_ONCE = 1 << 21  # scores at a time: 8 MB in float32, so that the softmax reads them from the cache
FEWEST_ROWS = 128  # of them, however many types: the output matrix is read once for all rows


@dataclass(frozen=True)
class NeuralState:
    """The recurrent state, and the last hidden state (B, H) from which the next token is predicted."""

    recurrent: State
    hidden: Tensor


class NeuralModel:
    """Scores in float32, without dropout; the state is carried across `<eos>`."""

    def __init__(self, name: str, network: RecurrentNetwork) -> None:
        self.name = name
        self.network = network.eval()
        self.vocabulary_size = network.shape.vocabulary_size
        self.device = network.device

    @torch.inference_mode()
    def start(self, batch_size: int) -> NeuralState:
        first = torch.full((1, batch_size), EOS_ID, device=self.device)
        hidden, state = self.network(first, self.network.zero_state(batch_size))
        return NeuralState(state, hidden[-1])

    @torch.inference_mode()
    def read(self, tokens: Tokens, state: NeuralState) -> tuple[Nats, NeuralState]:
        length, batch_size = tokens.shape
        step = max(1, STATES_AT_ONCE // batch_size)
        nats = np.empty((length, batch_size))
        for begin in range(0, length, step):
            piece = torch.as_tensor(tokens[begin : begin + step].astype(np.int64), device=self.device)
            hidden, recurrent = self.network(piece, state.recurrent)
            before = torch.cat([state.hidden[None], hidden[:-1]])  # token t is predicted from the state before it
            scores = self._log_probs(before.flatten(0, 1), piece.flatten()).view(piece.shape)
            nats[begin : begin + step] = scores.double().cpu().numpy()
            state = NeuralState(recurrent, hidden[-1])
        return nats, state

    def _log_probs(self, hidden: Tensor, tokens: Tensor) -> Tensor:
        """Natural-log probabilities (N,) of tokens (N,) after hidden states (N, H)."""
        rows = max(FEWEST_ROWS, LOGITS_AT_ONCE // self.vocabulary_size)
        pieces = zip(torch.split(hidden, rows), torch.split(tokens, rows), strict=True)
        return torch.cat([self.network.logits(h).log_softmax(-1).gather(-1, t[:, None])[:, 0] for h, t in pieces])

    @torch.inference_mode()
    def next_log_probs(self, state: NeuralState) -> Nats:
        scores: Nats = self.network.logits(state.hidden).double().log_softmax(-1).cpu().numpy()
        return scores


def save_weights(folder: Path, name: str, weights: dict[str, Tensor]) -> None:
    write_tensors(folder / f"{name}.safetensors", {key: value.numpy() for key, value in weights.items()})


def load_network(folder: Path, name: str, device: torch.device) -> RecurrentNetwork:
    """The network with its weights `name` (before, halfway or best) on `device`."""
    shape = read_json(folder / "shape.json")
    network = RecurrentNetwork(Shape(**shape | {"cutoffs": tuple(shape.get("cutoffs", ()))}))
    weights = {key: torch.from_numpy(value) for key, value in read_tensors(folder / f"{name}.safetensors").items()}
    if network.shape.tied:
        weights["output.weight"] = weights["embedding.weight"]
    network.load_state_dict(weights)
    return network.to(device)
