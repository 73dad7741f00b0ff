"""`python -m bot`."""

from __future__ import annotations

import os
import sys

for _library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    # the matrices are small: a second thread only waits for the first, and steals from other processes
    os.environ.setdefault(_library, "1")

from bot.cli.main import main  # noqa: E402 - NumPy reads the variables when it is imported

if __name__ == "__main__":
    sys.exit(main())
