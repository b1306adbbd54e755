"""The server inside the process: an address that is taken is said at once."""

from __future__ import annotations

import socket

import pytest

from glocal.cli.web_server import PortTaken, check_port_is_free


def test_a_port_that_is_taken_is_named_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)) as raised:
            check_port_is_free("127.0.0.1", port)
    assert "--port" in raised.value.help
    check_port_is_free("127.0.0.1", port)
