"""Reading without scoring, for contexts whose own probabilities nobody asks for."""

from typing import Any

import numpy as np
import torch

from pipeline.language_model import LanguageModel, Tokens
from pipeline.models.neural import NeuralModel, NeuralState


@torch.inference_mode()
def advance(model: LanguageModel, tokens: Tokens, state: Any) -> Any:
    """The state after tokens (T, B), as `model.read` returns it.

    A network is spared its product with the output matrix, which is nearly all that reading costs it.
    """
    if not isinstance(model, NeuralModel):
        return model.read(tokens, state)[1]
    if not len(tokens):
        return state
    read = torch.as_tensor(tokens.astype(np.int64), device=model.device)
    hidden, recurrent = model.network(read, state.recurrent)
    return NeuralState(recurrent, hidden[-1])
