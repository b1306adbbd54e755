"""The addresses of a customer's account. django-allauth finds its own pages by these names; no others of its exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as proof
from allauth.mfa.webauthn import views as passkeys
from django.urls import path
from django.views.generic import RedirectView

from glocal.web.guard import customer_only, open_to
from glocal.web.views import account
from glocal.web.views.sign_in import sign_out


def _theirs(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a page of django-allauth for everybody, in our frame."""
    return open_to("everybody")(account.in_our_frame(view))


def _signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a page of django-allauth for customers who are signed in, in our frame."""
    return customer_only(account.in_our_frame(view))


_to_the_account = customer_only(RedirectView.as_view(pattern_name="account"))

urlpatterns = [
    path("", account.account_page, name="account"),
    path("export.json", account.account_export, name="account-export"),
    path("erase/", account.account_erase, name="account-erase"),
    path("sign-in/", _theirs(proof.request_login_code), name="account_login"),
    path("sign-in/code/", _theirs(proof.request_login_code), name="account_request_login_code"),
    path("sign-in/confirm/", _theirs(proof.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/passkey/", _theirs(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-up/", _theirs(proof.signup), name="account_signup"),
    path("sign-up/confirm/", _theirs(proof.email_verification_sent), name="account_email_verification_sent"),
    path("inactive/", account.inactive, name="account_inactive"),
    path("sign-out/", sign_out, name="account_logout"),
    path("passkeys/", _to_the_account, name="mfa_index"),
    path("passkeys/list/", _to_the_account, name="mfa_list_webauthn"),
    path("passkeys/add/", _signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", _signed_in(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/confirm/", _signed_in(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
]
