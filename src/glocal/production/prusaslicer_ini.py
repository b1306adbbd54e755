"""Read PrusaSlicer's vendor bundles: INI sections with multiple inheritance.

A section is ``[kind:name]``; ``inherits = a; b`` lays ``a``, then ``b``, then the section's own keys over each other;
names like ``*common*`` are abstract and only there to be inherited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from glocal.production.errors import ProfilesMissing

Settings = dict[str, str]


@dataclass(slots=True, eq=False)
class VendorBundle:
    """One vendor's presets, resolved when they are asked for.

    Parameters
    ----------
    sections : mapping
        kind (``"printer"``, ``"print"``, ``"filament"`` …) to name to the section's own keys, unresolved.
    """

    file_name: str
    sections: Mapping[str, Mapping[str, Settings]]
    _resolved: dict[tuple[str, str], Settings] = field(default_factory=dict, repr=False)

    def names(self, kind: str) -> list[str]:
        """Return the names of all presets of a kind that are not abstract."""
        return [name for name in self.sections.get(kind, {}) if not name.startswith("*")]

    def has(self, kind: str, name: str) -> bool:
        """Say whether there is such a preset."""
        return name in self.sections.get(kind, {})

    def resolve(self, kind: str, name: str) -> Settings:
        """Return all settings of a preset, inherited ones included."""
        key = (kind, name)
        if key not in self._resolved:
            self._resolved[key] = self._inherit(kind, name, ())
        return self._resolved[key]

    def _inherit(self, kind: str, name: str, heirs: tuple[str, ...]) -> Settings:
        if name in heirs:
            raise ProfilesMissing(
                f"The slicer's profile {self.file_name} inherits in a circle at {kind} “{name}”.",
                help="Install the slicer again, its profiles are damaged.",
            )
        own = self.sections.get(kind, {}).get(name)
        if own is None:
            raise ProfilesMissing(
                f"The slicer's profile {self.file_name} has no {kind} preset called “{name}”.",
                help="Install the slicer again, or choose another machine.",
            )
        settings: Settings = {}
        for parent in split_names(own.get("inherits", "")):
            settings.update(self._inherit(kind, parent, (*heirs, name)))
        settings.update(own)
        settings.pop("inherits", None)
        return settings


def split_names(value: str) -> list[str]:
    """Split a list of preset names at its semicolons; names may be quoted."""
    return [unquote(name.strip()) for name in value.split(";") if name.strip()]


def unquote(value: str) -> str:
    """Return a value without the quotation marks that some vendors put around it."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"')
    return value


def read_bundle(text: str, file_name: str) -> VendorBundle:
    """Read a vendor bundle.

    Parameters
    ----------
    text : str
        The file's content; line ends of either kind.
    file_name : str
        For messages and sources.
    """
    sections: dict[str, dict[str, Settings]] = {}
    current: Settings = {}
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            kind, _, name = line[1:-1].partition(":")
            current = sections.setdefault(kind.strip(), {}).setdefault(name.strip(), {})
            continue
        key, equals, value = line.partition("=")
        if equals:
            current[key.strip()] = value.strip()
    return VendorBundle(file_name, sections)
