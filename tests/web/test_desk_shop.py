"""What the owner changes about the shop: catalogue, makers, settings; and what they take away."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.desk_data import fill
from glocal.shop.export.order_book import safe_cell
from glocal.shop.makers.links import link_of
from glocal.shop.shops.settings import SettingWrong, hours_as_text, hours_from_text
from tests.shop.builders import make_machine
from tests.web.builders import make_part
from tests.web.test_desk_pages import MOST_QUERIES, owner, past, read  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("past")
def test_the_list_of_makers_asks_as_little_of_many(read: Callable[[str], str]) -> None:  # noqa: F811
    for number in range(8):
        make_machine(f"neighbour-{number}")
    assert "Neighbour-7" in read("/desk/makers/")


@pytest.mark.usefixtures("past")
def test_a_makers_page_asks_little(client: Client, machine: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/maker/{link_of(machine.maker)}/").status_code == 200
    assert len(asked) <= MOST_QUERIES


def test_hiding_a_product_can_be_undone(owner: Client, product: Any) -> None:  # noqa: F811
    make_part(product)
    said = owner.post("/desk/products/peg/hide/", follow=True).content.decode()
    product.refresh_from_db()
    assert not product.is_live
    assert 'action="/desk/products/peg/publish/"><input' in said.replace("\n", "")
    owner.post("/desk/products/peg/publish/")
    product.refresh_from_db()
    assert product.is_live


def test_a_product_has_its_own_margin(owner: Client, product: Any) -> None:  # noqa: F811
    from glocal.shop.shops.queries import terms_of

    sent = {"labour_min": "9", "margin_percent": "60", "minimum": "", "position": "3"}
    assert owner.post("/desk/products/peg/", sent).status_code == 302
    product.refresh_from_db()
    assert terms_of(product.shop, product.price_rules).margin == 0.6
    assert terms_of(product.shop).margin == 0.25
    assert product.labour_min["value"] == 9
    assert owner.post("/desk/products/peg/", {**sent, "margin_percent": "-1"}).status_code == 422


def test_what_came_with_the_program_is_one_click_away(owner: Client, product: Any) -> None:  # noqa: F811
    from glocal.shop.models import Product

    assert "Plant pot" in owner.get("/desk/products/").content.decode()
    owner.post("/desk/products/take/", {"slug": "plant-pot"})
    assert Product.objects.get(slug="plant-pot").is_live
    assert owner.post("/desk/products/take/", {"slug": "../../etc"}).status_code == 404


def test_an_invitation_is_shown_once(owner: Client, product: Any) -> None:  # noqa: F811
    said = owner.post("/desk/makers/", {"for_whom": "Léa"}).content.decode()
    assert "/join/" in said
    assert "/join/" not in owner.get("/desk/makers/").content.decode()


def test_a_paused_maker_gets_no_work(owner: Client, product: Any, machine: Any) -> None:  # noqa: F811
    from glocal.shop.makers.queries import active_machines

    said = owner.post("/desk/makers/near/pause/", follow=True).content.decode()
    assert "gets no new plates" in said
    assert "/desk/makers/near/resume/" in said
    assert active_machines() == []
    owner.post("/desk/makers/near/resume/")
    assert active_machines() == [machine]


def test_settings_say_what_is_wrong_beside_the_field(owner: Client, product: Any) -> None:  # noqa: F811
    place = {f"place-{name}": value for name, value in {"name": "New name", "town": "Aix", "region": "FR"}.items()}
    assert owner.post("/desk/settings/place/", place).status_code == 302
    product.shop.refresh_from_db()
    assert (product.shop.name, product.shop.timezone) == ("New name", "Europe/Paris")
    wrong = owner.post("/desk/settings/hours/", {"hours-monday": "18:00-09:00"})
    assert wrong.status_code == 422
    assert "does not begin before it ends" in wrong.content.decode()
    assert owner.post("/desk/settings/place/", {**place, "place-region": "XX"}).status_code == 422


def test_the_shops_own_maker_moves_with_it_and_says_where_to_fetch(owner: Client, product: Any) -> None:  # noqa: F811
    from glocal.shop.legal.queries import pickup_address
    from glocal.shop.makers.machines import own_maker
    from glocal.shop.models import Manufacturer

    maker = own_maker(product.shop)
    place = {"name": "Shop", "town": "Aix", "region": "FR", "latitude": "43.53", "longitude": "5.45"}
    assert (
        owner.post("/desk/settings/place/", {f"place-{name}": value for name, value in place.items()}).status_code
        == 302
    )
    maker.refresh_from_db()
    assert (maker.town, maker.latitude, maker.longitude) == ("Aix", 43.53, 5.45)
    assert pickup_address(maker, product.shop) == ""
    Manufacturer.objects.create(shop=product.shop, address="1 rue de la Paix")
    assert pickup_address(maker, product.shop) == "1 rue de la Paix"
    assert pickup_address(make_machine("neighbour").maker, product.shop) == ""
    said = {"town": "Aix", "latitude": "43.5", "longitude": "5.4", "offers_pickup": "on", "monday": "09:00-12:00"}
    owner.post(f"/desk/makers/{maker.slug}/presence/", {**said, "pickup_address": "Court 3"})
    maker.refresh_from_db()
    assert pickup_address(maker, product.shop) == "Court 3"


def test_a_country_that_was_mistyped_is_guessed(owner: Client, product: Any) -> None:  # noqa: F811
    place = {"place-name": "Shop", "place-town": "Lagos", "place-region": "Nigera"}
    refused = owner.post("/desk/settings/place/", place)
    assert refused.status_code == 422
    assert "Did you mean “Nigeria”?" in refused.content.decode()


def test_a_new_owner_reads_what_is_missing(owner: Client, product: Any, machine: Any, settings: Any) -> None:  # noqa: F811
    from glocal.shop.home import mail_from_url

    settings.SITE_URL = "https://shop.example"
    page = owner.get("/desk/").content.decode()
    assert "<bdi>https://shop.example</bdi>" in page
    assert "No mail goes out" in page
    settings.MAIL_SERVER = mail_from_url("smtp://mail.example")
    assert "No mail goes out" not in owner.get("/desk/").content.decode()


def test_the_owner_says_what_the_shop_makes_and_of_which_materials(owner: Client, product: Any) -> None:  # noqa: F811
    place = {"name": "Shop", "town": "Aix", "region": "FR", "about": "Pots  that\nfit."}
    owner.post("/desk/settings/place/", {f"place-{name}": value for name, value in place.items()})
    assert "Pots that fit." in owner.get("/").content.decode()
    costs = {"wage": "20", "energy": "0.2", "margin_percent": "30", "packaging": "0", "minimum": "0", "waiting": "2"}

    def offer(**spools: str) -> int:
        typed = {**costs, **{f"spool_{name}": price for name, price in spools.items()}}
        return owner.post(
            "/desk/settings/costs/", {f"costs-{name}": value for name, value in typed.items()}
        ).status_code

    def offered() -> list[tuple[str, int]]:
        return list(product.shop.materials.values_list("material_id", "spool_price_minor"))

    pairs = owner.get("/desk/settings/").content.decode().split('class="field-pair"')[1:]
    assert all("spool_" in pair and "colours_" in pair for pair in pairs)
    assert len(pairs) >= 6
    assert offer(petg="21", tpu="39") == 302
    assert offered() == [("petg", 2100), ("tpu", 3900)]
    assert offer() == 422
    assert offered() == [("petg", 2100), ("tpu", 3900)]
    assert offer(tpu="35") == 302
    assert offered() == [("tpu", 3500)]
    typed = {**costs, "spool_tpu": "35", "colours_tpu": "white, black"}
    owner.post("/desk/settings/costs/", {f"costs-{name}": value for name, value in typed.items()})
    assert list(product.shop.materials.values_list("colour", flat=True)) == ["white", "black"]
    product.shop.refresh_from_db()
    assert product.shop.assumptions["waiting"] == {
        "value": 0.02,
        "low": 0.02,
        "high": 0.02,
        "source": "said by the owner",
    }
    assert offer(tpu="36") == 302  # colours that are taken away
    assert list(product.shop.materials.values_list("colour", flat=True)) == [""]


def test_hours_are_read_as_people_type_them() -> None:
    assert hours_from_text("9:00 – 12:30; 14:00-18:00") == ((540, 750), (840, 1080))
    assert hours_as_text(hours_from_text("09:00-12:30, 14:00-18:00")) == "09:00-12:30, 14:00-18:00"
    assert hours_from_text("  ") == ()
    for wrong in ("nine to five", "09:00-25:00", "09:70-10:00", "10:00-12:00, 11:00-13:00", "12:00-12:00"):
        with pytest.raises(SettingWrong):
            hours_from_text(wrong)


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r\n=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    assert str(safe_cell(evil)).startswith("'")
    assert safe_cell(-5) == -5


@pytest.mark.usefixtures("past")
def test_the_order_book_adds_up(owner: Client) -> None:  # noqa: F811
    from glocal.shop.models import Order

    first = Order.objects.order_by("id").first()
    assert first is not None
    Order.objects.filter(id=first.id).update(customer_name='=HYPERLINK("http://evil")')
    response = owner.get("/desk/data/orders.csv")
    assert response.streaming
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == Order.objects.count()
    assert rows[0]["customer"].startswith("'=")
    for row in rows:
        paid, tax, margin = (float(row[name]) for name in ("price", "tax", "margin_planned"))
        assert paid > tax + margin > 0
    some = b"".join(owner.get("/desk/data/orders.csv?state=waiting").streaming_content).decode()  # type: ignore[arg-type]
    assert 1 < len(some.splitlines()) < len(rows)


@pytest.mark.usefixtures("past")
def test_everything_is_in_the_zip_but_the_keys(owner: Client, home: Any) -> None:  # noqa: F811
    from glocal.shop.files.store import shop_files
    from glocal.shop.models import Order

    stored = shop_files().put(b"a mesh")
    response = owner.get("/desk/data/everything.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[arg-type]
    assert archive.testzip() is None
    orders = [json.loads(line) for line in archive.read("tables/Order.jsonl").splitlines()]
    assert len(orders) == Order.objects.count()
    assert archive.read(f"files/{stored[:2]}/{stored}") == b"a mesh"
    tokens = set(Order.objects.values_list("token", flat=True))
    assert not any(token.encode() in archive.read("tables/Order.jsonl") for token in tokens)
    assert not {"SignInTries.jsonl"} & {name.split("/")[-1] for name in archive.namelist()}


def test_only_the_owner_takes_data_away(client: Client, product: Any) -> None:
    for page in ("orders.csv", "everything.zip"):
        assert client.get(f"/desk/data/{page}").status_code == 302


def test_customers_are_counted_by_their_address(read: Callable[[str], str], product: Any, machine: Any) -> None:  # noqa: F811
    from glocal.shop.customers.queries import list_customers
    from glocal.shop.models import Order

    fill(3, now=timezone.now(), days=3, open_orders=0)
    Order.objects.update(customer_email="ọlá@example.org", customer_name="Ọlá", state="done")
    (row,) = list_customers("ỌLÁ").rows
    assert row.orders == 3
    assert row.spent_minor == sum(Order.objects.values_list("total_minor", flat=True))
    assert "Ọlá" in read("/desk/customers/")
