"""From an empty program to an open shop: step by step on pages, and without questions from a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from glocal.shop.errors import NotNow
from glocal.shop.shops.regional_terms import regional_terms
from glocal.shop.shops.settings import SettingWrong
from glocal.shop.shops.setup_file import read_setup, set_up

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[2] / "docs" / "setup.toml"


@pytest.fixture
def owner(client: Client, django_user_model: Any, home: Path) -> Client:
    client.force_login(django_user_model.objects.create(username="ann", is_staff=True))
    return client


def send(owner: Client, step: str, **typed: Any) -> Any:
    return owner.post(f"/desk/setup/{step}/", typed)


def test_the_first_owner_gets_in_before_there_is_a_shop(client: Client, db: None, settings: Any) -> None:
    settings.DEMO_SIGN_IN = True
    page = client.get("/desk/", follow=True)
    assert page.status_code == 200
    assert 'name="password"' in page.content.decode()


def test_seven_steps_open_a_shop(owner: Client) -> None:
    from glocal.shop.models import Maker, Shop

    assert owner.get("/desk/", follow=True).redirect_chain[0][0] == "/desk/setup/"
    assert owner.get("/desk/setup/costs/")["Location"] == "/desk/setup/place/"
    assert "<glocal-here " in owner.get("/desk/setup/place/").content.decode()
    place = {"place-name": "Ilé Ọnà", "place-town": "Ibadan", "place-region": "nigeria"}
    assert send(owner, "place", **place)["Location"] == "/desk/setup/money/"
    shop = Shop.objects.get()
    assert (shop.currency, shop.timezone, shop.terms["tax_rate"]) == ("NGN", "Africa/Lagos", 0.075)
    said = owner.get("/desk/setup/money/").content.decode()
    assert 'value="NGN"' in said
    send(owner, "money", **{"money-language": "yo", "money-currency": "NGN", "money-tax_percent": "7.5"})
    send(owner, "hours", **{"hours-monday": "09:00-17:00"})
    assert 'value="35000"' in owner.get("/desk/setup/costs/").content.decode(), "a spool, as usual in Nigeria"
    costs = {
        "wage": "2000",
        "energy": "210",
        "margin_percent": "30",
        "packaging": "200",
        "minimum": "0",
        "waiting": "1",
    }
    costs |= {"spool_pla": "33000"}
    send(owner, "costs", **{f"costs-{name}": value for name, value in costs.items()})
    assert send(owner, "products").status_code == 422
    assert send(owner, "products", product=["replacement-knob"])["Location"] == "/desk/setup/printer/"
    assert 'value="pla" id="id_loaded_0" checked' in owner.get("/desk/setup/printer/").content.decode()
    refused = send(owner, "open")
    assert "Nobody can print yet." in refused.content.decode()
    invited = send(owner, "printer", invite="1", for_whom="Ada")
    assert (invited.status_code, "http://testserver/join/" in invited.content.decode()) == (200, True)
    printer = {"name": "My MK3S", "profile": "reference", "hourly": "90", "power_w": "120", "setup_min": "8"}
    assert send(owner, "printer", **{**printer, "profile": "no such"}).status_code == 422
    close = send(owner, "printer", **{**printer, "profile": "creality ender-3"})
    assert "Creality Ender-3 (0.4 mm nozzle) · " in close.content.decode()
    assert send(owner, "printer", **printer, loaded=["pla"])["Location"] == "/desk/setup/open/"
    assert send(owner, "open")["Location"] == "/desk/"
    shop.refresh_from_db()
    assert shop.set_up_at is not None
    assert shop.products.get().is_live
    maker = Maker.objects.get()
    assert maker.hours[0] == [[540, 1020]]
    assert shop.materials.get().spool_price_minor == 3_300_000
    assert owner.get("/desk/setup/place/")["Location"] == "/desk/"


def test_the_example_file_is_a_shop(home: Path) -> None:
    shop = set_up(read_setup(EXAMPLE))
    assert shop.set_up_at is not None
    assert shop.terms["wage_minor_per_h"] == 2400
    assert shop.terms["energy_minor_per_kwh"] == 25
    assert shop.hours[2] == [[540, 750]]
    assert shop.hours[5] == []
    assert {material.material_id: material.spool_price_minor for material in shop.materials.all()} == {
        "pla": 2000,
        "petg": 2300,
    }
    assert shop.products.filter(is_live=True).count() == 3
    with pytest.raises(NotNow):
        set_up(read_setup(EXAMPLE))


def test_a_short_file_takes_what_is_usual(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text(
        'products = ["plant-pot"]\n[shop]\nname = "Pots"\ntown = "Rabat"\nregion = "MA"\nlatitude = 34.0\n'
        'longitude = -6.8\n[[machine]]\nname = "A"\nprofile = "reference"\nhourly = 6\nloaded = ["pla"]\n'
    )
    shop = set_up(read_setup(file))
    assert (shop.currency, shop.terms["tax_rate"], shop.language) == ("MAD", 0.2, "ar")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[tax]", "[taxes]"), "Nobody knows “taxes”"),
        (("wage_per_h", "wages"), "Nobody knows “wages” in “costs”"),
        (('region = "FR"', 'region = "ZZ"'), "no region"),
        (('region = "FR"', ""), "does not say where"),
        (("percent = 20", 'percent = "20"'), "expected a number"),
        (("percent = 20", "percent = 2000"), "not between 0 and 100 %"),
        (('monday = "09:00', 'monday = "19:00'), "does not begin before it ends"),
        (('profile = "reference"', 'profile = "none"'), "none"),
        (("latitude = 43.294", "latitude = 143.0"), "no place on Earth"),
        (("[shop]", "[shop"), "no TOML"),
        (('"plant-pot"', '"../x"'), "No product called"),
    ],
)
def test_a_slip_of_the_pen_is_named_and_nothing_is_made(
    home: Path, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    from glocal.errors import GlocalError
    from glocal.shop.models import Shop

    file = tmp_path / "wrong.toml"
    text = EXAMPLE.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change, 1))
    with pytest.raises(GlocalError, match=said):
        set_up(read_setup(file))
    assert not Shop.objects.exists()


def test_what_nobody_knows_is_asked_and_not_made_up(home: Path, tmp_path: Path) -> None:
    assert regional_terms("BR", on=date(2025, 6, 1)).tax_rate is None
    file = tmp_path / "brazil.toml"
    text = EXAMPLE.read_text().replace('"FR"', '"BR"').replace("percent = 20 ", "")
    file.write_text(text)
    with pytest.raises(SettingWrong, match=r"tax\.percent, and nothing is usual for BR"):
        set_up(read_setup(file))
    file.write_text(text.replace("hourly = 0.60 ", "").replace('town = "Marseille"', "").replace("petg = 23", ""))
    with pytest.raises(SettingWrong, match=r"shop\.town, tax\.percent, machine\.hourly, and nothing") as refused:
        set_up(read_setup(file))
    assert "town = … below [shop]; percent = … below [tax]; hourly" in refused.value.help


def test_the_size_card_is_for_everybody(client: Client) -> None:
    said = client.get("/size-card/").content.decode()
    assert 'width="85.6"' in said
    assert 'width="160mm"' in said


def test_customers_read_when_the_shop_is_open(client: Client, home: Path) -> None:
    set_up(read_setup(EXAMPLE))
    said = client.get("/").content.decode()
    assert "Opening hours" in said
    assert "09:00-12:30, 14:00-18:00" in said
