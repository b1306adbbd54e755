"""A fake Bambu printer (no real one runs without hardware): a real MQTT broker and a real FTPS server, both in TLS.

What answers on them is ours: it takes the commands that glocal sends, prints nothing, and moves on a quarter with each
``pushall``. It names itself a fake in its reports.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import ssl
import threading
from dataclasses import dataclass

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from tests.waiting import PATIENCE_S

SERIAL, CODE = "00M00A000000000", "12345678"


class OnlyTheAccessCode(BaseAuthPlugin):
    """The printer's door: user bblp with its access code."""

    @dataclass
    class Config:
        """No options."""

    async def authenticate(self, *, session):
        return session.username == "bblp" and session.password == CODE


class _ImplicitTls(TLS_FTPHandler):
    """FTP that is TLS from the first byte."""

    def handle(self):
        self.secure_connection(self.ssl_context)
        super().handle()


def certificate(directory):
    """Write a self-signed certificate with its key, as a printer has one, and return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERIAL)])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = directory / "printer.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + cert.public_bytes(serialization.Encoding.PEM))
    return path


class FakeBambu:
    """The printer: its broker, its file store, and the small mind that answers."""

    def __init__(self, directory):
        self.pem = certificate(directory)
        self.files = directory / "sdcard"
        self.files.mkdir()
        self.report = {"gcode_state": "IDLE", "mc_percent": 0, "subtask_name": "", "print_error": 0, "note": "a fake"}
        self.commands, self.steps = [], True
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._start_ftp()
        self._run(self._start_broker())
        self._start_mind()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)

    async def _start_broker(self):
        listener = {"type": "tcp", "bind": "127.0.0.1:0", "ssl": True, "certfile": str(self.pem),
                    "keyfile": str(self.pem)}  # fmt: skip
        plugins = {f"{OnlyTheAccessCode.__module__}.{OnlyTheAccessCode.__qualname__}": {}}
        self._broker = Broker({"listeners": {"default": listener}, "plugins": plugins})
        await self._broker.start()
        (server,) = self._broker._servers.values()
        self.mqtt_port = server.instance.sockets[0].getsockname()[1]

    def _start_ftp(self):
        users = DummyAuthorizer()
        users.add_user("bblp", CODE, str(self.files), perm="elradfmw")
        handler = type(
            "Handler", (_ImplicitTls,), {"authorizer": users, "certfile": str(self.pem), "auth_failed_timeout": 0}
        )
        handler.tls_control_required = handler.tls_data_required = True
        self._ftp = FTPServer(("127.0.0.1", 0), handler, ioloop=IOLoop())
        self.ftp_port = self._ftp.address[1]
        self._serving = True
        threading.Thread(target=self._serve_ftp, daemon=True).start()

    def _serve_ftp(self):
        while self._serving:
            self._ftp.serve_forever(timeout=0.02, blocking=False, handle_exit=False)
        self._ftp.close_all()

    def _start_mind(self):
        self._mind = Client(CallbackAPIVersion.VERSION2)
        context = ssl.create_default_context(cafile=str(self.pem))
        context.check_hostname = False
        self._mind.tls_set_context(context)
        self._mind.username_pw_set("bblp", CODE)
        ready = threading.Event()
        self._mind.on_connect = lambda client, *_: client.subscribe(f"device/{SERIAL}/request")
        self._mind.on_subscribe = lambda *_: ready.set()
        self._mind.on_message = self._hear
        self._mind.connect("127.0.0.1", self.mqtt_port)
        self._mind.loop_start()
        assert ready.wait(PATIENCE_S)

    def _hear(self, client, _data, message):
        said = json.loads(message.payload)
        if "pushing" in said:
            if self.steps and self.report["gcode_state"] == "RUNNING":
                self.report["mc_percent"] += 25
                if self.report["mc_percent"] >= 100:
                    self.report["gcode_state"] = "FINISH"
            client.publish(f"device/{SERIAL}/report", json.dumps({"print": self.report}))
            return
        command = said["print"]
        self.commands.append(command)
        self.report.update(self._obey(command))

    def _obey(self, command):
        what = command["command"]
        if what == "project_file":
            stored = (self.files / command["url"].removeprefix("ftp:///")).is_file()
            begun = {"gcode_state": "RUNNING", "mc_percent": 0, "subtask_name": command["subtask_name"]}
            return begun if stored else {"print_error": 0x0500C010}
        return {"gcode_state": {"pause": "PAUSE", "resume": "RUNNING", "stop": "FAILED"}[what]}

    def close(self):
        self._mind.disconnect()
        self._mind.loop_stop()
        self._serving = False
        self._run(self._broker.shutdown())
        self._loop.call_soon_threadsafe(self._loop.stop)
