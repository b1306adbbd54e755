"""The durable engine in this process: its database, its migrations, its queues."""

from __future__ import annotations

import logging
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from glocal.shop.workflow.names import (
    APPLICATION,
    APPLICATION_VERSION,
    NOTICES_QUEUE,
    ORDERS_QUEUE,
    PRINTERS_QUEUE,
)
from glocal.shop.workflow.pace import Pace

ORDERS_AT_ONCE = 2  # slicing fills a core each
NOTICES_AT_ONCE = 4


def engine_url() -> str:
    """Return the address of the shop's database as the engine writes it: orders and workflows share one database."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    database = settings.DATABASES["default"]
    query = {key: str(value) for key, value in database.get("OPTIONS", {}).items()}
    place = str(database.get("HOST") or "")
    if place.startswith("/"):  # a socket's directory
        query["host"], place = place, ""
    elif ":" in place:
        place = f"[{place}]"
    if database.get("PORT"):
        place += f":{database['PORT']}" if place else ""
        query |= {} if place else {"port": str(database["PORT"])}
    user = quote(str(database.get("USER") or ""), safe="")
    password = f":{quote(str(database['PASSWORD']), safe='')}" if database.get("PASSWORD") else ""
    name = quote(str(connection.settings_dict["NAME"]), safe="")
    return f"postgresql://{f'{user}{password}@' if user else ''}{place}/{name}" + (
        f"?{urlencode(query)}" if query else ""
    )


def migrate() -> None:
    """Bring the database up to date: the shop's tables and the engine's. To be done before anything is enqueued."""
    from dbos import DBOS

    quiet()
    call_command("migrate", verbosity=0, interactive=False)
    DBOS.migrate(engine_url())


def quiet() -> None:
    """Let the engine log warnings alone."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


def launch(executor_id: str, pace: Pace) -> None:
    """Start carrying workflows in this process, under a name that is stable over restarts."""
    from dbos import DBOS

    quiet()
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": engine_url(),
            "application_version": APPLICATION_VERSION,
            "executor_id": executor_id,
            "log_level": "WARNING",
            "run_migrations": True,
            "notification_listener_polling_interval_sec": pace.queue_poll_s,
            "sys_db_pool_size": 10,
            "max_executor_threads": 64,
        }
    )
    # both register their workflows
    import glocal.shop.workflow.flows
    import glocal.shop.workflow.notices  # noqa: F401

    DBOS.launch()
    DBOS.register_queue(ORDERS_QUEUE, worker_concurrency=ORDERS_AT_ONCE, polling_interval_sec=pace.queue_poll_s)
    DBOS.register_queue(PRINTERS_QUEUE, partition_concurrency=1, polling_interval_sec=pace.queue_poll_s)
    DBOS.register_queue(NOTICES_QUEUE, worker_concurrency=NOTICES_AT_ONCE, polling_interval_sec=4 * pace.queue_poll_s)


def shut_down() -> None:
    """Stop carrying workflows; what was going on is taken up again at the next start or by another worker."""
    from dbos import DBOS

    DBOS.destroy()
