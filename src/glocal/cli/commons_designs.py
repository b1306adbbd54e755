"""``glocal commons`` for designs: read and convert packages of others, publish, fetch, and use in one's own shop."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.commons_group import log_option, log_path
from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop

if TYPE_CHECKING:
    from glocal.commons.packages import Package

FORMS = ("okh1", "okh2", "datapackage")
existing = click.Path(path_type=Path, exists=True)
form_option = click.Choice(FORMS)


@click.command("import")
@click.argument("source", type=existing)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A new directory to unpack the design into.")
@json_option
def import_(source: Path, output: Path | None, as_json: bool) -> None:
    """Read the design SOURCE of somebody else: a directory, a zip, or an Open Know-How or data package manifest."""
    from glocal.commons.packages import open_package, with_manifests

    package = open_package(source)
    result = described(package)
    if output is not None:
        write_out(with_manifests(package) if package.manifest else package, output)
        result["directory"] = str(output)
    lines = [f"{result['title'] or source.name} ({result['dialect'] or 'no manifest'}), {len(result['files'])} files"]
    lines += [result["use"], *(f"  {deviation['text']}" for deviation in result["deviations"])]
    print_result(result, as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("source", type=existing)
@click.option("--to", "form", type=form_option, required=True, help="okh1 (YAML), okh2 (TOML) or datapackage (JSON).")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; else standard output.")
@json_option
def convert(source: Path, form: Any, output: Path | None, as_json: bool) -> None:
    """Write the manifest of the design SOURCE in another form; nothing that it says is lost."""
    from glocal.commons.okh import write_manifest
    from glocal.commons.okh_errors import PackageRefused
    from glocal.commons.packages import open_package

    manifest = open_package(source).manifest
    if manifest is None:
        raise PackageRefused(f"{source} holds no manifest.", help="Add datapackage.json, okh.toml or okh.yml.")
    data = write_manifest(manifest, form)
    if output is None and not as_json:
        sys.stdout.write(data.decode())
        return
    if output is not None:
        output.write_bytes(data)
    deviations = [str(deviation) for deviation in manifest.deviations]
    result = {"form": form, "bytes": len(data), "output": str(output or ""), "deviations": deviations}
    print_result({**result, "text": data.decode()}, as_json=as_json, text=f"{output}: {len(data)} bytes")


@click.command("publish-design")
@click.argument("source", type=existing)
@click.option(
    "--from", "parents", multiple=True, help="What it was made from: HASH:remix, port, fix, regional_variant."
)
@log_option
@json_option
def publish_design(source: Path, parents: tuple[str, ...], log_directory: Path | None, as_json: bool) -> None:
    """Publish the design package SOURCE in the own log, if its licence and those of its ancestors allow it."""
    from glocal.commons.designs import publish_design as publish
    from glocal.commons.heard import everything_heard
    from glocal.commons.log import Log
    from glocal.commons.packages import open_package

    directory = log_path(log_directory)
    lineage = [{"hash": text.partition(":")[0], "relation": text.partition(":")[2] or "remix"} for text in parents]
    known, _ = everything_heard(directory)
    appended, package_hash = publish(
        Log.open(directory), open_package(source), month=f"{datetime.now(UTC):%Y-%m}", known=known, derived_from=lineage
    )
    text = f"Published as {package_hash}, entry {appended.index}; 'glocal commons retract {appended.id}' takes it back."
    result = {"package": package_hash, "id": appended.id, "index": appended.index, "created": appended.created}
    print_result(result, as_json=as_json, text=text)


@click.command("fetch-design")
@click.argument("package_hash", metavar="HASH")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A new directory for its files.")
@log_option
@json_option
def fetch_design(package_hash: str, output: Path, log_directory: Path | None, as_json: bool) -> None:
    """Fetch the design package HASH from the followed shops and their mirrors, and unpack it."""
    from glocal.commons.design_fetch import fetched

    package = fetched(log_path(log_directory), package_hash)
    write_out(package, output)
    result = {**described(package), "directory": str(output)}
    print_result(result, as_json=as_json, text=f"{result['title']} is in {output}.\n{result['use']}")


@click.command("use-design")
@click.argument("package_hash", metavar="HASH")
@click.option("--minutes", default=15.0, show_default=True, type=Number(0, 600), help="Own work on a piece.")
@log_option
@json_option
def use_design(package_hash: str, minutes: float, log_directory: Path | None, as_json: bool) -> None:
    """Put the design HASH of another shop among the own products; only its address leads to it until it is shown."""
    need_shop()
    from glocal.commons.design_fetch import fetched
    from glocal.shop.commons.use_design import use_design as use

    used = use(fetched(log_path(log_directory), package_hash), package_hash, work_min=minutes)
    print_result(
        used,
        as_json=as_json,
        text=f"{used['title']} is yours; 'glocal products show {used['product']}' puts it on the shelf.\n{used['use']}",
    )


def described(package: Package) -> dict[str, Any]:
    """Return what a package is, what is not as it should be, and what one may do with it."""
    from glocal.commons.designs import licence_of
    from glocal.commons.licences import use_in_words

    manifest = package.manifest
    deviations = manifest.deviations if manifest else ()
    return {
        "title": manifest.title if manifest else "",
        "description": manifest.description if manifest else "",
        "version": manifest.version if manifest else "",
        "dialect": manifest.dialect if manifest else None,
        "licences": dict(manifest.licences) if manifest else {},
        "authors": list(manifest.authors) if manifest else [],
        "files": sorted(package.files),
        "named_files": list(manifest.files) if manifest else [],
        "hash": package.hash,
        "use": use_in_words(licence_of(package)),
        "deviations": [
            {"field": entry.field, "problem": entry.problem, "read_as": entry.read_as, "text": str(entry)}
            for entry in deviations
        ],
    }


def write_out(package: Package, output: Path) -> None:
    """Write a package's files below a directory that is new or empty."""
    from glocal.commons.okh_errors import PackageRefused
    from glocal.commons.packages import check_name

    if output.exists() and any(output.iterdir()):
        raise PackageRefused(f"{output} is not empty.", help="Name a new directory.")
    for name, data in package.files.items():
        target = output / check_name(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
