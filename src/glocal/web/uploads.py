"""A cap on what is uploaded, before it is taken in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 40_000_000


class CappedUpload(FileUploadHandler):
    """Refuse a body that says that it is larger than anything this shop reads; the server counts that it is true."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Look at the length before the first byte is read."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"At most {MOST_BYTES // 1_000_000} MB can be sent at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on to the handler that keeps it."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handler that keeps it."""
