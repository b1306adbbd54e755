"""What federation costs: a first sync of 100,000 records, one more record, a poll; what no mutation gets past."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks import Figure, at_most, commons_relevance, commons_search, contrary, lpbf, poison

RECORDS = 100_000
PUSHED = 400
MUTATIONS = 100_000
WORLDS = int(os.environ.get("GLOCAL_WORLDS", "1000"))

FOLLOW = """
import json, sys, time
from pathlib import Path
from glocal.commons.following import follow, sync_followed
copy = follow(Path(sys.argv[1]), (sys.argv[2],), root_vkey=sys.argv[3], allow_home=True)
begin, worked = time.perf_counter(), time.process_time()
report = sync_followed(copy)
told = {"seconds": time.perf_counter() - begin, "cpu_s": time.process_time() - worked}
# not getrusage: its maximum begins with what the parent held when it started this process
peak = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
told |= {"size": report.size, "new": report.new_entries, "peak_mb": int(peak) / 1024}
print(json.dumps(told))
"""


def parts(data: Path | None) -> dict[str, Callable[[], list[Figure]]]:
    """Return what is measured, by name, the quick ones first; the odds need the data of others."""
    named: dict[str, Callable[[], list[Figure]]] = {
        "federation": lambda: in_directory(federation),
        "mutations": lambda: in_directory(mutations),
        "search": commons_search.figures,
        "relevance": commons_relevance.figures,
        "poison": poison.figures,
        "contrary": contrary.figures,
    }
    table = data / "lpbf" / "dataset.xlsx" if data else None
    if table and table.exists():
        named["lpbf"] = lambda: lpbf.figures(table)
    return {**named, "worlds": worlds}


def in_directory(measure: Callable[[Path], list[Figure]]) -> list[Figure]:
    """Measure in a directory that is removed afterwards."""
    with tempfile.TemporaryDirectory() as directory:
        return measure(Path(directory))


def federation(directory: Path) -> list[Figure]:
    """Publish, serve and follow over loopback, the follower in a process of its own."""
    log = filled_log(directory / "shop")
    with served(log.public) as url, relayed(url) as relay:
        relay_url = f"http://127.0.0.1:{relay.port}"
        first = follower(directory / "peers", url, log.root_vkey)
        assert first["size"] == RECORDS, first
        follower(directory / "counted", relay_url, log.root_vkey)
        first_mb = relay.taken() / 1e6
        log.append(outcome(log, RECORDS), month="2026-11")
        one_more = follower(directory / "counted", relay_url, log.root_vkey)
        assert one_more["new"] == 1, one_more
        one_more_bytes = relay.taken()
        follower(directory / "counted", relay_url, log.root_vkey)
        poll_bytes = relay.taken()
    peer = f"one signed POST per record ({PUSHED} measured, scaled)"
    pushed = signed_push(log)
    return [
        at_most("first sync of 100,000 records, s", first["seconds"], 3, peer=peer, peer_value=pushed["seconds"]),
        Figure("first sync of 100,000 records, the follower's CPU s", first["cpu_s"]),
        at_most("first sync of 100,000 records, MB on the wire", first_mb, 12, peer=peer, peer_value=pushed["mb"]),
        at_most("first sync of 100,000 records, peak memory MB", first["peak_mb"], 150),
        at_most("one more record, bytes on the wire", one_more_bytes, 4000),
        at_most("poll that finds nothing new, bytes on the wire", poll_bytes, 300),
    ]


def filled_log(directory: Path) -> Any:
    """Return a log of 100,000 outcomes that differ as real ones do."""
    from glocal.commons.keys import create_keys
    from glocal.commons.log import Log

    log = Log.create(directory, "shop.example/commons", create_keys(directory / "private" / "keys"))
    for start in range(0, RECORDS, 4096):
        numbers = range(start, min(start + 4096, RECORDS))
        log.append_many([outcome(log, number) for number in numbers], month="2026-11")
    return log


def outcome(log: Any, number: int) -> dict[str, Any]:
    """Return the outcome of one job out of many machines, materials and parts."""
    from glocal.commons.outcomes import CameOut, Surroundings, outcome_record
    from tests.commons.shops import Features, Machine, Material, Recipe

    rng = random.Random(number)  # noqa: S311
    size_mm = rng.uniform(8, 180)
    part = Features(
        size_mm**3 * rng.uniform(0.1, 0.6), size_mm**2 * 6, (size_mm, size_mm * rng.random(), 20.0), size_mm
    )
    failed = rng.random() < 0.13
    return outcome_record(
        id=log.record_id(f"job {number}"),
        machine=Machine(model=rng.choice(("Original Prusa MK4", "Original Prusa i3 MK3S", "Ender-3 V2", "Bambu X1C"))),
        machine_alias=log.machine_alias(str(rng.randrange(40))),
        material=Material(rng.choice(("PLA", "PETG", "ASA", "TPU"))),
        recipe=Recipe(rng.choice((0.1, 0.15, 0.2, 0.3)), rng.choice((10.0, 15.0, 20.0, 40.0)), rng.random() < 0.2),
        part=part,
        came_out=CameOut(
            phase=rng.choice(("never_started", "part_fault", "machine_fault")) if failed else "ok",
            defect=rng.choice(("warping", "stringing", "adhesion", "clog")) if failed else None,
            estimated_s=(estimated := rng.lognormvariate(8.5, 1)),
            actual_s=estimated * rng.lognormvariate(0.05, 0.1),
            estimated_g=(mass := rng.lognormvariate(3, 1)),
            actual_g=mass * rng.lognormvariate(0, 0.05),
        ),
        around=Surroundings(room_c=rng.gauss(21, 3)),
    )


def follower(peers: Path, url: str, root_vkey: str) -> dict[str, Any]:
    """Follow in a fresh process and return what it measured."""
    command = [sys.executable, "-c", FOLLOW, str(peers), url, root_vkey]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@contextmanager
def served(public: Path) -> Iterator[str]:
    """Serve a log from a process of its own."""
    command = [sys.executable, "-m", "glocal", "commons", "serve", "--directory", str(public), "--port", "0", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"]
    finally:
        server.terminate()
        server.wait()


class Relay:
    """A TCP relay that counts what the server sends: status lines, headers and bodies."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.counted = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def taken(self) -> int:
        """Return the bytes since the last call."""
        time.sleep(0.1)
        counted, self.counted = self.counted, 0
        return counted

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target_port))
                threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, count: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                self.counted += len(piece) if count else 0
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relayed(url: str) -> Iterator[Relay]:
    """Relay to a server and count."""
    relay = Relay(int(url.rpartition(":")[2]))
    try:
        yield relay
    finally:
        relay.listener.close()


