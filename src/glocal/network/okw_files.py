"""Records of makers in a file: JSON, JSON line by line, YAML or a table, gzipped or not, in whatever wrapping."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from glocal.network.errors import MakerFileBroken
from glocal.network.okw_tables import has_tables, records_in_tables, unreferenced
from glocal.text_files import rows_of, size_written_out, text_of

LARGEST_BYTES = 200_000_000
WRAPPED_IN = ("makers", "facilities", "records", "data", "results", "items")
READ = "Lists of makers are read as JSON, YAML or a table (CSV) with one facility a row."
MOST_NOTED, NAMELESS = 20, "column without a name"
_TABLES, _YAML = {".csv", ".tsv", ".tab"}, {".yml", ".yaml"}


def read_records(path: Path) -> tuple[Sequence[Any], list[str]]:
    """Return the records in a file as written, and what is odd about the file.

    Raises
    ------
    MakerFileBroken
        When it cannot be read, is too large, or holds no record at all.
    """
    odd: list[str] = []
    content = _content(path, odd)
    for _ in range(3):
        if isinstance(content, list):
            return content, odd
        if not isinstance(content, Mapping):
            break
        if has_tables(content):
            odd += unreferenced(content)
            return list(records_in_tables(content)), odd
        if content.get("type") == "FeatureCollection" and isinstance(content.get("features"), list):
            odd += _beside(content, ("type", "features"))
            odd.append("is GeoJSON; the properties of each feature are read as a facility")
            return [_of_feature(feature) for feature in content["features"]], odd
        wrapping = next((key for key in WRAPPED_IN if isinstance(content.get(key), list | Mapping)), None)
        if wrapping is None:
            return _alone_or_by_name(content, odd), odd
        odd += _beside(content, (wrapping,))
        content = content[wrapping]
    raise MakerFileBroken(f"{path.name} holds no list of makers.", help=READ)


def _alone_or_by_name(content: Mapping[str, Any], odd: list[str]) -> Sequence[Any]:
    """Return the one record that a mapping is, or those that it holds by name."""
    inner = list(content.values())
    if "name" not in content and len(inner) > 1 and all(isinstance(each, Mapping) and "name" in each for each in inner):
        odd.append("holds its records by name, not as a list; the names outside are left out")
        return inner
    return [content]


def _of_feature(feature: Any) -> Any:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        return feature
    rest = {name: value for name, value in feature.items() if name not in {"type", "properties", "geometry"}}
    place = {"geometry": feature.get("geometry")}
    return {**({"feature": rest} if rest else {}), **feature["properties"], **place}


def _beside(content: Mapping[str, Any], heard: Sequence[str]) -> list[str]:
    """Say what a file holds beside its makers, which belongs to none of them."""
    return [f"holds {name!s:.60} beside its makers; left out" for name in content if name not in heard][:MOST_NOTED]


def _content(path: Path, odd: list[str]) -> Any:
    try:
        text, encoding = text_of(_bytes(path))
    except FileNotFoundError as missing:
        raise MakerFileBroken(f"There is no file {path}.") from missing
    except IsADirectoryError as folder:
        raise MakerFileBroken(
            f"{path.name} is a folder.", help="Name a file; what is imported later is added to the list."
        ) from folder
    except (OSError, EOFError, zlib.error, ValueError) as unreadable:
        raise MakerFileBroken(f"{path.name} cannot be read: {unreadable}.", help=READ) from unreadable
    if encoding:
        odd.append(f"is not UTF-8; read as {encoding}")
    if not text.strip():
        raise MakerFileBroken(f"{path.name} is empty.", help=READ)
    kinds = set(path.suffixes)
    if kinds & _YAML:
        content = _yaml(path.name, text, odd)
    elif kinds & _TABLES:
        content = _table(path.name, text, odd)
    else:
        content = _json(path.name, text, odd)
    _refuse_half_characters(path.name, content)
    return content


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_BYTES:
        raise MakerFileBroken(f"{path.name} is larger than {LARGEST_BYTES // 1_000_000} MB.")
    if path.suffix != ".gz":
        return path.read_bytes()
    with gzip.open(path) as stream:
        raw = stream.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise MakerFileBroken(f"{path.name} unpacks to more than {LARGEST_BYTES // 1_000_000} MB.")
    return raw


def _json(name: str, text: str, odd: list[str]) -> Any:
    twice: set[str] = set()

    def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(reversed(pairs))
        if len(values) < len(pairs):
            twice.update(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        return {key: values[key] for key in dict(pairs)}

    try:
        content = json.loads(text, object_pairs_hook=first_of_each)
    except json.JSONDecodeError as wrong:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) < 2:
                raise wrong
            content = [json.loads(line, object_pairs_hook=first_of_each) for line in lines]
        except json.JSONDecodeError:
            where = f"{wrong.msg} in line {wrong.lineno}, column {wrong.colno}"
            raise MakerFileBroken(f"{name} is not JSON: {where}.", help=READ) from wrong
        odd.append("is JSON line by line; each line is read as a record")
    except RecursionError as deep:
        raise MakerFileBroken(f"{name} is nested too deeply.") from deep
    odd += [f"{key} stands twice in a record; the first is taken" for key in sorted(twice)]
    return content


def _yaml(name: str, text: str, odd: list[str]) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
            taken: dict[Any, Any] = {}
            for key, value in node.value:
                word = key.value if isinstance(key, yaml.ScalarNode) and key.value != "<<" else id(key)
                if word in taken:
                    odd.append(f"{word} stands twice in a record; the first is taken")
                taken.setdefault(word, (key, value))
            node.value = list(taken.values())
            return super().construct_mapping(node, deep=deep)

    loader = None
    documents = []
    try:
        loader = Loader(text)
        while loader.check_node():
            node = loader.get_node()
            if size_written_out(node) > LARGEST_BYTES // 10 + 2 * len(text):
                raise MakerFileBroken(f"{name} uses YAML aliases that make it huge.", help="Write the values out.")
            documents.append(loader.construct_document(node))
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        words = f"{name} is not YAML{where}: {getattr(wrong, 'problem', None) or wrong}."
        raise MakerFileBroken(words, help="YAML forbids tabs; blanks say what belongs to what.") from wrong
    except RecursionError as deep:
        raise MakerFileBroken(f"{name} is nested too deeply.") from deep
    except ValueError as wrong:
        raise MakerFileBroken(f"{name} cannot be used: {wrong}.") from wrong
    except (AttributeError, KeyError, TypeError) as wrong:  # of a tag that its value does not fit, such as !!bool maybe
        raise MakerFileBroken(
            f"{name} marks a value as what it is not.", help="Leave out tags such as !!bool."
        ) from wrong
    finally:
        if loader is not None:
            loader.dispose()
    if len(documents) > 1:
        odd.append(f"holds {len(documents)} YAML documents; each is read as a record")
        return documents
    return documents[0] if documents else None


def _table(name: str, text: str, odd: list[str]) -> list[dict[str, str]]:
    """Return a table's rows as flat records; an empty cell says nothing."""
    try:
        columns, rows = rows_of(text)
    except ValueError as wrong:
        raise MakerFileBroken(f"{name} is no table: {wrong}.", help=READ) from wrong
    twice = sorted({column for column in columns if columns.count(column) > 1})
    odd += [f"has the column {column or 'without a name'} twice; the last is read" for column in twice][:MOST_NOTED]
    return [{key or NAMELESS: cell for key, cell in row.items() if cell} for row in rows]


def _refuse_half_characters(name: str, content: Any) -> None:
    """JSON may hold half a character (an escaped surrogate), which can be written nowhere."""
    try:
        json.dumps(content, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as half:
        words = f"{name} holds half a character (such as \\ud800)."
        raise MakerFileBroken(words, help="Save it as UTF-8.") from half
    except (ValueError, TypeError):  # a name that is no text, or a value that JSON lacks: the record's reader says so
        return
    except RecursionError as deep:
        raise MakerFileBroken(f"{name} is nested too deeply.") from deep
