"""Find what stands on the shelf by words of any of its languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from glocal.shop.products.models import Product
from glocal.shop.texts import folded

LONGEST_QUESTION, MOST_WORDS = 100, 8
SEARCHED_FROM = 7  # fewer products are seen at a glance, and nobody searches among them
ENDING = 2  # so many letters more in the question are an ending: pots finds pot
INSIDE = 3  # from so many letters on, a word is found within another: pot finds flowerpot, and a word after an article
_WORD = re.compile(r"\w+")


def search(products: Iterable[Product], question: str) -> list[Product]:
    """Return the products that speak of every word of the question, those first whose titles do; else in their order.

    Accents, capitals and endings do not matter, and neither does in which of the shop's languages something is asked.
    """
    asked = _words(question[:LONGEST_QUESTION])[:MOST_WORDS]
    if not asked:
        return list(products)
    named, described = [], []
    for product in products:
        words = product.words()
        title = _words(" ".join([*words["title"].values(), product.slug]))
        if _speaks(title, asked):
            named.append(product)
        elif _speaks(title + _words(" ".join(words["summary"].values())), asked):
            described.append(product)
    return named + described


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text).replace("_", " "))


def _speaks(words: Sequence[str], asked: Sequence[str]) -> bool:
    return all(any(_same(word, wanted) for word in words) for wanted in asked)


def _same(word: str, wanted: str) -> bool:
    if word.startswith(wanted):
        return True
    if len(wanted) >= INSIDE and wanted in word:
        return True
    return len(word) >= INSIDE and wanted.startswith(word) and len(wanted) - len(word) <= ENDING
