"""A worker in a process of its own: ``python -m glocal.shop.worker_main``."""

from __future__ import annotations

import os


def main() -> None:
    """Set Django up, bring the database up to date, and carry orders until asked to end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glocal.settings")
    import django

    django.setup()
    from glocal.shop.workers.run import run_worker
    from glocal.shop.workflow.engine import migrate

    migrate()
    run_worker()


if __name__ == "__main__":
    main()
