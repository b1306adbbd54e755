"""Publish designs, and fetch what others published: packages by hash beside the log, announced by a record in it.

Whoever fetches a package checks the hash, so it does not matter from whom it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from glocal.commons import licences
from glocal.commons.errors import NotVerified
from glocal.commons.files import write_file
from glocal.commons.knowledge import Known
from glocal.commons.log import Log
from glocal.commons.model import Appended, Reader
from glocal.commons.okh import Manifest
from glocal.commons.okh_errors import LicenceForbids, PackageRefused
from glocal.commons.package_shelf import path_of
from glocal.commons.packages import MANIFESTS, Package, of_files, pack, unpack, with_manifests
from glocal.commons.records import design_record
from glocal.commons.schema import PARAMETER
from glocal.errors import GlocalError
from glocal.values import canonical_json, sha256_hex

MAX_PUBLISHED_BYTES = 60_000_000


def content_of(package: Package) -> str:
    """Return the hash of what a package holds without what it says of itself: the same design under any licence."""
    works = {name: sha256_hex(data) for name, data in package.files.items() if name not in MANIFESTS}
    return sha256_hex(canonical_json(works))


def publish_design(
    log: Log,
    package: Package,
    *,
    month: str,
    known: Iterable[Known] = (),
    derived_from: Sequence[Mapping[str, str]] = (),
    recipes: Sequence[str] = (),
    parameters: Sequence[Mapping[str, Any]] | None = None,
    supersedes: str | None = None,
) -> tuple[Appended, str]:
    """Put a package beside the log and announce it; return where the record stands, and the package's hash.

    Parameters
    ----------
    known : iterable of Known
        What others have published: the licences of what this was made from, and who had the same design first.
    derived_from : sequence of mapping
        ``{"hash": …, "relation": …}`` per design that this was made from.
    parameters : sequence of mapping, optional
        As ``schema.PARAMETER``; else what the manifest lists.
    supersedes : str, optional
        Id of the own announcement of this very package that is said anew.

    Raises
    ------
    LicenceForbids, LicenceUnknown
        When the licence of the package or of what it was made from does not allow it.
    """
    whole = with_manifests(package)
    manifest = whole.manifest
    if manifest is None or not manifest.title:
        raise PackageRefused("The package has no title.", help="Say it in datapackage.json or okh.toml.")
    licence = licence_of(whole)
    licences.check_publish(licence)
    designs = [entry for entry in known if entry.record["kind"] == "design"]
    _check_lineage(log, whole, licence, designs, derived_from)
    data = pack(whole.files)
    if len(data) > MAX_PUBLISHED_BYTES:
        raise PackageRefused(f"The package has {len(data)} bytes, at most {MAX_PUBLISHED_BYTES} are published.")
    package_hash = sha256_hex(data)
    record = design_record(
        package_hash=package_hash,
        version=(manifest.version or "1")[:80],
        title=titles_of(manifest),
        licence=licence,
        attribution=[name[:200] for name in manifest.authors[:50]],
        parameters=parameters_of(manifest.raw) if parameters is None else parameters,
        derived_from=derived_from,
        recipes=recipes,
        supersedes=supersedes,
    )
    target = log.public / path_of(package_hash)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, data)
    return log.append({**record, "refs": [content_of(whole)]}, month=month), package_hash


def fetch_package(package_hash: str, sources: Iterable[Reader]) -> Package:
    """Return a package from whichever source has it as announced; a wrong one is passed over.

    Raises
    ------
    NotVerified
        When no source has it.
    """
    why = "no source has it"
    for source in sources:
        try:
            data = source.read(path_of(package_hash), MAX_PUBLISHED_BYTES)
        except GlocalError as error:
            why = error.message
            continue
        if data is not None and sha256_hex(data) == package_hash:
            return of_files(unpack(data))
        if data is not None:
            why = "what a source sent is not what was announced"
    raise NotVerified(f"The package {package_hash[:12]}… cannot be had: {why}.", help="Ask another mirror.")


def keep(package: Package, public: Path) -> Path:
    """Store a fetched package so that mirrors of this shop carry it too."""
    data = pack(package.files)
    target = public / path_of(sha256_hex(data))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, data)
    return target


def licence_of(package: Package) -> str:
    """Return the expression that all works in the package are under."""
    manifest = package.manifest
    written = list(dict.fromkeys(manifest.licences.values())) if manifest else []
    return " AND ".join(f"({text})" if " OR " in text and len(written) > 1 else text for text in written)


def first_claims(known: Iterable[Known]) -> Mapping[str, Known]:
    """Return who published each content first, by month, then by key; a later claim under other terms is none."""
    first: dict[str, Known] = {}
    for entry in known:
        if entry.record["kind"] == "design":
            for content in entry.record.get("refs", ())[:1]:
                before = first.get(content)
                if before is None or _when(entry) < _when(before):
                    first[content] = entry
    return first


def titles_of(manifest: Manifest) -> dict[str, str]:
    """Return a design's title in each language that its manifest has it in."""
    ours = manifest.raw.get("glocal")
    listed = ours.get("title") if isinstance(ours, Mapping) else None
    found = listed if isinstance(listed, Mapping) else {manifest.language or "en": manifest.title}
    titles = {str(language).partition("-")[0][:3].lower(): str(text)[:200] for language, text in found.items() if text}
    return titles or {"en": manifest.title[:200]}


def parameters_of(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return name, kind and range of each parameter that our own manifest lists; nothing for those of others."""
    ours = raw.get("glocal")
    listed = ours.get("parameters") if isinstance(ours, Mapping) else None
    found = []
    for name, notes in listed.items() if isinstance(listed, Mapping) else ():
        if isinstance(notes, Mapping):
            limits = {"min": notes.get("hard_min"), "max": notes.get("hard_max"), "unit": notes.get("unit")}
            known = {key: value for key, value in limits.items() if value is not None}
            entry = {"name": str(name)[:80], "type": "number" if known else "string", **known}
            try:
                PARAMETER(entry, "parameters")
            except GlocalError:
                entry = {"name": entry["name"], "type": entry["type"]}
            found.append(entry)
    return found[:200]


def _check_lineage(
    log: Log,
    package: Package,
    licence: str,
    designs: Sequence[Known],
    derived_from: Sequence[Mapping[str, str]],
) -> None:
    by_hash: dict[str, Known] = {}
    for entry in sorted(designs, key=_when):  # who publishes a package again under other terms, changes none
        by_hash.setdefault(entry.record["package"], entry)
    for ancestor in derived_from:
        parent = by_hash.get(ancestor["hash"])
        if parent is None:
            raise PackageRefused(
                f"The design {ancestor['hash'][:12]}… that this was made from is not known here.",
                help="Follow the shop that published it, and sync.",
            )
        licences.check_remix(str(parent.record["licence"]), licence)
    first = first_claims(designs).get(content_of(package))
    named = {ancestor["hash"] for ancestor in derived_from}
    if first and first.root_vkey != log.root_vkey and first.record["package"] not in named:
        raise LicenceForbids(
            f"{first.shop} published this very design in {first.record['month']} under {first.record['licence']}.",
            help="Name it as what yours was made from (--from), under a licence that allows it.",
            package=first.record["package"],
        )


def _when(entry: Known) -> tuple[str, str, int, int]:
    return entry.record["month"], entry.root_vkey, entry.epoch, entry.index
