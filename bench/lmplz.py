"""KenLM: its programs built from the source package, and its Python module asked for probabilities."""

import shutil
import sys
import tarfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import kenlm
import numpy as np
from numpy.typing import NDArray

from bench.results import run_process
from pipeline.errors import UserError

DEBIAN_PACKAGES = (
    "build-essential zlib1g-dev libboost-program-options-dev libboost-system-dev libboost-thread-dev libboost-test-dev"
)

SORT_MEMORY = "1G"
"""What lmplz may take for sorting."""


def build_programs(folder: Path) -> Path:
    """The folder with `lmplz` and `build_binary` of the kenlm installed here, built below `folder` the first time.

    Raises UserError where that is not possible.
    """
    programs = folder / "programs" / "bin"
    if not (programs / "lmplz").exists() or not (programs / "build_binary").exists():
        release = version("kenlm")
        cmake = shutil.which("cmake", path=Path(sys.executable).parent) or "cmake"
        try:
            requirement = f"kenlm=={release}"
            run_process(
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--no-binary", "kenlm", "--dest", folder, requirement),
            )
            with tarfile.open(folder / f"kenlm-{release}.tar.gz") as archive:
                archive.extractall(folder, filter="data")
            run_process(cmake, "-S", folder / f"kenlm-{release}", "-B", folder / "programs")
            run_process(cmake, "--build", folder / "programs", "--target", "lmplz", "build_binary", "--parallel")
        except (UserError, OSError) as error:
            raise UserError(
                f"lmplz could not be built: {error}\nIt needs a C++ compiler and Boost; on Debian: "
                f"apt-get install {DEBIAN_PACKAGES}"
            ) from None
    return programs


def lmplz_command(programs: Path, text: Path, order: int, arpa: Path) -> tuple[object, ...]:
    """Discounts that cannot be estimated are what ours are then. By default it would take 80 % of the memory."""
    return (
        *(programs / "lmplz", "--order", order, "--text", text, "--arpa", arpa, "--temp_prefix", arpa.parent),
        *("--discount_fallback", "--memory", SORT_MEMORY),
    )


def read_arpa(path: Path) -> kenlm.Model:
    config = kenlm.Config()
    config.show_progress = False
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    return kenlm.Model(str(path), config)


def log10_probs(model: kenlm.Model, lines: Sequence[str]) -> NDArray[np.float64]:
    """(N,) Of every token of `lines`, ends of lines counted."""
    return np.array([log_prob for line in lines for log_prob, _, _ in model.full_scores(line)])
