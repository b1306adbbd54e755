"""Hand work to the durable queue in the same transaction as the change that asks for it.

On SQLite the workflow's row is written over Django's own connection, wrapped so that Django keeps commit and rollback;
on PostgreSQL by DBOS's own SQL functions. Either way a rollback leaves neither the order nor its workflow.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from glocal.shop.makers.printers import is_driven
from glocal.shop.workflow.names import (
    APPLICATION,
    APPLICATION_VERSION,
    NEWS,
    PRINT,
    PRINTERS_QUEUE,
    RUSH_FIRST,
    TAKE_TURNS,
    print_id,
)

if TYPE_CHECKING:
    import sqlalchemy
    from dbos import DBOSClient

    from glocal.shop.jobs.models import Job

_local = threading.local()


class BorrowedConnection:
    """Django's SQLite connection as SQLAlchemy may see it: it can speak, but not commit, roll back or close."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def create_function(self, *_: Any, **__: Any) -> None:
        """Keep Django's own SQL functions: SQLAlchemy would put its ``regexp`` in their place."""

    def commit(self) -> None:
        """Leave the commit to Django."""

    def rollback(self) -> None:
        """Leave the rollback to Django."""

    def close(self) -> None:
        """Leave the connection to Django."""


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("work is handed over inside the transaction of the change that asks for it")


def enqueue(
    name: str,
    queue: str,
    workflow_id: str,
    *arguments: Any,
    partition: str | None = None,
    delay: timedelta | None = None,
    priority: int | None = None,
) -> None:
    """Enqueue a workflow with the current transaction; the same identity twice is the same workflow.

    Parameters
    ----------
    arguments
        JSON values.
    partition : str, optional
        The printer, on the queue that is partitioned by printers.
    delay : timedelta, optional
        Start not before this long from now.
    priority : int, optional
        A lower number goes before a higher one that waits in the same queue.
    """
    _require_transaction()
    if connection.vendor == "postgresql":
        not_before = None if delay is None else int((datetime.now(UTC) + delay).timestamp() * 1000)
        said = [json.dumps(argument) for argument in arguments]
        _enqueue_by_sql([name, queue, said, workflow_id, APPLICATION_VERSION, partition, not_before, priority])
        return
    from dbos import WorkflowSerializationFormat

    options: dict[str, Any] = {
        "workflow_name": name,
        "queue_name": queue,
        "workflow_id": workflow_id,
        "app_version": APPLICATION_VERSION,
        "application_name": APPLICATION,
        "serialization_type": WorkflowSerializationFormat.PORTABLE,
    }
    if partition is not None:
        options["queue_partition_key"] = partition
    if delay is not None:
        options["delay_seconds"] = delay.total_seconds()
    if priority is not None:
        options["priority"] = priority
    client, borrowed = _client()
    with borrowed.connect() as conversation:
        client.enqueue_in_transaction(conversation, options, *arguments)  # type: ignore[arg-type]


def _enqueue_by_sql(values: list[Any]) -> None:
    """Enqueue by the function that DBOS keeps in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dbos.enqueue_workflow(workflow_name => %s, queue_name => %s, positional_args => %s::json[],"
            " workflow_id => %s, app_version => %s, queue_partition_key => %s, delay_until_epoch_ms => %s,"
            " priority => %s, application_name => %s)",
            [*values, APPLICATION],
        )


def enqueue_print(job: Job) -> None:
    """Put a job into its printer's queue; one with a piece of an urgent order goes before all others that wait.

    A machine that is driven by hand has no queue here: its maker prints in whatever order suits, and each plate
    listens for what they say.
    """
    urgent = job.pieces.filter(order__quote__rush=True).exists()
    enqueue(
        PRINT,
        PRINTERS_QUEUE,
        print_id(job.id, job.run),
        str(job.id),
        partition=str(job.machine_id if is_driven(job.machine) else job.id),
        priority=RUSH_FIRST if urgent else TAKE_TURNS,
    )


def send(workflow_id: str, message: dict[str, Any], *, key: str, topic: str = NEWS) -> None:
    """Send a workflow a message with the current transaction; the same key twice is the same message."""
    _require_transaction()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT dbos.send_message(%s, %s::json, %s, %s)",
                [workflow_id, json.dumps(message), topic, f"{key}::{workflow_id}"],
            )
        return
    from dbos import WorkflowSerializationFormat

    client, borrowed = _client()
    with borrowed.connect() as conversation:
        client.send_in_transaction(
            conversation,
            workflow_id,
            message,
            topic,
            key,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )


def _client() -> tuple[DBOSClient, sqlalchemy.Engine]:
    """Return a client of the queue and an engine that lends it this thread's Django connection."""
    import sqlalchemy
    from dbos import DBOSClient

    connection.ensure_connection()
    raw = connection.connection
    if getattr(_local, "raw", None) is not raw:
        borrowed = sqlalchemy.create_engine(
            "sqlite://", creator=lambda: BorrowedConnection(raw), poolclass=sqlalchemy.pool.StaticPool
        )
        _local.client = DBOSClient(system_database_engine=borrowed, application_name=APPLICATION, lazy=True)
        _local.raw, _local.engine = raw, borrowed
    return _local.client, _local.engine
