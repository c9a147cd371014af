"""params.yaml, runtime: what computes."""

from typing import Literal

from pipeline.params.fields import Count, Strict


class Runtime(Strict):
    device: Literal["auto", "cpu", "cuda"]
    threads: Count
    precision: Literal["auto", "fp32", "bf16"]
