"""YAML as people write it by hand: every scalar stays as written, and a broken field does not take the others along.

Aliases are written out unless they multiply a small file into a huge one, no tag makes an object, dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from glocal.commons.okh_check import Deviation
from glocal.commons.okh_errors import ManifestUnreadable
from glocal.text_files import size_written_out

_TOP = re.compile(r"^([^\W\d][\w .-]{0,60}?)\s*:(?=\s|$)", re.MULTILINE)
_BETWEEN = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_OTHER_ENDS = re.compile("[\r\x85\u2028\u2029\ufeff]")
_MADE = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "map", "null", "seq", "str")}
_MERGE = "tag:yaml.org,2002:merge"
_KEPT = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", _MERGE}
MOST_WRITTEN_OUT = 2_000_000  # characters and values


class _Loader(yaml.SafeLoader):
    """Knows texts, true and false, and nothing; numbers and dates stay as they were written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.twice: list[str] = []
        self.aliased = False

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Remember that there are aliases."""
        self.aliased = self.aliased or self.check_event(yaml.events.AliasEvent)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Take the first of two values with one name, and remember that there were two."""
        first: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a name is no text", key.start_mark)
            name = f"{_MERGE}{len(first)}" if key.tag == _MERGE else key.value
            key.tag = _MERGE if key.tag == _MERGE else "tag:yaml.org,2002:str"
            if name in first:
                self.twice.append(str(name))
            first.setdefault(name, (key, value))
        node.value = list(first.values())
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    char: [(tag, expression) for tag, expression in found if tag in _KEPT]
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
    result: str = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return result


class _Dumper(yaml.SafeDumper):
    """Writes a value out at each of its places."""

    def ignore_aliases(self, data: Any) -> bool:
        """Make no alias of anything."""
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Quote a text with line ends that YAML would read as others, so that they are written as their numbers."""
        style = '"' if _OTHER_ENDS.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def _load(text: str, found: list[Deviation]) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if loader.aliased:
            if size_written_out(node) > MOST_WRITTEN_OUT:
                raise ManifestUnreadable(
                    "The manifest's YAML aliases (*name) make it huge.", help="Write the values out."
                )
            found.append(Deviation("", "uses YAML aliases (*name)", "each written out"))
        value = None if node is None else loader.construct_document(node)
    except ValueError as knot:
        raise ManifestUnreadable(f"The manifest cannot be used: {knot}.", help="Write the values out.") from knot
    finally:
        loader.dispose()
    found += [Deviation(name, "stands twice", "the first is taken") for name in loader.twice]
    return value


def _field_by_field(text: str, found: list[Deviation]) -> dict[str, Any]:
    """Return each top-level field read alone; one that cannot be read is kept as its text."""
    starts = [(match.start(), match[1]) for match in _TOP.finditer(text)]
    above = text[: starts[0][0]].splitlines() if starts else []
    before = [line for line in above if line.strip(" -") and line[0] not in "#%"]
    if before:
        found.append(Deviation("", f"begins with {before[0]!r:.60}, which is no field", "left out"))
    values: dict[str, Any] = {}
    for (start, name), stop in zip(starts, [*(start for start, _ in starts[1:]), len(text)], strict=True):
        block = text[start:stop]
        try:
            read = dict(_load(block, found))
        except (yaml.YAMLError, TypeError, ValueError):
            read = {name: block.partition(":")[2].strip()}
            found.append(Deviation(name, "cannot be read as YAML", "kept as a text"))
        found += [Deviation(field, "stands twice", "the first is taken") for field in read if field in values]
        values |= {field: value for field, value in read.items() if field not in values}
    return values
