"""The label of one piece as PDF: who made it, which one it is, what to beware of, and a code that leads to more.

Source: Regulation (EU) 2023/988, Article 9(5) to (7): number, name and addresses on the product, or on its packaging
where the product is too small; safety information in a language that its users understand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from glocal.law.errors import LabelImpossible

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path("/usr/share/fonts/truetype/noto")
FAMILIES = {"main": "NotoSans-Regular.ttf", "bold": "NotoSans-Bold.ttf", "arabic": "NotoNaskhArabic-Regular.ttf"}
WIDTH_MM, HEIGHT_MM, MARGIN_MM = 62.0, 100.0, 4.0  # a usual size of rolls for label printers
CODE_MM = 22.0
SIZES_PT = (8.0, 7.0, 6.0, 5.5)
LINE_MM_PER_PT, GAP_MM = 0.45, 1.0
MOST_LINES, MOST_CHARACTERS = 20, 400


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says, in the language of who gets the piece.

    Parameters
    ----------
    title : str
        Of the product.
    facts : sequence of str
        Number, batch, material, maker: one line each.
    warnings : sequence of str
        Safety information.
    address : str
        Where the code leads.
    right_to_left : bool
        Whether the language runs so.
    """

    title: str
    facts: Sequence[str]
    warnings: Sequence[str]
    address: str
    right_to_left: bool = False

    def __post_init__(self) -> None:
        lines = [self.title, *self.facts, *self.warnings]
        if len(lines) > MOST_LINES or max(len(line) for line in lines) > MOST_CHARACTERS:
            raise LabelImpossible("There is more text than a label takes.", help="Shorten the shop's address.")


def label_pdf(label: Label, *, fonts: Path = FONTS) -> bytes:
    """Return the label as PDF, smaller letters where much has to be said.

    Raises
    ------
    LabelImpossible
        When fonts are missing, or the text does not fit even in the smallest letters.
    """
    pdf = _page(label, fonts)
    _code(pdf, label.address)
    top_mm = MARGIN_MM + CODE_MM + 2
    room_mm = HEIGHT_MM - MARGIN_MM - top_mm
    for size_pt in SIZES_PT:
        if _write(pdf, label, size_pt, top_mm, measure=True) <= room_mm:
            _write(pdf, label, size_pt, top_mm, measure=False)
            return bytes(pdf.output())
    raise LabelImpossible("There is more text than a label takes.", help="Shorten the shop's address.")


def _page(label: Label, fonts: Path) -> FPDF:
    from fpdf import FPDF

    pdf = FPDF(unit="mm", format=(WIDTH_MM, HEIGHT_MM))
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(label.title)
    pdf.set_creator("glocal")
    for family, name in FAMILIES.items():
        if not (fonts / name).is_file():
            raise LabelImpossible("The font {font} is missing.", help="Install the package fonts-noto-core.", font=name)
        pdf.add_font(family, fname=fonts / name)
    pdf.set_fallback_fonts(["arabic"])
    pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if label.right_to_left else "ltr")
    pdf.add_page()
    return pdf


def _write(pdf: FPDF, label: Label, size_pt: float, top_mm: float, *, measure: bool) -> float:
    """Write the text, or only measure it; return its height in mm."""
    height_mm = 0.0
    pdf.set_y(top_mm)
    blocks = (("bold", size_pt + 2, [label.title]), ("main", size_pt, label.facts), ("bold", size_pt, label.warnings))
    for family, size, lines in blocks:
        pdf.set_font(family, size=size)
        for line in lines:
            written = pdf.multi_cell(
                0,
                size * LINE_MM_PER_PT,
                line,
                align="R" if label.right_to_left else "L",
                new_x="LMARGIN",
                new_y="NEXT",
                dry_run=measure,
                output="HEIGHT",
            )
            height_mm += cast("float", written)
        height_mm += GAP_MM
        if not measure:
            pdf.ln(GAP_MM)
    return height_mm


def _code(pdf: FPDF, address: str) -> None:
    """Draw the QR code as rectangles: sharp in every size."""
    import segno

    rows = list(segno.make(address, error="m", micro=False).matrix)
    module_mm = CODE_MM / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(MARGIN_MM + x * module_mm, MARGIN_MM + y * module_mm, module_mm, module_mm, style="F")
