"""The client that fetches from peers, and the server that serves them, over real sockets on loopback."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import zstandard

from glocal.commons import bundles
from glocal.commons.addresses import check_address
from glocal.commons.errors import AddressRefused, BadEncoding, PeerUnreachable, TooLarge
from glocal.commons.http import HttpReader, Patience, check_url
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.serve import LogServer
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from tests.commons.shops import MONTH, problems
from tests.waiting import PATIENCE_S

INNER = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104
    "192.0.0.192", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1",
    "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1",
    "fe80::1", "fe80::1%1", "2600::1%1", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused(address):
    with pytest.raises(AddressRefused):
        check_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:800::200e"])
def test_a_public_address_is_allowed(address):
    assert str(check_address(address)) == address


def test_the_own_network_is_allowed_when_the_owner_says_so_and_nothing_beyond():
    for address in ("127.0.0.1", "192.168.1.1", "fd12::1", "::1"):
        assert str(check_address(address, allow_home=True)) == address
    for address in ("169.254.169.254", "192.0.0.192", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", INNER[2]):
        with pytest.raises(AddressRefused):
            check_address(address, allow_home=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "0"])
def test_every_spelling_of_an_inner_address_is_refused(host):
    with pytest.raises((AddressRefused, PeerUnreachable)):
        HttpReader(f"http://{host}:9/").read("checkpoint", 100)


def test_one_inner_address_among_public_ones_refuses_the_host():
    reader = HttpReader("http://shop.example", resolve=lambda host, port: ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(AddressRefused):
        reader.read("checkpoint", 100)


def test_the_host_is_resolved_once_so_that_it_cannot_change_in_between(served):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    port = served.server_address[1]
    with HttpReader(f"http://shop.example:{port}", allow_home=True, resolve=lambda *_: next(answers)) as reader:
        assert reader.read("identity", 10_000)
        assert reader.read("checkpoint", 10_000)
        assert reader.read("nothing", 10_000) is None


def test_the_next_address_of_a_host_is_tried_when_one_does_not_answer(served):
    port = served.server_address[1]
    resolve = lambda *_: ["127.0.0.9", "127.0.0.1"]  # noqa: E731
    with HttpReader(f"http://shop.example:{port}", allow_home=True, resolve=resolve) as reader:
        assert reader.read("identity", 10_000)
    with (
        HttpReader("http://shop.example:1", allow_home=True, resolve=resolve) as reader,
        pytest.raises(PeerUnreachable),
    ):
        reader.read("identity", 10_000)


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "file:///etc/passwd", "ftp://shop.example", "http://", "http://a:b@shop.example",
     "http://shop.example?x", "http://shop.example#x", "http://shop.example:99999", "http://shop.example\\@evil", "gopher://x"],
)  # fmt: skip
def test_what_is_no_address_of_a_peer_is_refused(url):
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.fixture
def served(log):
    log.append_many(problems(5000)[:40], month=MONTH)
    server = LogServer(log.public)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_follower_over_http_gets_everything(served, log, tmp_path):
    copy = PeerCopy.create(tmp_path / "peers", Following(log.root_vkey, (served.url,), allow_home=True))
    with HttpReader(served.url, allow_home=True) as reader:
        assert sync(copy, [Source("shop", reader)]).size == 40
        before = reader.received_bytes
        assert sync(copy, [Source("shop", reader)]).new_entries == 0
        assert reader.received_bytes == before  # the checkpoint has not changed, so nothing came but "not modified"


@pytest.mark.parametrize(
    "path",
    [
        "/../private/home.json",
        "/%2e%2e/private/anchor",
        "//etc/passwd",
        "/1",
        "/",
        "/1/../identity",
        "/private/keys/root.key",
        "/identity?x",
        "/1/tile/entries/000.p/../../x",
    ],
)
def test_the_server_gives_nothing_but_files_of_the_log(served, path):
    with contextlib.closing(socket.create_connection(served.server_address)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert b" 404 " in connection.makefile("rb").readline()


PATIENT = Patience(connect_s=PATIENCE_S, read_s=PATIENCE_S, answer_s=PATIENCE_S)
IMPATIENT = Patience(connect_s=PATIENCE_S, read_s=0.5, answer_s=0.5)


@contextlib.contextmanager
def hostile(answer, patience):
    """Serve with a function that writes whatever it likes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            with contextlib.suppress(OSError):
                answer(self)
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield HttpReader(f"http://127.0.0.1:{server.server_address[1]}", allow_home=True, patience=patience)
    finally:
        server.shutdown()
        server.server_close()


def head(handler, status=200, **headers):
    handler.send_response_only(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def endless(handler):
    head(handler)
    while True:
        handler.wfile.write(bytes(100_000))


def dripping(handler):
    head(handler, Content_Length="1000")
    stop = threading.Event()
    for _ in range(40):
        handler.wfile.write(b"x")
        stop.wait(0.05)


def dripping_to_its_end(handler):
    head(handler)
    for _ in range(40):
        handler.wfile.write(b"x")
        threading.Event().wait(0.05)


def dripping_its_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(40):
        handler.wfile.write(b"x")
        threading.Event().wait(0.05)


def silent(handler):
    threading.Event().wait(1.5)


SLOW = (dripping, dripping_to_its_end, dripping_its_headers, silent)


def short(handler):
    head(handler, Content_Length="100")
    handler.wfile.write(b"x")


def compressed(handler):
    import gzip

    bomb = gzip.compress(bytes(10_000_000))
    head(handler, Content_Encoding="gzip", Content_Length=str(len(bomb)))
    handler.wfile.write(bomb)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (endless, TooLarge),
        (dripping, PeerUnreachable),
        (dripping_to_its_end, PeerUnreachable),
        (dripping_its_headers, PeerUnreachable),
        (silent, PeerUnreachable),
        (short, PeerUnreachable),
        (compressed, PeerUnreachable),
        (lambda handler: head(handler, 302, Location="http://169.254.169.254/"), PeerUnreachable),
        (lambda handler: head(handler, 500), PeerUnreachable),
        (lambda handler: head(handler, 304), PeerUnreachable),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), PeerUnreachable),
        (lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000), PeerUnreachable),
    ],
    ids=[
        "endless",
        "dripping",
        "dripping_to_its_end",
        "dripping_its_headers",
        "silent",
        "short",
        "compressed",
        "redirect",
        "error",
        "unasked",
        "nonsense",
        "headers",
    ],
)
def test_a_hostile_server_is_cut_off(answer, error):
    with hostile(answer, IMPATIENT if answer in SLOW else PATIENT) as reader, pytest.raises(error):
        reader.read("checkpoint", 10_000)


def test_a_bundle_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked():
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    assert len(bomb) < 20_000
    with pytest.raises(BadEncoding, match="unpack to more"):
        bundles.decode_bundle(bomb, 4096)


def test_a_bundle_that_hides_its_size_or_lies_about_it_is_refused():
    hidden = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1000))
    with pytest.raises(BadEncoding):
        bundles.decode_bundle(hidden, 1)
    honest = zstandard.ZstdCompressor().compress(b"glc1" + bytes(1000))
    with pytest.raises(BadEncoding):
        bundles.decode_bundle(honest + honest, 1)
    with pytest.raises(BadEncoding):
        bundles.decode_bundle(honest[:-3], 1)
