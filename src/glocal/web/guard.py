"""Who may open a page, said on the page's function itself; a test fails for a page that does not say it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from glocal.shop.access import Actor
from glocal.shop.accounts.queries import access_account
from glocal.shop.errors import NotAllowed
from glocal.web.page import page

View = TypeVar("View", bound=Callable[..., Any])


def open_to(who: str) -> Callable[[View], View]:
    """Mark a page that is open to everybody, or to whoever holds the secret in its address."""
    if who not in {"everybody", "link", "program"}:
        raise ValueError(f"a page is open to everybody, link or program, not {who!r}; for the owner use owner_only")

    def mark(view: View) -> View:
        view.open_to = who  # type: ignore[attr-defined]
        return view

    return mark


def owner_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let only the owner in; whoever is not signed in is asked to, and comes back after."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if actor_of_request(request).owner:
            return view(request, *arguments, **named)
        if request.user.is_authenticated or request.method not in {"GET", "HEAD"}:
            raise NotAllowed("This page is for whoever runs the shop.", help="Sign in as the owner.")
        return ask_to_sign_in(request)

    guarded.open_to = "owner"  # type: ignore[attr-defined]
    return never_cache(guarded)


def customer_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let only a customer with an account in; whoever is not signed in is asked to, and comes back after.

    Whoever runs the shop has no such account: they read what the page is for, and where theirs is.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if actor_of_request(request).owner and request.method in {"GET", "HEAD"}:
            return page(request, "account_of_owner.html", {})
        if request.user.is_authenticated:
            access_account(request.user)
            return view(request, *arguments, **named)
        if request.method not in {"GET", "HEAD"}:
            raise NotAllowed("This is for customers with an account.", help="Sign in.")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")

    guarded.open_to = "account"  # type: ignore[attr-defined]
    return never_cache(guarded)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to the sign-in page, from where they come back to the page that they wanted."""
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")


def actor_of_request(request: HttpRequest, *, token: str | None = None) -> Actor:
    """Return who asks, with the key from the address if it has one."""
    return Actor.of_user(request.user, token=token)
