"""What every part of the shop must say about itself: a page who may open it, a model what it holds about people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.apps import apps
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

django.setup()

CHECKED_ELSEWHERE = ("api-root", "openapi-json", "set_language")


def every_page() -> Iterator[tuple[str, Any]]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            address = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                if entry.name not in CHECKED_ELSEWHERE:
                    yield address, entry.callback
            elif entry.namespace != "api":  # the interface's access is tested with its whole description
                yield from walk(entry, address)

    yield from walk(get_resolver(), "/")


@pytest.mark.parametrize(("address", "view"), [pytest.param(*page, id=page[0]) for page in every_page()])
def test_every_page_says_who_may_open_it(address: str, view: Any) -> None:
    assert getattr(view, "open_to", None) in {"everybody", "link", "owner", "account", "program"}, (
        f"{address}: put @owner_only, @open_to('everybody') or @open_to('link') (whoever holds the secret in the "
        "address) from glocal.web.guard above the view"
    )


def test_the_desk_is_the_owners_alone() -> None:
    """A page that customers share (a design's room) asks its own object; all others are the owner's."""
    for address, view in every_page():
        if address.startswith("/desk/") and "session_id" not in address:
            assert view.open_to == "owner", f"{address} is below /desk/: put @owner_only above the view"


@pytest.mark.parametrize("model", [pytest.param(model, id=model.__name__) for model in apps.get_models(True)])
def test_every_model_says_what_it_holds_about_people(model: Any) -> None:
    from glocal.shop.privacy import OF_OTHERS, declared

    if model._meta.auto_created or model._meta.label in OF_OTHERS:
        return
    found = declared(model)
    assert found is not None, (
        f"{model.__name__}: write `personal_data = NOBODY`, or PersonalData(…) with what it holds about whom, into the "
        "class; see glocal.shop.privacy"
    )
    names = {field.name for field in model._meta.get_fields()}
    assert {*found.fields, *found.erase} <= names, f"{model.__name__} has no such field"
    if found.find:
        model.objects.filter(**{f"{found.find}__isnull": True})  # the path exists
