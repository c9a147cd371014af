"""Where and how the numbers are computed: device, threads, precision, memory."""

import ctypes
import platform

import torch

from pipeline.errors import UserError
from pipeline.params.runtime import Runtime


def prepare_runtime(runtime: Runtime) -> torch.device:
    """Sets threads and determinism for the process; returns the device. Call once, before any computation."""
    torch.set_num_threads(runtime.threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a tenth of the time
    _keep_freed_memory()
    return choose_device(runtime.device)


def choose_device(wanted: str) -> torch.device:
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise UserError("runtime.device: found 'cuda', but torch sees no GPU. Set it to auto or cpu.")
    return torch.device(wanted)


def use_bf16(precision: str, device: torch.device) -> bool:
    """Whether the products with the output matrix, and those of skip-gram, are taken in bfloat16: where the hardware
    multiplies it natively."""
    if precision != "auto":
        return precision == "bf16"
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported())  # AMX machines have it too


def out_of_memory(error: BaseException | None) -> bool:
    """Whether a device's allocator has raised `error`, or one that this followed: a capture that runs out of memory
    ends in an error of its own. On the CPU it is a RuntimeError like any other."""
    followed = set[int]()  # chains may close on themselves
    while error is not None and id(error) not in followed:
        if isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator: can't allocate" in str(error):
            return True
        followed.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _keep_freed_memory() -> None:
    """Lets glibc reuse large buffers instead of mapping fresh pages for the logits of every step.

    Buffers above 32 MB would be returned to the system and zeroed again each time; keeping them made training on
    WikiText-2's vocabulary half as fast again. A no-op on other C libraries.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    mallopt(mmap_max, 0)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 256 << 20)
