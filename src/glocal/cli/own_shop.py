"""The shop of this machine's state directory, for commands that read or change it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glocal.shop.models import Shop


def set_up_django() -> None:
    """Load the settings and the applications."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glocal.settings")
    import django

    django.setup()


def own_shop() -> Shop | None:
    """Return the shop, None where none was ever opened."""
    set_up_django()
    from django.db import connection

    from glocal.shop.models import Shop

    if Shop._meta.db_table not in connection.introspection.table_names():
        return None
    return Shop.objects.order_by("id").first()


def need_shop() -> Shop:
    """Return the shop.

    Raises
    ------
    NotFound
        Where none was ever opened.
    """
    shop = own_shop()
    if shop is None:
        from django.conf import settings

        from glocal.shop.errors import NotFound

        raise NotFound(
            f"There is no shop in {settings.GLOCAL_HOME} yet.",
            help="Open one with 'glocal setup FILE' or 'glocal serve', or name its directory in GLOCAL_HOME.",
        )
    return shop
