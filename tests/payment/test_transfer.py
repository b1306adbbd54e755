"""The payment code and its check digits, against examples from the standards."""

from __future__ import annotations

import pytest

from glocal.payment.errors import TransferInvalid
from glocal.payment.transfer import Transfer, check_bic, check_iban, creditor_reference, epc_payload

IBAN = "BE72000000001616"  # the account of the guideline's own example
REFERENCE = creditor_reference("539007547034")


def test_the_lines_of_the_code_are_those_of_the_guideline() -> None:
    transfer = Transfer("Red Cross of Belgium", IBAN, 100, REFERENCE, bic="BPOTBEB1")
    assert epc_payload(transfer).split("\n") == [
        *("BCD", "002", "1", "SCT", "BPOTBEB1", "Red Cross of Belgium", IBAN, "EUR1.00", "", "RF18539007547034")
    ]


def test_a_creditor_reference_has_the_check_digits_of_the_standards_example() -> None:
    assert REFERENCE == "RF18539007547034"


@pytest.mark.parametrize(("minor", "text"), [(1, "EUR0.01"), (1005, "EUR10.05"), (123456, "EUR1234.56")])
def test_cents_are_never_lost(minor: int, text: str) -> None:
    assert text in epc_payload(Transfer("A", IBAN, minor, REFERENCE)).split("\n")


def test_an_iban_is_taken_as_people_write_it() -> None:
    assert check_iban("gb82 west 1234 5698 7654 32") == "GB82WEST12345698765432"


@pytest.mark.parametrize("wrong", ["", "GB82", "GB82WEST12345698765423", "hello", "GB82WEST1234569876543é"])
def test_a_wrong_iban_is_noticed(wrong: str) -> None:
    with pytest.raises(TransferInvalid):
        check_iban(wrong)


def test_a_bank_may_be_left_out_but_not_made_up() -> None:
    assert check_bic("") == ""
    with pytest.raises(TransferInvalid):
        check_bic("BANK")


@pytest.mark.parametrize(
    "change",
    [
        {"holder": ""},
        {"holder": "x" * 71},
        {"holder": "A\nEUR9999.00"},  # a line of its own would be another field
        {"amount_minor": 0},
        {"amount_minor": 100_000_000_000},
        {"reference": "RF00539007547034"},
    ],
)
def test_what_a_bank_would_not_take_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TransferInvalid):
        Transfer(**{"holder": "A", "iban": IBAN, "amount_minor": 100, "reference": REFERENCE, **change})  # type: ignore[arg-type]


def test_the_longest_name_in_the_widest_script_still_fits() -> None:
    assert len(epc_payload(Transfer("語" * 70, IBAN, 100, REFERENCE, bic="BPOTBEB1")).encode()) <= 331
