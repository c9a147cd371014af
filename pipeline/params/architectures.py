"""The recurrent networks that language models are trained with."""

from typing import Literal

Architecture = Literal["rnn", "gru", "lstm"]
ARCHITECTURES: tuple[Architecture, ...] = ("rnn", "gru", "lstm")
