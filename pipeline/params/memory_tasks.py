"""The tasks of the memory study, the images of one of them, and the networks that are asked."""

from typing import Literal

MemoryTask = Literal["adding", "copy", "order", "digits", "capacity"]
MEMORY_TASKS: tuple[MemoryTask, ...] = ("adding", "copy", "order", "digits", "capacity")
DigitImages = Literal["digits", "mnist"]
MemoryNetworkName = Literal["rnn", "irnn", "gru", "lstm"]
MEMORY_NETWORKS: tuple[MemoryNetworkName, ...] = ("rnn", "irnn", "gru", "lstm")
