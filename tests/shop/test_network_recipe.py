"""The network's recipe on the way of an order: only with the owner's word, and the maker reads why."""

from __future__ import annotations

from typing import Any

import pytest

from glocal.commons.better import Better
from glocal.shop.commons import know_how
from glocal.shop.demand.offers import set_terms
from glocal.shop.models import Job
from glocal.values import Estimate
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry

pytestmark = pytest.mark.django_db


def test_a_recipe_of_the_network_is_sliced_and_said_to_the_maker(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Better(False, 5.0, "a brim of 5 mm", Estimate(0.9, 0.8, 0.95, "x"), Estimate(0.6, 0.5, 0.7, "x"), 40, 4)
    asked: list[Any] = []

    def better_recipe(*about: Any) -> Better:
        asked.append(about)
        return known

    monkeypatch.setattr(know_how, "better_recipe", better_recipe)
    carry(shop.order())
    assert not asked, "without the owner's word the network is not asked"
    assert Job.objects.get().advice == ""
    Job.objects.all().delete()
    set_terms(shop.shop, explores=False, pools_statistics=False, uses_recipes=True)
    carry(shop.order())
    job = Job.objects.get()
    assert job.recipe["brim_mm"] == 5.0
    assert job.recipe["id"].endswith("brim5")
    assert "40 prints on such a machine" in job.advice
