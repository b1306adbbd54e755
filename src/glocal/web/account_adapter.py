"""Where django-allauth, which proves mail addresses and passkeys, asks us: who may come in, what is sent and said."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from glocal.shop.accounts.actions import CUSTOMER_NAME, forget_unproved
from glocal.shop.errors import MailNotSent
from glocal.values import new_id
from glocal.web.address import client_address
from glocal.web.page import shop_or_none


class CustomerAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of customers: no passwords, no names, nothing for whoever runs the shop."""

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Give a name that says nothing about anybody."""
        user.username = f"{CUSTOMER_NAME}{new_id()}"

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Write the account, after those that nobody proved are gone."""
        forget_unproved(timezone.now())
        return super().save_user(request, user, form, commit)

    def pre_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse | None:
        """Refuse whoever runs the shop: they have a door of their own, with a password."""
        if user.is_staff:
            raise ImmediateHttpResponse(redirect("sign-in"))
        refused: HttpResponse | None = super().pre_login(request, user, **named)
        return refused

    def get_login_stages(self) -> list[str]:
        """Let either a code by mail or a passkey do: a lost telephone must not lock a customer out."""
        return [stage for stage in super().get_login_stages() if not stage.startswith("allauth.mfa.")]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that tries are counted by."""
        return client_address(request)

    def add_message(self, request: HttpRequest, level: int, *arguments: Any, **named: Any) -> None:
        """Say only what went wrong: our pages show by themselves what went well."""
        if level >= messages.ERROR:
            super().add_message(request, level, *arguments, **named)

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as the template has it."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in the shop's name."""
        try:
            super().send_mail(template_prefix, email, {"shop": shop_or_none(), **context})
        except OSError as error:  # smtplib's errors are among them
            raise MailNotSent("The mail could not be sent.", help="Try again in a few minutes.") from error
