"""Pictures from outside: only their pixels are kept, drawn anew, smaller, without place, time or anything hidden."""

from __future__ import annotations

import io
import warnings

from glocal.errors import BadInput

MOST_BYTES = 12_000_000  # what a telephone's camera makes
_MOST_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


class NoPicture(BadInput):
    """What was sent is no picture that can be read."""

    code = "no_picture"


def drawn_anew(data: bytes, *, longest_px: int = 1600) -> bytes:
    """Return a picture as a JPEG of nothing but its pixels, upright, its longer side at most ``longest_px``.

    Raises
    ------
    NoPicture
        When it is too large, damaged, or not JPEG, PNG or WebP.
    """
    from PIL import Image, ImageOps

    if len(data) > MOST_BYTES:
        raise NoPicture(
            "The picture is larger than {most} MB.", help="Send a smaller one.", most=MOST_BYTES // 1_000_000
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        if opened.width * opened.height > _MOST_PIXELS:
            raise NoPicture("The picture has too many pixels.", help="Send a smaller one.")
        opened.draft("RGB", (longest_px, longest_px))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
        picture.thumbnail((longest_px, longest_px))
        kept = io.BytesIO()
        picture.info.clear()
        picture.save(kept, "JPEG", quality=82, optimize=True)
    except NoPicture:
        raise
    except Exception as error:  # a decoder may raise nearly anything at hostile bytes
        raise NoPicture("This is no picture that can be read.", help="Send a JPEG, PNG or WebP picture.") from error
    return kept.getvalue()
