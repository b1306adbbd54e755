"""Tables of prints that somebody else kept: read as they are, or refused for what is really wrong with them."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.commons_evaluate import evaluate, prints_in
from glocal.commons.errors import CommonsError, NothingKnown, RecordRefused
from glocal.commons.evaluate_odds import judge
from glocal.commons.odds import Setting, Trial
from glocal.commons.prints_table import read_prints
from glocal.text_files import rows_of

PLAIN = "node,ok,nozzle_c\na,1,210\na,0,200.5\nb,1,220\n"


def read(text: str, **given: str):
    return read_prints(*rows_of(text), **given)


def seen(prints) -> list[tuple[str, bool, tuple[float, ...]]]:
    return [(trial.setting.node, trial.ok, trial.setting.settings) for trial in prints.trials]


PLAINLY = [("a", True, (210.0,)), ("a", False, (200.5,)), ("b", True, (220.0,))]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", " , "),
        PLAIN.replace("210", "210 °C").replace("200.5", "200.5 °C").replace("220", "220°C"),
        PLAIN.replace("node,ok", "Lab,Success"),
        PLAIN.replace(",1,", ",Yes,").replace(",0,", ",no,"),
        PLAIN.replace(",1,", ",passed,").replace(",0,", ",Stringing,"),
        "nozzle_c,ok,node\n210,True,a\n200.5,False,a\n220,True,b\n",
    ],
)
def test_a_table_is_read_as_people_keep_it(text):
    assert seen(read(text)) == PLAINLY


@pytest.mark.parametrize("kind", ["utf-8-sig", "utf-16", "gzip", "parquet"])
def test_a_table_is_read_from_what_people_save_it_as(tmp_path: Path, kind: str):
    file, plain = tmp_path / "prints.csv", tmp_path / "plain.csv"
    plain.write_text(PLAIN)
    if kind == "parquet":
        duckdb.read_csv(str(plain)).write_parquet(str(file))
    else:
        file.write_bytes(gzip.compress(PLAIN.encode()) if kind == "gzip" else PLAIN.encode(kind))
    assert seen(prints_in(file, node="", ok="")) == PLAINLY


def test_flags_and_words_are_settings_and_what_is_none_is_said():
    rows = "".join(f"a,{n % 2},{n},{['grid', 'gyroid', 'lines'][n % 3]},{'yn'[n % 2]},2026-01-{n + 1:02d},w{n}\n"
                   for n in range(12))  # fmt: skip
    prints = read("node,ok,id,infill,fan,day,who\n" + rows)
    assert prints.settings == ("infill=grid", "infill=gyroid", "infill=lines", "fan")
    assert prints.trials[1].setting.settings == (0.0, 1.0, 0.0, 0.0)
    told = " ".join(prints.notes)
    assert "'id' is left out: it only counts the rows" in told
    assert "'day' is left out: dates are no settings" in told
    assert "'who' is left out: 12 different words" in told


def test_what_is_unknown_or_beyond_all_measure_is_not_guessed():
    prints = read("node,ok,bed_c,power\na,1,NA,1e300\na,0,60,\nb,1,sixty,200\nb,0,50,100\n")
    settings = [trial.setting.settings for trial in prints.trials]
    assert [math.isnan(bed_c) for bed_c, _ in settings] == [True, False, True, False]
    assert [math.isnan(power) for _, power in settings] == [True, True, False, False]
    assert "1 cells of 'bed_c' are no numbers" in " ".join(prints.notes)
    assert "may be 1000 or 1.000" in " ".join(read('node,ok,x\na,1,"1,000"\na,0,"2,000"\n').notes)


def test_words_that_tell_nothing_and_rows_that_repeat_are_said():
    prints = read("node,ok\na,Stringing\na,ok\na,ok\nb,perhaps\nb,\nb,other\nb,1,7\n")
    assert [trial.ok for trial in prints.trials] == [False, True, True, True]
    assert prints.left_out == {"perhaps": 1, "": 1, "other": 1}
    assert any("1 rows are equal to another" in note for note in prints.notes)
    assert any("1 rows have more cells than the header" in note for note in prints.notes)


@pytest.mark.parametrize(
    ("text", "given", "why"),
    [
        ("ok,x\n1,2\n", {}, "No column says whose print each is; the table has 'ok', 'x'"),
        ("node,x\na,2\n", {}, "No column says how it came out"),
        ("shop,lab,ok\na,b,1\n", {}, "Several columns may say whose print each is: 'shop', 'lab'"),
        ("node,ok\na,1\n", {"ok": "oks"}, "The table has no column 'oks'"),
        ("node,ok,ok\na,1,1\n", {}, "Two columns are called 'ok'"),
        ("node,ok\n", {}, "The table has no rows"),
        ("", {}, "The table has no rows"),
        ("node,ok\na,gelungen\n", {}, "No word in the column 'ok' says how a print came out: 'gelungen'"),
        ("node,ok\na,1\na,1\n", {}, "All 2 prints came out well"),
        ("node,ok\na,failed\n", {}, "The only print came out badly"),
    ],
)
def test_a_table_is_refused_for_what_is_wrong_with_it(text, given, why):
    with pytest.raises(CommonsError, match=why) as refused:
        read(text, **given)
    assert refused.value.help


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\3\4", "spreadsheet"),
        (b"\0\1", "not a text"),
        (b'[{"node": 1}]', "JSON"),
        (b'node,ok\n"a,1\n', "end of data"),
        (b"\x1f\x8bnonsense", "no table"),
    ],
)
def test_what_is_no_table_is_called_so(tmp_path: Path, data: bytes, why: str):
    (tmp_path / "prints.csv").write_bytes(data)
    with pytest.raises(RecordRefused, match=why):
        prints_in(tmp_path / "prints.csv", node="", ok="")


def trials(*counts: int) -> list[Trial]:
    return [
        Trial(Setting((float(n),), "", "", f"s{shop}"), n % 2 == 0)
        for shop, many in enumerate(counts)
        for n in range(many)
    ]


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((30,), "all of its prints are of one shop"),
        ((30, 4, 4), "only one of 3 shops has"),
        ((4, 4), "none of 2 shops has"),
        ((9, 9), "9 prints are left to learn from"),
    ],
)
def test_too_few_shops_or_prints_are_called_so(counts, why):
    with pytest.raises(NothingKnown, match=why):
        judge(trials(*counts), 3, rng=np.random.default_rng(1))


def test_the_command_says_how_it_read_the_table(tmp_path: Path):
    rows = "".join(f"s{n % 6},{'ok' if n % 3 else 'failed'},{n % 7}\n" for n in range(72))
    (tmp_path / "p.csv").write_text("maker,how,x\n" + rows)
    answer = CliRunner().invoke(evaluate, [str(tmp_path / "p.csv"), "--ok", "how", "-k", "0", "--json"])
    told = json.loads(answer.stdout)
    assert (told["trials"], told["settings"]) == (72, ["x"])
    assert told["notes"][0] == "the column 'maker' is read as node"
    assert told["rows"][0]["shops"] == 6
