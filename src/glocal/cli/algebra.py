"""How many threads linear algebra takes; told before numpy is imported."""

from __future__ import annotations

import os


def one_thread_of_algebra() -> None:
    """Keep numpy to one thread, before it is imported: on a busy machine the others' waiting takes the requests' time.

    With as many threads as cores a search of the know-how took 600 ms of them instead of 60, and to learn how alike
    prints are 28 s instead of 4.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
