"""The file store of a Bambu printer: FTP inside TLS from the first byte, behind a certificate that is pinned."""

from __future__ import annotations

import ftplib
import hashlib
import io
import socket
import ssl
import zipfile
from pathlib import Path

from glocal.production.errors import PrinterAuthError, PrinterUnavailable

CONNECT_S = 8.0
TRANSFER_S = 120.0
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="gcode" ContentType="text/x.gcode"/></Types>\n'
)
PLATE = "Metadata/plate_1.gcode"


def pinned_context(host: str, port: int, fingerprint: str = "") -> tuple[ssl.SSLContext, str]:
    """Return a TLS context that trusts exactly the certificate that answers now, and its SHA-256.

    Printers on a local network have no name that a certificate authority could vouch for. Whoever connects a printer
    trusts it once; from then on another certificate is refused before the access code is sent.

    Raises
    ------
    PrinterUnavailable
        Nothing answers, or something with another certificate than ``fingerprint``.
    """
    try:
        pem = ssl.get_server_certificate((host, port), timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise unreachable(host, error) from error
    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    if fingerprint and found != fingerprint:
        raise PrinterUnavailable(
            "What answers at {address} is not the printer that was connected: its certificate is another.",
            help="After a reset or an update of the printer, connect it again; otherwise look who is in your network.",
            address=host,
            found=found,
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate itself is compared
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context, found


def unreachable(host: str, error: Exception) -> PrinterUnavailable:
    """Return a failed connection in plain words."""
    slow = isinstance(error, TimeoutError)
    return PrinterUnavailable(
        "The printer at {address} does not answer in time." if slow else "The printer at {address} cannot be reached.",
        help="Is it switched on, in the same network, and in LAN-only mode with Developer Mode on?",
        address=host,
        reason=str(error),
    )


class _ImplicitFtps(ftplib.FTP_TLS):
    """FTP whose control connection is TLS from the start, and whose data connections resume its session."""

    def connect(
        self, host: str = "", port: int = 0, timeout: float = CONNECT_S, source_address: tuple[str, int] | None = None
    ) -> str:
        self.host, self.port, self.timeout = host, port, timeout
        raw = socket.create_connection((host, port), timeout)
        self.af = raw.family
        self.sock = self.context.wrap_socket(raw)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - inside TLS, wrapped below
        own = self.sock
        session = own.session if isinstance(own, ssl.SSLSocket) else None
        return self.context.wrap_socket(connection, session=session), size


class BambuStore:
    """The files of one printer."""

    def __init__(self, host: str, port: int, access_code: str, context: ssl.SSLContext) -> None:
        self._host, self._port, self._code, self._context = host, port, access_code, context

    def put(self, name: str, data: bytes) -> None:
        """Store a file, and see that it lies there whole."""
        with self._open() as ftp:
            ftp.storbinary(f"STOR {name}", io.BytesIO(data))
            stored = ftp.size(name)
        if stored != len(data):
            raise PrinterUnavailable(
                "Only {arrived} of {bytes} bytes of {file_name} arrived.",
                help="Is the printer's SD card full?",
                arrived=stored,
                bytes=len(data),
                file_name=name,
            )

    def has(self, name: str) -> bool:
        """Say whether a file lies there."""
        with self._open() as ftp:
            try:
                return ftp.size(name) is not None
            except ftplib.error_perm:
                return False

    def _open(self) -> _Session:
        return _Session(self._host, self._port, self._code, self._context)


class _Session:
    """One signed-in connection, whose failures are told in our two kinds of error."""

    def __init__(self, host: str, port: int, code: str, context: ssl.SSLContext) -> None:
        self._host, self._port, self._code = host, port, code
        self._ftp = _ImplicitFtps(context=context)

    def __enter__(self) -> ftplib.FTP_TLS:
        try:
            self._ftp.connect(self._host, self._port)
            self._ftp.login("bblp", self._code)
            self._ftp.prot_p()
            self._ftp.voidcmd("TYPE I")
        except ftplib.error_perm as error:
            self._ftp.close()
            raise PrinterAuthError(
                "The printer does not accept the access code.", help="Its display shows it under Settings → LAN only."
            ) from error
        except (OSError, ftplib.Error, EOFError) as error:
            self._ftp.close()
            raise unreachable(self._host, error) from error
        self._ftp.timeout = TRANSFER_S
        return self._ftp

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._ftp.close()
        if isinstance(error, OSError | ftplib.Error | EOFError):
            raise PrinterUnavailable(
                "The printer at {address} broke off the transfer.",
                help="Is its SD card in place and not full?",
                address=self._host,
                reason=str(error),
            ) from error


def packed(gcode: Path) -> bytes:
    """Return G-code in the archive that the printer takes (``.gcode.3mf``): one plate, and its checksum."""
    content = gcode.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr(PLATE, content)
        archive.writestr(f"{PLATE}.md5", hashlib.md5(content, usedforsecurity=False).hexdigest().upper())
    return buffer.getvalue()
