from itertools import product

import torch

from pipeline.memory.seeds import USES, generator


def drawn(seed, use) -> tuple[int, ...]:
    return tuple(torch.randint(2**31, (8,), generator=generator(seed, use)).tolist())


def test_no_two_seeds_or_uses_share_a_stream():
    streams = {drawn(seed, use) for seed, use in product([*range(20), 2**32, 2**33], USES)}
    assert len(streams) == 22 * len(USES)


def test_a_stream_is_the_same_again():
    assert drawn(3, "valid") == drawn(3, "valid")
