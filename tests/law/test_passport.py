"""The passport has UNTP's shape and nothing of the person who bought the piece."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from glocal.law.passport import Passport, passport_as_json

PEG = Passport(
    piece="01a214d9-6b1b-7316-a123-1126d0cd8bf9",
    address="https://shop.example/p/01a214d9-6b1b-7316-a123-1126d0cd8bf9/",
    shop="Corner shop",
    shop_address="https://shop.example",
    name="Peg",
    description="A peg for every hole.",
    batch="RF18539007547034",
    made_on=date(2026, 11, 25),
    country="FR",
    extent_mm=(8.0, 8.0, 2.0),
    mass_g=0.163,
    material="PETG",
    licence="CC-BY-4.0",
    design="https://shop.example/products/peg/",
    authors="glocal contributors",
)


def test_a_passport_has_the_shape_of_untp() -> None:
    found = passport_as_json(PEG)
    assert found["type"] == ["DigitalProductPassport", "VerifiableCredential"]
    subject = found["credentialSubject"]
    assert subject["granularityLevel"] == "item"
    assert subject["conformityClaim"] == []
    product = subject["product"]
    assert product["serialNumber"] == PEG.piece
    assert product["productionDate"] == "2026-11-25"
    assert product["dimensions"]["height"] == {"value": 2.0, "unit": "MMT"}
    assert product["dimensions"]["weight"] == {"value": 0.2, "unit": "GRM"}
    assert "proof" not in found


def test_there_is_no_room_for_a_customer() -> None:
    assert not any("customer" in field.name or "mail" in field.name for field in fields(Passport))
