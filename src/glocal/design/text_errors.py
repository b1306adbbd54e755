"""What can be wrong with a text that a customer wants on a part."""

from __future__ import annotations

from glocal.design.errors import DesignError
from glocal.errors import BadInput, CannotBeMade, OutsidePartFailed


class TextRefused(DesignError, BadInput):
    """The text is too long, or holds characters that are no letters: controls, direction overrides, piles of marks."""

    code = "text_refused"


class MissingGlyphs(DesignError, CannotBeMade):
    """No installed font draws some of the characters."""

    code = "missing_glyphs"


class MixedScripts(DesignError, CannotBeMade):
    """One line mixes scripts that cannot be lettered together."""

    code = "mixed_scripts"


class FontsMissing(DesignError, OutsidePartFailed):
    """The fonts that every installation has are not where they should be."""

    code = "fonts_missing"
