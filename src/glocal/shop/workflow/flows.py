"""The workflows themselves: only the order of the steps. DBOS remembers each step's answer, so the order of steps may
depend on nothing but these answers and received messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from dbos import DBOS
from django.db import close_old_connections

from glocal.shop.workflow import job_steps, learn, prepare, share_plate
from glocal.shop.workflow.names import HOLD, LEARN, NEWS, PREPARE, PRINT, SHARE
from glocal.shop.workflow.pace import pace
from glocal.shop.workflow.stage import GO_ON, Stage, run_stage

Answer = TypeVar("Answer")

PREPARATION: tuple[Stage, ...] = (
    *(prepare.check, prepare.slice_exactly, prepare.find_maker),
    *(share_plate.hold, prepare.lay_out),
)
CLOSING: tuple[Stage, ...] = (share_plate.close_plate, prepare.lay_out)
EVALUATION: tuple[Stage, ...] = (learn.learn, learn.share)
LONG_SILENCE_S = 300.0
# what nobody foresaw (a database that is away, a defect) is tried again for about four minutes
STEP: dict[str, Any] = {"retries_allowed": True, "max_attempts": 8, "interval_seconds": 2.0, "backoff_rate": 2.0}


@DBOS.step(name="order.stage", **STEP)
def stage_step(stage: str, order_id: str, generation: int) -> str:
    """Run one stage of an order."""
    stages = {each.__name__: each for each in (*PREPARATION, *CLOSING, *EVALUATION)}
    return _with_fresh_connection(lambda: run_stage(stages[stage], order_id, generation))


@DBOS.workflow(name=PREPARE, max_recovery_attempts=None)
def prepare_order(order_id: str, generation: int) -> str:
    """Carry an order from its placement into the queue of a printer."""
    return _run(PREPARATION, order_id, generation)


@DBOS.workflow(name=HOLD, max_recovery_attempts=None)
def close_held_plate(order_id: str, generation: int) -> str:
    """Close the plate that an order waits for, with all who wait for the same."""
    return _run(CLOSING, order_id, generation)


@DBOS.workflow(name=LEARN, max_recovery_attempts=None)
def evaluate_order(order_id: str, generation: int) -> str:
    """Carry an order from its print to its end."""
    return _run(EVALUATION, order_id, generation)


@DBOS.step(name="job.share_step", **STEP)
def share_step(job_id: str) -> str:
    """Share a corrected outcome."""
    return _with_fresh_connection(lambda: learn.share_correction(job_id))


@DBOS.workflow(name=SHARE, max_recovery_attempts=None)
def share_job(job_id: str) -> str:
    """Correct what was shared of a job, after a person judged otherwise."""
    return share_step(job_id)


def _run(stages: tuple[Stage, ...], order_id: str, generation: int) -> str:
    for stage in stages:
        if stage_step(stage.__name__, order_id, generation) != GO_ON:
            break
    return order_id


@DBOS.step(name="job.ready", **STEP)
async def ready_step(job_id: str) -> str:
    """Ask whether a job can start."""
    return await asyncio.to_thread(_with_fresh_connection, lambda: job_steps.make_ready(job_id))


@DBOS.step(name="job.start", **STEP)
async def start_step(job_id: str) -> str:
    """Start a job at most once."""
    return await asyncio.to_thread(_with_fresh_connection, lambda: job_steps.start_once(job_id))


@DBOS.step(name="job.hear", **STEP)
async def hear_step(job_id: str, news: dict[str, Any] | None) -> str:
    """Take in one piece of news."""
    return await asyncio.to_thread(_with_fresh_connection, lambda: job_steps.hear(job_id, news))


@DBOS.workflow(name=PRINT, max_recovery_attempts=None)
async def print_job(job_id: str) -> str:
    """Carry a job from its printer's queue to its end; the queue lets one job at a time through for each printer.

    It waits for hours, so it holds no thread while it waits: any number of printers can be followed at once, and the
    process can end at any moment.
    """
    tries = 0
    while True:
        answer = await ready_step(job_id)
        if answer == job_steps.START:
            answer = await start_step(job_id)
        if answer != job_steps.WAIT:
            break
        await DBOS.recv_async(NEWS, timeout_seconds=pace().wait(tries))
        tries += 1
    while answer != job_steps.END:
        answer = await hear_step(job_id, await DBOS.recv_async(NEWS, timeout_seconds=LONG_SILENCE_S))
    return job_id


def _with_fresh_connection(work: Callable[[], Answer]) -> Answer:
    """Run a step on a database connection that is still alive."""
    close_old_connections()
    return work()
