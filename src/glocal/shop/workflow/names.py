"""Names that the database keeps: of workflows, their queues and topics. A running order depends on them."""

from __future__ import annotations

APPLICATION = "glocal"
# pinned: the default hashes the code, so an upgrade would strand running orders. Raise it only together with a
# path for the orders that run under the old one.
APPLICATION_VERSION = "orders-1"

ORDERS_QUEUE = "orders"
PRINTERS_QUEUE = "printers"  # partitioned by machine: one job at a time on each
NOTICES_QUEUE = "notices"
RUSH_FIRST, TAKE_TURNS = 1, 10  # priorities in a printer's queue, the lower first

PREPARE = "order.prepare"
HOLD = "order.hold"
PRINT = "job.print"
LEARN = "order.learn"
SHARE = "job.share"
NOTIFY = "session.notify"
ORDER_MAIL = "order.mail"

NEWS = "news"  # the topic on which a job hears of its printer and its maker


def prepare_id(order_id: object, generation: int) -> str:
    """Return the identity of one preparation of an order."""
    return f"order:{order_id}:{generation}"


def hold_id(order_id: object, generation: int) -> str:
    """Return the identity of the one workflow that closes the plate that an order waits for."""
    return f"hold:{order_id}:{generation}"


def print_id(job_id: object, run: int) -> str:
    """Return the identity of the one workflow that carries a job; another run only after the one before broke."""
    return f"job:{job_id}:{run}"


def learn_id(order_id: object, generation: int) -> str:
    """Return the identity of the evaluation after a print."""
    return f"learn:{order_id}:{generation}"


def share_id(job_id: object, said_at: str) -> str:
    """Return the identity of sharing what came out of a job once more, after a person judged otherwise."""
    return f"share:{job_id}:{said_at}"


def notify_id(notice_id: object) -> str:
    """Return the identity of the one workflow that sends a mail about a design session."""
    return f"notice:{notice_id}"


def order_mail_id(code: str, about: object) -> str:
    """Return the identity of the one workflow that sends a mail about an event of an order."""
    return f"mail:{code}:{about}"
