"""The web server inside this process: granian over Django's ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import thread as pool
from pathlib import Path
from types import FrameType

from glocal.errors import OutsidePartFailed

READY_WITHIN_S = 120.0
BACKLOG = 1024
OPEN_ANSWERS = 10_000


class PortTaken(OutsidePartFailed):
    """Something else listens at the port."""

    code = "port_taken"


class NotReady(OutsidePartFailed):
    """The server did not answer in time."""

    code = "server_not_ready"


def check_port_is_free(host: str, port: int) -> None:
    """Raise :class:`PortTaken` when the address cannot be listened at."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (UnicodeError, socket.gaierror) as error:
        raise PortTaken(
            f"“{host[:80]}” is no address that is known here.",
            help="Give an address of this machine, such as 127.0.0.1.",
        ) from error
    except OSError as error:
        raise PortTaken(
            f"The shop cannot listen at {host}:{port}: {error.strerror or error}.",
            help="Choose another port with --port, or end the program that uses it.",
        ) from error


def run_web_server(host: str, port: int, *, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``on_ready`` is called with the address as soon as the shop answers.

    Returns while abandoned requests may still run (``asyncio.run`` would wait for them): see :func:`end_stragglers`.
    """
    loop = asyncio.new_event_loop()
    threads = ThreadPoolExecutor(thread_name_prefix="request")
    loop.set_default_executor(threads)
    try:
        loop.run_until_complete(_serve(host, port, on_ready))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # idle threads end here, busy ones are left to end_stragglers


def end_stragglers(*, within_s: float = 5.0) -> None:
    """End what abandoned requests still run, so that the program ends when asked.

    A slicer that somebody's closed browser once asked for would hold the program for minutes. Nothing is lost: what
    must not be lost is in the database, and orders go on at the next start.
    """
    ends = time.monotonic() + within_s
    while _request_threads() and time.monotonic() < ends:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        time.sleep(0.1)
    if _request_threads():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _request_threads() -> list[threading.Thread]:
    """Return the threads that still do something; one of a pool that waits for work ends with the program."""
    frames = sys._current_frames()
    others = [one for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]
    return [one for one in others if not _waits_for_work(frames.get(one.ident or 0))]


def _waits_for_work(frame: FrameType | None) -> bool:
    if frame is None:
        return False
    return (frame.f_code.co_name, frame.f_code.co_filename) == ("_worker", pool.__file__)


def _children() -> list[int]:
    """Return the processes that threads of this one started (Linux; elsewhere none are found)."""
    lists = Path("/proc/self/task").glob("*/children")
    return [int(child) for one in lists for child in one.read_text().split()]


async def _serve(host: str, port: int, on_ready: Callable[[str], None]) -> None:
    from django.core.asgi import get_asgi_application
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        get_asgi_application(),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        # its own limit, 128 open answers, would shut the shop for everybody once 128 pages listen for news
        backlog=BACKLOG,
        backpressure=OPEN_ANSWERS,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    shown_host = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104 - only shown
    try:
        await _wait_until_ready(host, port, serving)
        await asyncio.to_thread(on_ready, f"http://{shown_host}:{port}")
        await serving
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def _wait_until_ready(host: str, port: int, serving: asyncio.Task[None]) -> None:
    """Return when the server accepts connections."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN_S
    while loop.time() < deadline and not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise NotReady("The web server did not start.", help="Look at the messages above.")
