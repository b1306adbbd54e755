"""One call from a finished job to a signed record."""

from __future__ import annotations

from typing import Any

from glocal.commons.log import Log
from glocal.commons.model import Appended
from glocal.commons.records import outcome_record


def publish_outcome(log: Log, *, job_key: str, machine_key: str, month: str, **features: Any) -> Appended:
    """Append what came out of a job; calling again with the same ``job_key`` changes nothing.

    Parameters
    ----------
    log : Log
        The shop's own log.
    job_key, machine_key : str
        Private identities; they are turned into stand-ins by the log's secret and do not appear.
    month : str
        ``YYYY-MM`` of the job.
    **features
        As :func:`glocal.commons.records.outcome_record` takes them.
    """
    record = outcome_record(id=log.record_id(job_key), machine_alias=log.machine_alias(machine_key), **features)
    return log.append(record, month=month)
