"""YAML as people write it by hand: every scalar stays as written, and a broken field does not take the others along.

Aliases are refused (they can multiply a small file into a huge one), no tag makes an object, dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from glocal.commons.okh_check import Deviation
from glocal.commons.okh_errors import ManifestUnreadable

_TOP = re.compile(r"^([A-Za-z_][\w .-]{0,60}?)\s*:(?=\s|$)", re.MULTILINE)
_BETWEEN = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_MADE = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "map", "null", "seq", "str")}
_KEPT = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}


class _Loader(yaml.SafeLoader):
    """Knows texts, true and false, and nothing; numbers and dates stay as they were written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.twice: list[str] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise ManifestUnreadable("The manifest uses YAML aliases (*name).", help="Write the values out.")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Take the first of two values with one name, and remember that there were two."""
        first: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a name is no text", key.start_mark)
            if key.value in first:
                self.twice.append(str(key.value))
            first.setdefault(key.value, (key, value))
        node.value = list(first.values())
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    char: [(tag, expression) for tag, expression in found if tag in _KEPT and tag != "tag:yaml.org,2002:merge"]
    for char, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# a value that is marked as something else (!!timestamp, !!binary, !!python/…) is refused, and its field read as text
_Loader.yaml_constructors = {
    tag: maker for tag, maker in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _MADE
}


def read_yaml(text: str) -> tuple[Any, list[Deviation]]:
    """Return the values, and what had to be read tolerantly."""
    found: list[Deviation] = []
    if "\t" in text:
        text = re.sub(r"(?m)^([ ]*)\t+", lambda match: match[1] + "  ", text)
        text = text.replace("\t", " ")
        found.append(Deviation("", "has tabs, which YAML forbids", "each read as blanks"))
    try:
        return _load(text, found), found
    except yaml.YAMLError as error:
        documents = [part for part in _BETWEEN.split(text) if part.strip()]
        if len(documents) > 1:
            found.append(Deviation("", "holds several documents", "the first is read"))
            value, more = read_yaml(documents[0])
            return value, [*found, *more]
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        found.append(Deviation("", f"is broken YAML at {where}", "each field read by itself"))
    return _field_by_field(text, found), found


def dump_yaml(values: dict[str, Any]) -> str:
    """Return values as YAML; texts that look like numbers, dates or flags are quoted."""
    result: str = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
    return result


def _load(text: str, found: list[Deviation]) -> Any:
    loader = _Loader(text)
    try:
        value = loader.get_single_data()
    finally:
        loader.dispose()
    found += [Deviation(name, "stands twice", "the first is taken") for name in loader.twice]
    return value


def _field_by_field(text: str, found: list[Deviation]) -> dict[str, Any]:
    """Return each top-level field read alone; one that cannot be read is kept as its text."""
    starts = [(match.start(), match[1]) for match in _TOP.finditer(text)]
    values: dict[str, Any] = {}
    for (start, name), stop in zip(starts, [*(start for start, _ in starts[1:]), len(text)], strict=True):
        block = text[start:stop]
        try:
            value = _load(block, found)[name]
        except (yaml.YAMLError, KeyError, TypeError):
            value = block.partition(":")[2].strip()
            found.append(Deviation(name, "cannot be read as YAML", "kept as a text"))
        if name in values:
            found.append(Deviation(name, "stands twice", "the first is taken"))
        values.setdefault(name, value)
    return values
