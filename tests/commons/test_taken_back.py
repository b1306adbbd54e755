"""A problem and a design are taken back, and nothing of them is left at three shops, by the commands alone."""

import json

import pytest
from click.testing import CliRunner

from glocal.cli.commons import commons
from tests.commons.test_erase import everything_public

MANIFEST = """okhv = "OKH-LOSHv1.0"
name = "Xylophone clamp"
repo = "https://a.example"
version = "1"
license = "CC-BY-4.0"
licensor = "Ada"
function = "holds"
"""
PROBLEM = {
    "kind": "problem",
    "symptom": "warping",
    "text": "Zebrafish bracket corners curl when the cellar door is open.",
    "context": {"material": "PETG"},
}


class Public:
    """A directory that others can read, as ``everything_public`` wants it."""

    def __init__(self, public):
        self.public = public


@pytest.fixture
def nodes(tmp_path):
    """Three shops: the first publishes, the second follows a copy of it, the third the second's memory stick."""

    def run(node, *words, refused=False):
        result = CliRunner().invoke(commons, [*map(str, words), "--log", str(tmp_path / node), "--json"])
        assert bool(result.exception) is refused, result.exception
        return result.exception if refused else json.loads(result.stdout)

    for name in "abc":
        run(name, "init", f"{name}.example/commons")
    design = tmp_path / "design"
    design.mkdir()
    (design / "okh.toml").write_text(MANIFEST)
    (design / "clamp.stl").write_bytes(b"solid xylophone")
    (tmp_path / "problem.json").write_text(json.dumps(PROBLEM))
    problem = run("a", "publish", tmp_path / "problem.json")["id"]
    published = run("a", "publish-design", design)
    run("b", "follow", tmp_path / "a" / "public")
    run("b", "sync")
    run("b", "fetch-design", published["package"], "-o", tmp_path / "fetched")
    (stick, _) = sorted(
        run("b", "mirror", tmp_path / "stick")["logs"], key=lambda log: not log["name"].startswith("a.")
    )
    run("c", "follow", tmp_path / "stick" / stick["path"])
    run("c", "sync")
    return run, tmp_path, problem, published


def left(where, words=(b"Zebrafish", b"ylophone")):
    """Return which files still hold one of the words, bundles unpacked, the search's cache included."""
    found = [str(path) for path in where.rglob("*.sqlite") if any(word in path.read_bytes() for word in words)]
    for identity in where.rglob("identity"):
        try:
            content = everything_public(Public(identity.parent))
        except ValueError:
            continue
        found += [str(identity.parent)] if any(word in content for word in words) else []
    return found


def test_what_is_taken_back_is_nowhere_any_more(nodes):
    run, here, problem, published = nodes
    for node in "abc":
        assert run(node, "search", "zebrafish")["hits"][0]["record"]["text"] == PROBLEM["text"]
    assert len(left(here / "stick")) == 1
    run("a", "retract", problem, "--reason", "privacy")
    run("a", "retract", published["id"])
    run("a", "retract", published["id"])  # once more changes nothing
    assert left(here / "a") == []
    run("b", "sync")
    assert left(here / "b") == []
    run("b", "mirror", here / "stick")
    assert left(here / "stick") == []
    assert run("c", "sync")["peers"][0]["erased"] == 2
    assert left(here / "c") == []
    run("a", "export", here / "copy")
    assert left(here / "copy") == []
    for node in "abc":
        assert all("Zebrafish" not in str(hit) for hit in run(node, "search", "zebrafish cellar")["hits"])
        refusal = run(node, "fetch-design", published["package"], "-o", here / f"got-{node}", refused=True)
        assert "it was taken back, or never told here" in refusal.message
        assert run(node, "verify")["erased"] == (2 if node == "a" else 0)
    assert run("a", "status")["kinds"] == {"retract": 2}


def test_the_package_of_a_design_that_another_record_announces_stays(nodes):
    run, here, _, published = nodes
    record = {"kind": "design", "package": published["package"], "version": "2", "licence": "CC-BY-4.0"}
    (here / "again.json").write_text(json.dumps({**record, "title": {"en": "The same clamp"}}))
    run("a", "publish", here / "again.json")
    run("a", "retract", published["id"])
    run("b", "sync")
    assert run("b", "fetch-design", published["package"], "-o", here / "got")["title"] == "Xylophone clamp"


def test_a_stranger_is_told_what_to_do(nodes):
    run, here, _, _ = nodes
    whole = CliRunner().invoke(commons, ["follow", str(here / "stick"), "--log", str(here / "c")])
    assert "is a mirror of several logs" in whole.output
    assert "is that of a.example/commons" in whole.output
    full = run("a", "export", here / "stick", refused=True)
    assert "'glocal commons mirror' brings one that is there up to date" in full.help
    told = CliRunner().invoke(commons, ["search", "zebrafish", "--log", str(here / "c")])
    assert "a.example/commons/1#0  Zebrafish bracket corners curl" in told.output
