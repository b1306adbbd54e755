"""All data of a shop as one zip that is written while it is sent: one JSON line per row, and the stored files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from glocal.shop.files.store import shop_files

KEYS_OF_OTHERS = frozenset({"secret_sealed", "token", "token_hash", "idempotency_key", "lease_owner"})
"""Whoever reads the file must not be able to act as a customer, a maker or a printer."""
NOT_THE_SHOPS = frozenset({"SignInTries", "Worker", "Effect", "SessionNotice"})
"""What the program itself remembers for a moment."""
READ_ME = """All data of the shop, written by glocal.

tables/NAME.jsonl  one JSON object per row; sums are in minor units of their currency, times are in UTC
files/…            what rows name by its SHA-256: meshes, pictures, G-code, 3MF

Left out on purpose: passwords, and the keys by which customers, makers and printers are let in.
"""


class _Sink(io.RawIOBase):
    """Where the zip is written to: what came since it was last taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def everything() -> Iterator[bytes]:
    """Yield the zip in pieces; memory does not grow with the shop."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME)
        for model in shops_tables():
            with archive.open(f"tables/{model.__name__}.jsonl", "w") as table:
                for line in _lines(model):
                    table.write(line)
                    yield sink.take()
        yield from _files(archive, sink)
    yield sink.take()


def shops_tables() -> list[type[models.Model]]:
    """Return the models whose rows are the shop's."""
    return [model for model in apps.get_app_config("shop").get_models() if model.__name__ not in NOT_THE_SHOPS]


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    fields = [field.attname for field in model._meta.concrete_fields if field.name not in KEYS_OF_OTHERS]
    links = list(model._meta.many_to_many)
    for row in model._default_manager.order_by("pk").iterator(chunk_size=500):
        values = {name: getattr(row, name) for name in fields}
        for link in links:
            values[link.name] = list(getattr(row, link.name).order_by("pk").values_list("pk", flat=True))
        yield json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


def _files(archive: zipfile.ZipFile, sink: _Sink) -> Iterator[bytes]:
    directory = shop_files().directory
    for path in sorted(directory.glob("??/*")) if directory.is_dir() else ():
        if not path.is_file() or path.name.startswith("."):
            continue
        with (
            archive.open(f"files/{path.parent.name}/{path.name}", "w", force_zip64=True) as entry,
            path.open("rb") as file,
        ):
            while chunk := file.read(256 * 1024):
                entry.write(chunk)
                yield sink.take()
