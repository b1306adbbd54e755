"""Read the starter for its meaning once, at set-up, so that nobody's first question waits: run this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "vectors.npz"


@cache
def ready_vectors() -> Mapping[str, bytes]:
    """Return the vectors by the hash of what they are of; empty where set-up has not made them."""
    if not FILE.exists():
        return {}
    with np.load(FILE, allow_pickle=False) as stored:
        return {str(key): vector.tobytes() for key, vector in zip(stored["keys"], stored["vectors"], strict=True)}


def main() -> None:
    """Write the file; nothing without the model."""
    from glocal.commons.cases import cases_of
    from glocal.commons.minilm import encoder
    from glocal.commons.search import passages_of, quantised
    from glocal.commons.starter import starter_problems
    from glocal.values import sha256_hex

    model = encoder()
    if model is not None:
        passages = sorted({passage for case in cases_of(starter_problems()) for passage in passages_of(case)})
        keys = np.array([sha256_hex(passage.encode()) for passage in passages])
        np.savez_compressed(FILE, keys=keys, vectors=quantised(model.encode(passages)))


if __name__ == "__main__":
    main()
