import uuid

import pytest

from glocal.values import Estimate, Money, canonical_json, new_id, sha256_hex, split_minor


def test_an_estimate_must_lie_in_its_interval():
    with pytest.raises(ValueError, match="outside its interval"):
        Estimate(5.0, 6.0, 7.0, "a guess")


def test_a_scaled_estimate_scales_its_interval():
    assert Estimate(2.0, 1.0, 4.0, "sliced").scaled(3) == Estimate(6.0, 3.0, 12.0, "sliced")


def test_an_estimate_is_never_scaled_by_a_negative_factor():
    with pytest.raises(ValueError, match="expected 0 or more"):
        Estimate(2.0, 1.0, 4.0, "sliced").scaled(-1)


def test_the_remainder_goes_to_the_earlier_of_equal_parts():
    # 100 / 3 = 33.33 each: one unit is left over, and the first part gets it
    assert split_minor(100, [1, 1, 1]) == [34, 33, 33]


def test_the_remainder_goes_to_the_largest_fraction():
    # 10 x (1, 2, 4)/7 = 1.43, 2.86, 5.71: the two units left over go to .86 and .71
    assert split_minor(10, [1, 2, 4]) == [1, 3, 6]


def test_a_refund_is_split_as_the_charge_was():
    assert split_minor(-10, [1, 2, 4]) == [-1, -3, -6]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_divide_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="non-negative and not all zero"):
        split_minor(10, weights)


def test_money_of_two_currencies_does_not_add_up():
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "EUR") + Money(1, "XOF")


def test_a_currency_is_an_iso_code():
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "€")


def test_ids_are_uuids_of_version_7_in_order_of_creation():
    ids = [new_id() for _ in range(50)]
    assert all(isinstance(one, uuid.UUID) and one.version == 7 for one in ids)
    assert ids == sorted(ids)


def test_equal_json_has_one_form_and_one_hash():
    assert canonical_json({"b": 1, "a": "ọ̀"}) == '{"a":"ọ̀","b":1}'.encode()
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_what_is_not_a_number_is_not_hashed():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"height_mm": float("nan")})


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(380, "EUR", "3.80 EUR"), (380, "JPY", "380 JPY"), (3800, "KWD", "3.800 KWD"), (-5, "XOF", "-5 XOF")],
)
def test_money_is_written_with_the_parts_that_its_currency_has(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text
