"""Build and price what stands on the shelf, in a process of its own: ``python -m glocal.shop.shelf_main``.

The heavy libraries that this needs are gone from memory when it ends.
"""

from __future__ import annotations

import os


def main() -> None:
    """Set Django up and price the shelf."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glocal.settings")
    import django

    django.setup()
    from glocal.shop.products.shelf import price_shelf

    os.nice(10)  # whoever shops at this moment comes first
    price_shelf()


if __name__ == "__main__":
    main()
