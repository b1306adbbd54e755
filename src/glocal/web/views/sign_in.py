"""Sign in, sign out, and take up an invitation to make things for the shop."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from glocal.shop.error_words import error_in_words, error_text
from glocal.shop.errors import OrderInvalid, SignInRefused
from glocal.shop.makers.links import link_of
from glocal.shop.people.actions import accept_invitation, access_invitation, sign_in
from glocal.shop.people.demo import DEMO_NAME, DEMO_PASSWORD
from glocal.shop.rate_limit import TooMany
from glocal.shop.shops.queries import the_shop
from glocal.web.address import client_address
from glocal.web.guard import open_to
from glocal.web.page import page, shop_or_none
from glocal.web.week_form import WeekForm, week_as_typed


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@open_to("everybody")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Let the owner in."""
    back = _safe_address(request, request.POST.get("next") or request.GET.get("next", ""))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            try:
                user = sign_in(request, typed["username"], typed["password"], address=client_address(request))
                login(request, user)
                return redirect(back)
            except SignInRefused:
                form.add_error(None, _("The name or the password is not right."))
            except TooMany as error:
                form.add_error(None, f"{_('Signing in failed too often.')} {error_in_words(error)['help']}")
                status = 429
    context = {"form": form, "next": back, "demo": _demo()}
    return page(request, "sign_in.html", context, status=status)


def _demo() -> dict[str, str] | None:
    """Return the demonstration's name and password, where they are meant to be known."""
    shop = shop_or_none()  # a fresh one is set up by whoever signs in here
    if settings.DEMO_SIGN_IN and shop is not None and shop.is_demonstration:
        return {"name": DEMO_NAME, "password": DEMO_PASSWORD}
    return None


def _safe_address(request: HttpRequest, wanted: str) -> str:
    """Return a page of ours to go to: never another site's."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("desk")


@open_to("everybody")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Let the owner out."""
    logout(request)
    return redirect("shop")


class JoinForm(WeekForm):
    """Who makes things for the shop, and when they are there."""

    name = forms.CharField(label=gettext_lazy("Your name, or your workshop’s"), max_length=200)
    town = forms.CharField(label=gettext_lazy("Your town"), max_length=200, required=False)


@open_to("link")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Make whoever holds an invitation a maker, once."""
    shop = the_shop()
    form = JoinForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        typed = form.cleaned_data
        try:
            maker = accept_invitation(secret, shop, name=typed["name"], town=typed["town"], hours=form.week())
        except OrderInvalid as error:
            field = str(error.data.get("field", ""))
            form.add_error(field if field in form.fields else None, error_text(error))
        else:
            messages.success(request, _("Welcome. Keep the address of this page: it is your key."))
            return redirect(reverse("maker", args=[link_of(maker)]))
    invitation = access_invitation(secret)
    form = form or JoinForm(initial={"name": invitation.for_whom, **week_as_typed(shop.hours)})
    return page(request, "join.html", {"form": form}, status=422 if form.errors else 200)
