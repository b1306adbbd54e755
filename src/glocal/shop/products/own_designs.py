"""A design that the owner brings: one OpenSCAD file, or a package with everything, becomes a product of the shop.

What the file says of itself counts; what it does not say, the owner says once, and it is written into the package's
``datapackage.json``, so that the package is whole when it is shared. Each version lies in a directory of its own: what
is ordered goes on with the design that was ordered.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.text import slugify

from glocal.shop.errors import OrderInvalid
from glocal.shop.products.actions import put_on_shelf
from glocal.shop.products.models import Product
from glocal.shop.products.packages import write_files
from glocal.shop.shops.models import Shop
from glocal.values import Estimate, sha256_hex

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate

MAX_BYTES = 40_000_000
MANIFEST, PREVIEW = "datapackage.json", "preview.png"
ALL_RIGHTS = "LicenseRef-all-rights-reserved"
"""The owner's own work that nobody else may use: sold, never shared."""
LICENCES = (
    "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0", "MIT", "GPL-3.0-or-later", "CERN-OHL-S-2.0", ALL_RIGHTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What the owner says of a design where its file does not.

    Parameters
    ----------
    title, author, description : str
        In ``language``.
    licence : str
        SPDX expression, or ``ALL_RIGHTS``.
    materials : tuple of str
        Ids of materials that suit it, the best first; empty for all that the shop offers.
    """

    title: str = ""
    author: str = ""
    licence: str = ""
    description: str = ""
    language: str = "en"
    materials: tuple[str, ...] = ()


def bring_design(
    shop: Shop, data: bytes, file_name: str, said: Said, *, work_min: float, replaces: Product | None = None
) -> Product:
    """Make a product of a design; it stands on no shelf yet, only its address leads to it.

    Parameters
    ----------
    data : bytes
        A ``.scad`` file, or a zip with one and the files that it names, with or without a manifest.
    work_min : float
        Own work on a piece, minutes.
    replaces : Product, optional
        The product of which this is a newer version.

    Raises
    ------
    PackageInvalid, PackageRefused, DesignError
        When the file is no design, or its own defaults give no part.
    LicenceForbids, LicenceUnknown
        When prints of it may not be sold, or nobody can tell.
    OrderInvalid
        When something is not said, or another product has its name.
    """
    files = with_manifest(read_files(data, file_name), said, author=shop.name, replaces=replaces)
    home = Path(settings.GLOCAL_HOME) / "designs"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".incoming-") as incoming:
        place = Path(incoming) / "design"
        write_files(files, place)
        template, picture = _checked(place, replaces)
        (place / PREVIEW).write_bytes(picture)
        name = f"{template.id}-{template.hash[:12]}"
        if not (home / name).exists():
            place.rename(home / name)
    labour = Estimate(work_min, work_min / 2, work_min * 2, "what the owner said when bringing the design")
    position = replaces.position if replaces else Product.objects.filter(shop=shop).count()
    product = put_on_shelf(shop, name, labour_min=labour, position=position)
    product.shared_as = ""  # what other shops know is another version
    product.is_listed = product.is_listed and replaces is not None
    product.save(update_fields=["is_listed", "shared_as"])
    return product


def read_files(data: bytes, file_name: str) -> dict[str, bytes]:
    """Return a design's files: those of a zip, or the one file itself."""
    from glocal.commons.packages import of_files, unpack

    if len(data) > MAX_BYTES:
        raise _too_long(len(data), MAX_BYTES)
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return dict(of_files(unpack(data)).files)
    if PurePosixPath(file_name).suffix.lower() != ".scad":
        raise OrderInvalid(
            "“{name}” is no design.",
            help="Send an OpenSCAD file (.scad), or a zip with one and all that it needs.",
            name=file_name[:80],
            field="file",
        )
    return {re.sub(r"[^\w.-]+", "-", PurePosixPath(file_name).name): data}


def _too_long(count: int, most: int) -> OrderInvalid:
    return OrderInvalid("The file has {bytes} bytes, at most {most} are read.", bytes=count, most=most, field="file")


def with_manifest(
    files: Mapping[str, bytes], said: Said, *, author: str, replaces: Product | None = None
) -> dict[str, bytes]:
    """Return the files with a manifest; one that describes a parametric design stays as it is.

    ``author`` is named where nobody says who designed it.
    """
    from glocal.commons.packages import of_files

    known = of_files(files).manifest
    if known is not None and MANIFEST in files and "glocal" in known.raw:
        return dict(files)
    said = _completed(said, known, replaces, author)
    if not said.title:
        raise OrderInvalid("The file does not say what it is called.", help="Say it here.", field="title")
    if not said.licence:
        raise OrderInvalid("The file does not say what others may do with it.", help="Choose it here.", field="licence")
    manifest = _manifest(files, said, replaces)
    return {**files, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode()}


def main_source(files: Mapping[str, bytes]) -> str:
    """Return the file that is the design: the only one, the one called ``main.scad``, or the one that no other uses."""
    sources = sorted(name for name in files if "/" not in name and name.lower().endswith(".scad"))
    named = [name for name in sources if name.lower() == "main.scad"]
    others = {name: b"".join(data for other, data in files.items() if other != name) for name in sources}
    alone = [name for name in sources if name.encode() not in others[name]]
    for found in (sources, named, alone):
        if len(found) == 1:
            return found[0]
    if not sources:
        raise OrderInvalid(
            "The archive holds no OpenSCAD file at its top.", help="Put the design's .scad file there.", field="file"
        )
    raise OrderInvalid(
        "The archive holds several designs: {names}.",
        help="Call the one that is sold main.scad.",
        names=", ".join(sources[:8]),
        field="file",
    )


def _completed(said: Said, known: Any, replaces: Product | None, author: str) -> Said:
    """Return what is said, and where it is empty what the other manifest or the version before says."""
    before = replaces.template() if replaces else None
    titles = [said.title, known.title if known else "", replaces.text("title", said.language) if replaces else ""]
    authors = (known.authors if known else ()) or (before.authors if before else (author,))
    licences = [said.licence, *(known.licences.values() if known else ()), before.licence if before else ""]
    return replace(
        said,
        title=next(filter(None, titles), ""),
        author=said.author or ", ".join(authors),
        licence=next(filter(None, licences), ""),
        description=said.description or (known.description if known else ""),
        materials=said.materials or tuple(replaces.materials if replaces else ()),
    )


def _manifest(files: Mapping[str, bytes], said: Said, replaces: Product | None) -> dict[str, Any]:
    from glocal.design.customizer import read_parameters
    from glocal.design.package import MAX_SOURCE_BYTES

    source = main_source(files)
    if len(files[source]) > MAX_SOURCE_BYTES:
        raise _too_long(len(files[source]), MAX_SOURCE_BYTES)
    parameters = read_parameters(files[source].decode("utf-8-sig", "replace").replace("\r\n", "\n"))
    before = replaces.template() if replaces else None
    titles = {**(replaces.title if replaces else {}), said.language: said.title}
    descriptions = {**(replaces.summary if replaces else {}), **_text(said.language, said.description)}
    slug = slugify(said.title)[:40] or f"design-{sha256_hex(said.title.encode())[:8]}"
    return {
        "name": replaces.slug if replaces else slug,
        "version": _next_version(before.version) if before else "1",
        "title": said.title,
        "licenses": [{"name": said.licence}],
        "contributors": [{"title": name.strip(), "role": "author"} for name in said.author.split(",") if name.strip()],
        "resources": [{"name": f"file-{number}", "path": path} for number, path in enumerate(sorted(files), 1)],
        "glocal": {
            "source": source,
            "title": titles,
            "description": descriptions,
            "parameters": {
                each.name: {"origin": "chosen", "hard_min": each.min, "hard_max": each.max}
                for each in parameters
                if each.min is not None or each.max is not None
            },
            "print": {"materials": list(said.materials)},
        },
    }


def _text(language: str, text: str) -> dict[str, str]:
    return {language: text} if text else {}


def _next_version(version: str) -> str:
    """Return the version after one: its last number, raised."""
    found = re.fullmatch(r"(.*?)(\d+)(\D*)", version)
    return f"{found[1]}{int(found[2]) + 1}{found[3]}" if found else f"{version}.1"


def _checked(place: Path, replaces: Product | None) -> tuple[DesignTemplate, bytes]:
    """Return the design in a directory and its picture, when it may be sold, has its own name, and gives a part."""
    from glocal.commons import licences
    from glocal.design.package import load_package
    from glocal.design.parameters import bind
    from glocal.shop.files.store import shop_files
    from glocal.shop.parts.actions import built_part

    template = load_package(place)
    if template.licence != ALL_RIGHTS:
        licences.check_sell(template.licence)
    if replaces is not None and template.id != replaces.slug:
        raise OrderInvalid(
            "This design is called “{name}”, the product “{slug}”.",
            help="Bring it as a new product, or give it the same name in datapackage.json.",
            name=template.id,
            slug=replaces.slug,
            field="file",
        )
    if replaces is None and Product.objects.filter(slug=template.id).exists():
        raise OrderInvalid(
            "You already have a product named “{slug}”.",
            help="Give this one another title, or open that product and bring it as its newer version.",
            slug=template.id,
            field="title",
        )
    return template, shop_files().read(built_part(template, bind(template, {})).picture_file)
