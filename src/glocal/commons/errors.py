"""What can go wrong with a signed log, in words that its owner understands."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed


class CommonsError(GlocalError):
    """Something about the commons went wrong."""

    code = "commons_error"


class RecordRefused(CommonsError, BadInput):
    """A record is not of the form that may be published."""

    code = "record_refused"


class PrivateDataRefused(RecordRefused):
    """A record holds something that could point at a person."""

    code = "private_data_refused"


class NameRefused(CommonsError, BadInput):
    """A log cannot be called like this."""

    code = "log_name_refused"


class LogNotFound(CommonsError, BadInput):
    """There is no log in this directory."""

    code = "log_not_found"


class LogExists(CommonsError, BadInput):
    """A log is there already and is not written over."""

    code = "log_exists"


class EntryNotFound(CommonsError, BadInput):
    """The log has no such entry."""

    code = "entry_not_found"


class KeysMissing(CommonsError, CannotBeMade):
    """The key that must sign is not here."""

    code = "keys_missing"


class KeysUnsafe(CommonsError, CannotBeMade):
    """Others could read the private key."""

    code = "keys_unsafe"


class LogBusy(CommonsError, CannotBeMade):
    """Another process is writing to the log."""

    code = "log_busy"


class LogWasCopied(CommonsError, CannotBeMade):
    """The directory is a copy or a restored backup; writing to it could contradict what is already public."""

    code = "log_was_copied"


class NotRetractable(CommonsError, CannotBeMade):
    """A tombstone cannot itself be taken away."""

    code = "not_retractable"


class LogNotWritten(CommonsError, OutsidePartFailed):
    """The disk did not take the entry; the log is as it was before."""

    code = "log_not_written"


class NotVerified(CommonsError, BadInput):
    """What was read is not what the log's key has signed."""

    code = "not_verified"


class BadSignature(NotVerified):
    """A signature is missing, by another key, or wrong."""

    code = "bad_signature"


class BadEncoding(NotVerified):
    """Bytes are not in the form that the protocol prescribes."""

    code = "bad_encoding"


class BadProof(NotVerified):
    """A proof does not lead to the signed root."""

    code = "bad_proof"


class PartMissing(NotVerified):
    """A file that the signed size requires is not there."""

    code = "part_missing"


class RecordWithheld(NotVerified):
    """A record is left out although its author has not retracted it."""

    code = "record_withheld"


class Contradicted(NotVerified):
    """The key has signed two histories that exclude each other."""

    code = "contradicted"


class AddressRefused(CommonsError, BadInput):
    """A peer cannot be at this address."""

    code = "address_refused"


class PeerUnreachable(CommonsError, OutsidePartFailed):
    """A peer does not answer, or not as it should."""

    code = "peer_unreachable"


class TooLarge(NotVerified):
    """A peer sent more than was agreed."""

    code = "too_large"


class NotFollowed(CommonsError, BadInput):
    """This shop is not followed."""

    code = "not_followed"


class NothingKnown(CommonsError, CannotBeMade):
    """Too little is known to give odds."""

    code = "nothing_known"
