"""Why a part lies on the plate as it does, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.web.numbers import number


def reason_in_words(reason: Mapping[str, Any] | str) -> str:
    """Return a reason as a plate keeps it, in words; what was kept as a sentence alone stays as it is."""
    from glocal.design.orient_reasons import WORDS

    if isinstance(reason, str) or reason["code"] not in WORDS:
        return reason if isinstance(reason, str) else str(reason["message"])
    language = get_language() or "en"
    figures = {name: number(figure, language, 1) for name, figure in reason["figures"].items()}
    return _(WORDS[reason["code"]]).format(**figures)