def signed_push(log: Any) -> dict[str, float]:
    """Send records as federated social servers do, each signed in a request of its own, and scale to all of them."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    import httpx

    private = log.keys.operating[1]
    public = private.public_key()

    class Inbox(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            public.verify(bytes.fromhex(self.headers["Signature"]), body)
            self.send_response_only(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    contents = [entry.content for entry in log.entries(0, PUSHED)]
    with ThreadingHTTPServer(("127.0.0.1", 0), Inbox) as server, httpx.Client() as client:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sent = 0
        begin = time.perf_counter()
        for content in contents:
            headers = {"Signature": private.sign(content).hex(), "Content-Type": "application/activity+json"}
            answer = client.post(f"http://127.0.0.1:{server.server_address[1]}/inbox", content=content, headers=headers)
            sent += len(content) + sum(len(name) + len(value) + 4 for name, value in answer.request.headers.items())
        seconds = time.perf_counter() - begin
        server.shutdown()
    return {"seconds": seconds * RECORDS / PUSHED, "mb": sent * RECORDS / PUSHED / 1e6}


def mutations(directory: Path) -> list[Figure]:
    """Change one byte of a published file 100,000 times; count how often something else than the truth is accepted."""
    from glocal.commons.errors import NotVerified
    from tests.commons.shops import new_log, problems
    from tests.laws.test_commons_fuzz import mutate

    log = new_log(directory / "fuzzed")
    log.append_many(problems(5000)[:20], month="2026-11")
    files = {str(path.relative_to(log.public)): path.read_bytes() for path in log.public.rglob("*") if path.is_file()}
    truth = list(log.entries())
    rng, accepted, names = random.Random(3), 0, sorted(files)  # noqa: S311
    for _ in range(MUTATIONS):
        name = rng.choice(names)
        with suppress(NotVerified):
            accepted += accepts(log, truth, name, files[name], mutate(files[name], rng))
    return [at_most("changed contents accepted out of 100,000 byte mutations", accepted, 0)]


def accepts(log: Any, truth: list[Any], name: str, data: bytes, changed: bytes) -> bool:
    """Say whether a follower that knows the signed root would take changed bytes for something else than they were."""
    from glocal.commons import bundles, notes, tiles
    from glocal.commons.merkle import leaf_hash, root_of

    if name.endswith("checkpoint"):
        found, true = notes.open_checkpoint(changed, log.vkey), log.checkpoint()
        return (found.size, found.root) != (true.size, true.root)
    if name == "identity":
        return notes.open_identity(changed, log.root_vkey).epochs != log.identity.epochs
    if "/content/" in name:
        level, index = int(name.split("/")[2]), int(name.split("/")[3])
        start, stop = bundles.span((level, index))
        found_entries = bundles.decode_bundle(changed, stop - start)
        return any(
            found.content not in {None, true.content} and leaf_hash(found.commitment) == leaf_hash(true.commitment)
            for found, true in zip(found_entries, truth[start:stop], strict=True)
        )
    width = int(name.rpartition("/")[2])
    if "/entries/" in name:
        leaves = [leaf_hash(commitment) for commitment in tiles.read_commitments(Only(changed), 0, width)]
    else:
        leaves = [tiles.read_tile(Only(changed), 0, 0, width)[at : at + 32] for at in range(0, 32 * width, 32)]
    return changed != data and root_of(leaves) == log.checkpoint().root


class Only:
    """A source that answers with the same bytes whatever is asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, _path: str, max_bytes: int) -> bytes | None:
        """Return the bytes."""
        return self.data[:max_bytes]


def worlds() -> list[Figure]:
    """Let random worlds of shops, copies, forks and bad mirrors run; count those that do not end well."""
    failed = 0
    with ProcessPoolExecutor() as pool:
        for done, bad in enumerate(pool.map(fails, range(WORLDS), chunksize=5), 1):
            failed += bad
            if done % 100 == 0:
                print(f"  {done} worlds, {failed} that did not end well", file=sys.stderr, flush=True)
    name = f"of {WORLDS} random worlds: diverged, accused an honest shop, missed a fork, or kept an erased byte"
    return [at_most(name, failed, 0)]


def fails(seed: int) -> bool:
    """Say whether one world does not end well."""
    from tests.commons.worlds import World

    rng = random.Random(seed)  # noqa: S311
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as directory:
        world = World(Path(directory), seed=seed, nodes=rng.randint(3, 6))
        for _ in range(rng.randint(5, 30)):
            world.step()
        world.settle()
        return bool(world.failures())
