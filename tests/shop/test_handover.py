"""Work is handed over in the transaction that asks for it, or not at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import connection, transaction

from glocal.shop.workflow.handover import enqueue, send

pytestmark = pytest.mark.django_db(transaction=True)


def rows(table: str) -> list[tuple[str, ...]]:
    prefix = "dbos." if connection.vendor == "postgresql" else ""
    columns = {"workflow_status": "workflow_uuid, name, queue_name", "notifications": "destination_uuid, topic"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns[table]} FROM {prefix}{table} ORDER BY 1")  # noqa: S608 - names of ours
        return list(cursor.fetchall())


def enqueue_and_fail(identity: str) -> None:
    with suppress(InterruptedError), transaction.atomic():
        enqueue("order.prepare", "orders", identity, "1", 1)
        raise InterruptedError


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    prefix = "dbos." if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {prefix}workflow_status")  # noqa: S608


def test_a_commit_enqueues() -> None:
    with transaction.atomic():
        enqueue("order.prepare", "orders", "order:1:1", "1", 1)
        assert not connection.needs_rollback
    assert rows("workflow_status") == [("order:1:1", "order.prepare", "orders")]


def test_a_rollback_enqueues_nothing() -> None:
    enqueue_and_fail("order:1:1")
    assert rows("workflow_status") == []


def test_a_savepoint_that_is_rolled_back_enqueues_nothing() -> None:
    with transaction.atomic():
        enqueue("order.prepare", "orders", "order:1:1", "1", 1)
        enqueue_and_fail("order:2:1")
    assert [identity for identity, *_ in rows("workflow_status")] == ["order:1:1"]


def test_the_same_work_is_enqueued_once() -> None:
    for _ in range(2):
        with transaction.atomic():
            enqueue("order.prepare", "orders", "order:1:1", "1", 1)
    assert len(rows("workflow_status")) == 1


def test_what_is_urgent_stands_before_what_takes_its_turn() -> None:
    with transaction.atomic():
        enqueue("job.print", "printers", "job:1", "1", partition="machine", priority=10)
        enqueue("job.print", "printers", "job:2", "2", partition="machine", priority=1)
    prefix = "dbos." if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT workflow_uuid FROM {prefix}workflow_status ORDER BY priority")  # noqa: S608
        assert [identity for (identity,) in cursor.fetchall()] == ["job:2", "job:1"]


def test_the_same_message_is_sent_once() -> None:
    with transaction.atomic():
        enqueue("job.print", "printers", "job:1", "1", partition="machine")
        for _ in range(2):
            send("job:1", {"kind": "cleared"}, key="cleared:1")
    assert rows("notifications") == [("job:1", "news")]


def test_work_is_not_handed_over_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        enqueue("order.prepare", "orders", "order:1:1", "1", 1)


def test_djangos_own_functions_stay_in_place() -> None:
    # SQLAlchemy would replace Django's REGEXP function on a connection that it is given
    with transaction.atomic():
        enqueue("order.prepare", "orders", "order:1:1", "1", 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Order 12' REGEXP '^order'" if connection.vendor == "sqlite" else "SELECT FALSE")
            assert not cursor.fetchone()[0]
