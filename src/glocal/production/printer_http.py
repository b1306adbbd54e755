"""Talk HTTP to a printer's server and turn every failure into one of two errors: not let in, or not available."""

from __future__ import annotations

from typing import Any

import httpx

from glocal.production.diagnosis import CHECK_ADDRESS, WORDS
from glocal.production.errors import PrinterAuthError, PrinterUnavailable

_TIMEOUT = httpx.Timeout(10.0, connect=5.0, write=120.0)  # uploads to a small board over Wi-Fi are slow
_MOST_BYTES = 16_000_000  # no printer has more to say; what answers may be no printer


class PrinterHttp:
    """A connection to one printer's server.

    Parameters
    ----------
    server : str
        What kind of server it is, for messages: ``"OctoPrint"``, ``"Moonraker"`` …
    base_url : str
        Its address.
    headers : dict
        Sent with every request.
    client : httpx.Client, optional
        A client of the caller's, for tests and proxies; then the caller closes it.
    auth : httpx.Auth, optional
        Sign-in that is more than a header.
    """

    def __init__(
        self,
        server: str,
        base_url: str,
        *,
        headers: dict[str, str] | None = None,
        client: httpx.Client | None = None,
        auth: httpx.Auth | None = None,
    ) -> None:
        self.server = server
        self.base_url = base_url.rstrip("/")
        self._headers = headers or {}
        self._auth = auth
        self._client = client or httpx.Client(timeout=_TIMEOUT)
        self._owns_client = client is None

    def close(self) -> None:
        """Close the connection if it is ours."""
        if self._owns_client:
            self._client.close()

    def request(self, method: str, path: str, *, expect: tuple[int, ...] = (), **content: Any) -> httpx.Response:
        """Send a request and return the answer.

        Parameters
        ----------
        expect : tuple of int
            Status codes of 400 and above that the caller wants to judge itself.

        Raises
        ------
        PrinterAuthError
            The server answered 401 or 403.
        PrinterUnavailable
            No answer, or one that we cannot trust.
        """
        headers = {**self._headers, **content.pop("headers", {})}
        try:
            request = self._client.build_request(method, self.base_url + path, headers=headers, **content)
            answer = self._client.send(request, auth=self._auth or httpx.USE_CLIENT_DEFAULT, stream=True)
            try:
                self._take_in(answer)
            finally:
                answer.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self.unavailable(error) from error
        if answer.status_code in expect or answer.status_code < 400:
            return answer
        if answer.status_code in (401, 403):
            raise PrinterAuthError(
                "{server} at {address} does not let us in.",
                help="Copy the key again from the printer's own page; it may have been changed or withdrawn.",
                **self._names,
                status=answer.status_code,
            )
        raise PrinterUnavailable(
            "{server} at {address} answered {status} to {asked}.",
            help="Look at the printer's own page; restart its server if it does not recover.",
            **self._names,
            asked=f"{method} {path}",
            status=str(answer.status_code),
            answer=answer.text[:300],
        )

    def _take_in(self, answer: httpx.Response) -> None:
        """Read an answer's body, unless it has no end."""
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise PrinterUnavailable(
                    "What answers at {address} sends more than any printer would.", help=CHECK_ADDRESS, **self._names
                )
        answer._content = bytes(body)

    def json(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """Send a request and return the JSON object that answers it."""
        return self.decode(self.request(method, path, **content))

    def decode(self, answer: httpx.Response) -> dict[str, Any]:
        """Return the JSON object of an answer."""
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise PrinterUnavailable(
                "What answers at {address} is not {server}.",
                help=CHECK_ADDRESS,
                **self._names,
                status=answer.status_code,
            )
        return body

    def unavailable(self, error: Exception) -> PrinterUnavailable:
        """Return a failed connection in plain words."""
        if isinstance(error, httpx.TimeoutException):
            code = "slow"
        elif isinstance(error, httpx.ConnectError):
            code = "unreachable"
        elif isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            code = "no_address"
        else:
            code = "broke_off"
        words, advice = WORDS[code]
        return PrinterUnavailable(words, help=advice, reason=str(error), diagnosis=code, **self._names)

    @property
    def _names(self) -> dict[str, str]:
        return {"server": self.server, "address": self.base_url}
