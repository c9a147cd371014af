"""Which Python runs the pipeline."""

import os
import sys
from pathlib import Path


def use_own_environment() -> None:
    """Goes on in the project's own .venv where this Python belongs to no virtual environment.

    DVC takes `python3` from PATH. Where .venv is not activated, as after `.venv/bin/dvc repro`, that is the system's,
    which lacks the locked libraries. DVC may run in a copy of the project below its root, so that the folders above
    count too. Does nothing where the user has chosen an environment, or where there is no .venv.
    """
    if sys.prefix != sys.base_prefix:
        return
    for folder in (Path.cwd(), *Path.cwd().parents):
        python = folder / ".venv" / "bin" / "python"
        if python.is_file():
            os.execv(python, [str(python), "-m", "pipeline", *sys.argv[1:]])
