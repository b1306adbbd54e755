"""The server inside the process: an address that is taken is said at once, and it ends when it is asked to."""

from __future__ import annotations

import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from glocal.cli.web_server import PortTaken, _request_threads, check_port_is_free, run_web_server
from tests.waiting import PATIENCE_S, wait_for


def test_a_port_that_is_taken_is_named_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)) as raised:
            check_port_is_free("127.0.0.1", port)
    assert "--port" in raised.value.help
    check_port_is_free("127.0.0.1", port)


def test_it_ends_when_asked_and_leaves_no_idle_thread_behind() -> None:
    before = set(threading.enumerate())
    heard: list[str] = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask_to_end(url: str) -> None:
        heard.append(url)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        run_web_server("127.0.0.1", port, on_ready=ask_to_end)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert heard == [f"http://127.0.0.1:{port}"]
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"{thread.name} is still there"


def test_a_thread_that_waits_for_work_is_not_waited_for() -> None:
    done, begun = threading.Event(), threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="shaper") as shapers:
        work = shapers.submit(lambda: (begun.set(), done.wait(PATIENCE_S)))
        assert begun.wait(PATIENCE_S)
        assert "shaper_0" in {thread.name for thread in _request_threads()}
        done.set()
        work.result()
        wait_for(
            lambda: {thread.name for thread in _request_threads()}, lambda names: "shaper_0" not in names, every_s=0.01
        )
