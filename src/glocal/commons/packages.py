"""Design packages as content: one zip, the same bytes for the same files, named by the hash of these bytes.

An archive from somebody else is hostile until it is read to its end: names stay inside, nothing is a link, sizes and
counts are counted while unpacking, no name stands twice.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from glocal.commons.okh import Manifest, read_manifest, write_manifest
from glocal.commons.okh_errors import PackageRefused
from glocal.values import sha256_hex

MAX_FILES, MAX_FILE_BYTES, MAX_TOTAL_BYTES, MAX_RATIO, MAX_NAME = 2000, 100_000_000, 250_000_000, 200, 240
_LARGE_ENOUGH = 1_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFESTS = ("datapackage.json", "okh.toml", "okh.yml", "okh.yaml", "okh-manifest.yml", "okh.json")


@dataclass(frozen=True, slots=True)
class Package:
    """A design with all its files.

    Parameters
    ----------
    files : mapping
        Path inside the package to bytes.
    manifest : Manifest or None
        What it says of itself; None for a plain zip.
    manifest_name : str
        The file that it was read from.
    """

    files: Mapping[str, bytes]
    manifest: Manifest | None
    manifest_name: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of the package's zip: what it is published and fetched by."""
        return sha256_hex(pack(self.files))


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip that depends on nothing but the files: sorted, stored, without times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(check_name(name), _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def open_package(path: Path) -> Package:
    """Return a package from a directory, a zip, or one manifest alone."""
    if path.is_dir():
        return of_files(_directory(path))
    size = path.stat().st_size
    if size > MAX_TOTAL_BYTES:
        raise PackageRefused(
            "{name} has {size} bytes, at most {most} are read.", name=path.name, size=size, most=MAX_TOTAL_BYTES
        )
    data = path.read_bytes()
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return of_files(unpack(data))
    return Package({path.name: data}, read_manifest(data, path.name), path.name)


def of_files(files: Mapping[str, bytes]) -> Package:
    """Return the package that some files make; a folder around everything is taken away."""
    tops = {name.partition("/")[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        files = {name.partition("/")[2]: data for name, data in files.items()}
    name = next((name for name in MANIFESTS if name in files), "")
    if not name:
        candidates = sorted(
            name for name in files if "/" not in name and name.lower().endswith((".yml", ".yaml", ".toml", ".json"))
        )
        name = next((name for name in candidates if "okh" in name.lower()), "")
    return Package(files, read_manifest(files[name], name) if name else None, name)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of somebody's zip, or say why it is not opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return dict(_entries(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise PackageRefused("The archive cannot be read: {error}.", error=str(error)[:120]) from error


def check_name(name: str) -> str:
    """Return a file's name if it stays inside the package on every system."""
    parts = PurePosixPath(name).parts
    plain = name and len(name) <= MAX_NAME and "\\" not in name and ":" not in name and name.isprintable()
    if not plain or name.startswith("/") or ".." in parts or "//" in name or name != "/".join(parts):
        raise PackageRefused("The archive holds the name “{name}”, which leads out of it.", name=name[:80])
    return name


def with_manifests(package: Package) -> Package:
    """Return the package with both manifests, ``datapackage.json`` and ``okh.toml``; one that is there stays."""
    if package.manifest is None:
        raise PackageRefused(
            "The package says nothing of itself.", help="Add datapackage.json or okh.toml with title and licence."
        )
    files = dict(package.files)
    files.setdefault("datapackage.json", write_manifest(package.manifest, "datapackage"))
    files.setdefault("okh.toml", write_manifest(package.manifest, "okh2"))
    return Package(files, package.manifest, package.manifest_name)


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise PackageRefused(
            "The archive holds {count} files, at most {most} are read.", count=len(entries), most=MAX_FILES
        )
    room, seen = MAX_TOTAL_BYTES, set()
    for entry in entries:
        if entry.is_dir():
            continue
        name = check_name(entry.filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackageRefused("{name} is a link.", help="Pack the file itself.", name=name)
        if name.casefold() in seen:
            raise PackageRefused("{name} stands twice in the archive.", name=name)
        seen.add(name.casefold())
        data = _read(archive, entry, min(room, MAX_FILE_BYTES))
        room -= len(data)
        yield name, data


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Read an entry piece by piece; what its header claims is not believed."""
    data = bytearray()
    packed = max(entry.compress_size, 1)
    with archive.open(entry) as source:
        while piece := source.read(1 << 16):
            data += piece
            if len(data) > room:
                raise PackageRefused("The archive unpacks to more than {most} bytes.", most=MAX_TOTAL_BYTES)
            if len(data) > _LARGE_ENOUGH and len(data) > MAX_RATIO * packed:
                raise PackageRefused(
                    "{name} unpacks to more than {most} times its size.", name=entry.filename, most=MAX_RATIO
                )
    return bytes(data)


def _directory(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = MAX_TOTAL_BYTES
    for file in sorted(path.rglob("*")):
        if file.is_symlink():
            raise PackageRefused("{name} is a link.", help="Pack the file itself.", name=file.name)
        if file.is_file():
            room -= file.stat().st_size
            if room < 0 or len(files) >= MAX_FILES:
                raise PackageRefused("{path} holds more than a package may.", path=str(path))
            files[check_name(file.relative_to(path).as_posix())] = file.read_bytes()
    return files
