"""The demonstration shop can be seeded twice, and says that it is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from glocal.shop.demo_shop import MAKERS, PRODUCTS, connect_virtual_printer, own_shop, seed
from glocal.shop.errors import NotNow
from glocal.shop.makers.queries import network_makers
from glocal.shop.models import Choice, Maker, MakerMachine, OfferedMaterial, Product, Spool
from tests.shop import builders

pytestmark = pytest.mark.django_db


def test_seeding_twice_is_seeding_once(shop_home: Path) -> None:
    models = (Choice, Maker, MakerMachine, OfferedMaterial, Product, Spool)
    seed()
    first = [model.objects.count() for model in models]
    connect_virtual_printer("http://127.0.0.1:1", "key")
    shop = seed()
    assert [model.objects.count() for model in models] == first
    assert MakerMachine.objects.get(slug=f"{MAKERS[0].slug}-1").auto_clear  # seeding keeps the connection
    assert shop.is_demonstration
    assert Product.objects.count() == len(PRODUCTS)


def test_the_demonstration_stays_away_from_an_own_shop(shop_home: Path) -> None:
    """Who forgot --no-demo had its makers, its prices and its well-known password beside their own."""
    from glocal.cli.serve import _is_without_demo

    assert not _is_without_demo(no_demo=False, with_demo_printer=True)
    seed()
    assert not _is_without_demo(no_demo=False, with_demo_printer=True)
    builders.make_shop()
    assert own_shop().name == "Corner shop"
    assert _is_without_demo(no_demo=False, with_demo_printer=False)
    with pytest.raises(NotNow, match="belongs to the demonstration"):
        _is_without_demo(no_demo=False, with_demo_printer=True)


def test_made_up_choices_say_so(shop_home: Path) -> None:
    seed()
    assert Choice.objects.exists()
    assert not Choice.objects.filter(is_demonstration=False).exists()


def test_all_makers_are_known_to_the_network(shop_home: Path) -> None:
    from django.utils import timezone

    makers = network_makers(seed(), timezone.now())
    assert {maker.id for maker in makers} == {maker.slug for maker in MAKERS}
