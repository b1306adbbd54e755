"""A digital product passport of one piece, in the shape of UNTP's; nothing in it claims conformity with anything.

Source: UN/CEFACT, United Nations Transparency Protocol, Digital Product Passport, release 0.6.0 for pilots (property
names and nesting). It is not signed, so it is no verifiable credential yet, and says so by having no proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://test.uncefact.org/vocabulary/untp/dpp/0.6.0/")


@dataclass(frozen=True, slots=True)
class Passport:
    """What the passport of one piece says. There is no field for a person who bought it.

    Parameters
    ----------
    piece : str
        The piece's UUID.
    address : str
        Where the passport is read.
    shop, shop_address : str
        Who issues it, and the shop's own address.
    name, description : str
        Of the product.
    batch : str
        The order of the batch: pieces made together share it.
    made_on : date or None
        When it was made; None while it is not.
    country : str
        ISO 3166-1 code of where it is made.
    extent_mm : sequence of float
        Width, depth and height.
    mass_g : float or None
        What it weighs, estimated.
    material : str
        As the shop lists it.
    licence, design, authors : str
        Of the design that it was made from.
    """

    piece: str
    address: str
    shop: str
    shop_address: str
    name: str
    description: str
    batch: str
    made_on: date | None
    country: str
    extent_mm: Sequence[float]
    mass_g: float | None
    material: str
    licence: str
    design: str
    authors: str


def passport_as_json(passport: Passport) -> Mapping[str, Any]:
    """Return the passport as JSON-LD."""
    party = {"type": ["Party"], "id": passport.shop_address, "name": passport.shop}
    product: dict[str, Any] = {
        "type": ["Product"],
        "id": f"urn:uuid:{passport.piece}",
        "name": passport.name,
        "description": passport.description,
        "serialNumber": passport.piece,
        "batchNumber": passport.batch,
        "producedByParty": party,
        "countryOfProduction": passport.country,
        "dimensions": _dimensions(passport),
        "furtherInformation": [
            {"type": ["Link"], "linkURL": passport.design, "linkName": f"{passport.licence}, {passport.authors}"}
        ],
    }
    if passport.made_on is not None:
        product["productionDate"] = passport.made_on.isoformat()
    material: dict[str, Any] = {"type": ["Material"], "name": passport.material, "massFraction": 1}
    subject = {
        "type": ["ProductPassport"],
        "id": passport.address,
        "granularityLevel": "item",
        "product": product,
        "materialsProvenance": [material],
        "conformityClaim": [],
    }
    return {
        "@context": list(CONTEXTS),
        "type": ["DigitalProductPassport", "VerifiableCredential"],
        "id": passport.address,
        "issuer": {"type": ["CredentialIssuer"], "id": passport.shop_address, "name": passport.shop},
        "credentialSubject": subject,
    }


def _dimensions(passport: Passport) -> dict[str, Any]:
    width, depth, height = ({"value": round(size, 2), "unit": "MMT"} for size in passport.extent_mm)  # UN/ECE Rec. 20
    found: dict[str, Any] = {"type": ["Dimension"], "width": width, "length": depth, "height": height}
    if passport.mass_g is not None:
        found["weight"] = {"value": round(passport.mass_g, 1), "unit": "GRM"}
    return found
