"""A transfer between accounts as a payment code that banking apps read.

Sources: EPC069-12 "Quick Response Code: Guidelines to Enable Data Capture for the Initiation of a SEPA Credit Transfer"
(version 2.1: fields, lengths, UTF-8 as character set 1, at most 331 bytes, error correction M, at most QR version 13);
ISO 13616 for IBAN and ISO 11649 for creditor references, both checked by ISO 7064 MOD 97-10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glocal.payment.errors import TransferInvalid

MOST_BYTES = 331
MOST_MINOR = 99_999_999_999  # 999,999,999.99 EUR
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_REFERENCE = re.compile(r"[A-Z0-9]{1,21}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A SEPA credit transfer that is asked for.

    Parameters
    ----------
    holder : str
        Who gets the money; 1 to 70 characters.
    iban : str
        Their account, without spaces.
    amount_minor : int
        Cents of euros; 1 to 99,999,999,999.
    reference : str
        A creditor reference, see :func:`creditor_reference`.
    bic : str
        The bank; may be empty within the European Economic Area.
    """

    holder: str
    iban: str
    amount_minor: int
    reference: str
    bic: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.holder.strip()) <= 70 or "\n" in self.holder or "\r" in self.holder:
            raise TransferInvalid("The account holder's name has 1 to 70 characters.", field="holder")
        check_iban(self.iban)
        check_bic(self.bic)
        if not 1 <= self.amount_minor <= MOST_MINOR:
            raise TransferInvalid("A transfer is of 0.01 to 999,999,999.99 euros.", field="amount_minor")
        if not self.reference.startswith("RF") or _mod_97(self.reference) != 1:
            raise TransferInvalid("The reference has wrong check digits.", field="reference")


def epc_payload(transfer: Transfer) -> str:
    """Return the text of the payment code: twelve lines at most, empty ones at the end left out."""
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        transfer.bic,
        transfer.holder.strip(),
        transfer.iban,
        f"EUR{transfer.amount_minor // 100}.{transfer.amount_minor % 100:02d}",
        "",
        transfer.reference,
    ]
    payload = "\n".join(lines)
    if len(payload.encode()) > MOST_BYTES:
        raise TransferInvalid("The payment code is too long.", help="Shorten the account holder's name.")
    return payload


def check_iban(iban: str) -> str:
    """Return the account number without spaces, or say what is wrong with it."""
    plain = "".join(iban.split()).upper()
    if not _IBAN.fullmatch(plain):
        raise TransferInvalid(
            "This is not an IBAN.", help="Copy it from your bank: two letters, then digits.", field="iban"
        )
    if _mod_97(plain) != 1:
        raise TransferInvalid("A digit of this IBAN is wrong.", help="Compare it with your bank's.", field="iban")
    return plain


def check_bic(bic: str) -> str:
    """Return the bank's code without spaces, or say that it is none; empty is allowed."""
    plain = "".join(bic.split()).upper()
    if plain and not _BIC.fullmatch(plain):
        raise TransferInvalid("This is not a BIC.", help="It has 8 or 11 letters and digits.", field="bic")
    return plain


def creditor_reference(body: str) -> str:
    """Return ``RF``, two check digits and ``body`` (1 to 21 letters and digits): a mistyped digit is noticed."""
    body = body.upper()
    if not _REFERENCE.fullmatch(body):
        raise TransferInvalid("A reference has 1 to 21 letters and digits.", field="reference")
    return f"RF{98 - _mod_97(f'RF00{body}'):02d}{body}"


def _mod_97(text: str) -> int:
    """Return the remainder of ISO 7064 MOD 97-10, with the first four characters moved to the end."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97
