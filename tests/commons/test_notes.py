import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glocal.commons.errors import BadEncoding, BadSignature, NameRefused
from glocal.commons.notes import (
    check_name,
    checkpoint_text,
    open_checkpoint,
    open_note,
    parse_vkey,
    sign_note,
    verifier_key,
)

# The example of the signed-note format as it has been published for Go's checksum database
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


@pytest.fixture
def signer():
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    return verifier_key("shop.example/1", private.public_key().public_bytes_raw()), private.sign


def test_a_note_that_others_signed_opens():
    assert open_note(NOTE.encode(), parse_vkey(VKEY)).startswith("If you think")


def test_a_verifier_key_survives_writing_and_reading(signer):
    assert parse_vkey(str(signer[0])) == signer[0]


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AAAA",
        VKEY.replace("c74f20a3", "c74f20a4"),  # not the id of this key
        VKEY.replace("PeterNeumann", "Someone"),  # the id belongs to another name
        VKEY[:-4],
        VKEY + "=",
    ],
)
def test_a_damaged_verifier_key_is_refused(vkey):
    with pytest.raises(BadEncoding):
        parse_vkey(vkey)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("answer", "Answer"),
        lambda note: note.replace("x08go", "x08gp"),
        lambda note: note.replace("— PeterNeumann", "— Somebody"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note.replace("=\n", "\n"),
        lambda note: note.replace("If", "If\r"),
        lambda note: note + note.splitlines()[-1].replace("x08go/ZJk", "x08go/ZJl") + "\n",
        lambda note: note + "— other AAAAAAAA\n" * 20,
    ],
    ids=[
        "text",
        "key id",
        "name",
        "dash",
        "no blank line",
        "no newline",
        "blank end",
        "padding",
        "control",
        "second",
        "many",
    ],
)
def test_a_changed_note_is_refused(change):
    with pytest.raises((BadSignature, BadEncoding)):
        open_note(change(NOTE).encode(), parse_vkey(VKEY))


def test_signatures_by_others_are_ignored(signer):
    note = sign_note("hello\n", [signer]).decode()
    note += "— witness.example " + base64.b64encode(b"abcd" + bytes(64)).decode() + "\n"
    assert open_note(note.encode(), signer[0]) == "hello\n"


def test_a_checkpoint_is_origin_size_root(signer):
    note = sign_note(checkpoint_text("shop.example/1", 7, bytes(32)), [signer])
    checkpoint = open_checkpoint(note, str(signer[0]))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("shop.example/1", 7, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        checkpoint_text("other.example/1", 7, bytes(32)),
        checkpoint_text("shop.example/1", 7, bytes(31)),
        checkpoint_text("shop.example/1", 7, bytes(32)).replace("\n7\n", "\n07\n"),
        checkpoint_text("shop.example/1", 7, bytes(32)).replace("\n7\n", "\n-7\n"),
        checkpoint_text("shop.example/1", 7, bytes(32)).replace("\n7\n", "\n٧\n"),  # a digit of another script
        checkpoint_text("shop.example/1", 7, bytes(32)) + "more\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(signer, text):
    with pytest.raises(BadEncoding):
        open_checkpoint(sign_note(text, [signer]), str(signer[0]))


@pytest.mark.parametrize("name", ["", "Shop", "a b", "a+b", "../x", "a//b", "/a", "a\n", "x" * 101, "ähm"])
def test_a_name_that_could_confuse_is_refused(name):
    with pytest.raises(NameRefused):
        check_name(name)
