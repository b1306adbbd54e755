"""What comes back from the commons, for this printer, filament, room and part."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.commons import commons
from glocal.commons.ask import Context, ask, odds_of
from glocal.commons.cases import cases_of
from glocal.commons.knowledge import Known
from glocal.commons.minilm import encoder
from glocal.commons.outcomes import CameOut, outcome_record
from glocal.commons.record_names import content_id, problem_name, reference_to
from glocal.commons.records import answer_record, problem_record
from glocal.commons.relevance import Evidence
from glocal.commons.schema import SYMPTOMS, check_record
from glocal.commons.search import SearchIndex
from glocal.commons.starter import slug_of, starter_problems
from glocal.commons.taxonomy import CLASSES, LANGUAGES, name_of
from glocal.commons.trials import trials_of
from tests.commons.shops import Features, Machine, Material, Recipe

CUBE = Features(8000.0, 2400.0, (20.0, 20.0, 20.0), 0.0)


def print_of(shop, number, *, phase="ok", layer=0.2, machine="MK3S", material="PETG", **more):
    record = outcome_record(
        id=content_id({"shop": shop, "number": number}),
        machine=Machine(model=machine),
        machine_alias="m-00000001",
        material=Material(material),
        recipe=Recipe(layer, 15.0, False),
        part=CUBE,
        came_out=CameOut(phase),
    )
    return Known(shop, f"{shop}+key", 1, number, {**record, "epoch": 1, "month": "2026-11", **more})


def prints(shops=5, each=10):
    """Thick layers hold, thin ones do not, in every shop."""
    return [
        print_of(f"shop{shop}", number, layer=0.3 if number % 2 else 0.1, phase="ok" if number % 2 else "part_fault")
        for shop in range(shops)
        for number in range(each)
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    index = SearchIndex(tmp_path_factory.mktemp("search") / "search.sqlite")
    index.refill(starter_problems())
    return index


def test_every_starter_record_may_be_published_and_has_its_titles():
    known = starter_problems()
    for entry in known:
        check_record(entry.record)
    problems = [entry.record for entry in known if entry.record["kind"] == "problem"]
    assert len(problems) >= 60
    assert all(set(problem["title"]) == set(LANGUAGES) and all(problem["title"].values()) for problem in problems)
    assert len({entry.record["id"] for entry in known}) == len(known)
    assert {problem["symptom"] for problem in problems} <= set(SYMPTOMS)


def test_every_class_of_failure_has_a_name_in_four_languages():
    assert set(CLASSES) == set(SYMPTOMS)
    assert name_of("warping", "fr") == "Coins soulevés"
    assert name_of("warping", "de") == "Corners lift"  # English where there is no name


def test_without_prints_there_are_answers_but_no_odds(index):
    told = ask("corners lift on PETG, humid room", Context("MK3S", "PETG"), starter_problems(), index)
    assert told.odds is None
    assert "0 prints" in told.unsure
    assert slug_of(Known("", "", 0, 0, told.solved[0].record)) == "petg-corners-damp"
    assert "dry the spool" in told.solved[0].answers[0]["text"]


def test_odds_and_settings_come_from_prints_like_this_one(index):
    told = ask("", Context("MK3S", "PETG", nozzle_mm=0.4), prints(), index)
    assert told.advice[0].settings["layer_height_mm"] == 0.3
    assert told.odds.low < told.odds.value < told.odds.high
    assert told.odds.value > 0.7
    assert (told.basis.prints, told.basis.shops, told.basis.alike) == (50, 5, 50)
    bad = Context("MK3S", "PETG", settings={"layer_height_mm": 0.1, "infill_percent": 15.0})
    assert ask("", bad, prints(), index).odds.value < 0.3


def test_a_machine_that_nobody_has_is_said_to_be_unknown():
    found, unsure, basis = odds_of([{}], Context("Never heard of", "PEEK"), prints())
    assert found[0].high - found[0].low > 0.2
    assert basis.alike == 0
    assert "Nobody has shared" in unsure


def test_a_print_that_never_started_is_no_failure():
    known = [print_of("a", number, phase=phase) for number, phase in enumerate(("ok", "never_started", "cancelled",
             "machine_fault", "part_fault"))]  # fmt: skip
    assert [trial.ok for trial in trials_of(known)] == [True, False]


def test_an_answer_is_confirmed_by_prints_once_per_shop():
    problem = problem_record(id=content_id({"p": 1}), symptom="warping", text="Corners lift.", context={})
    answers = [
        answer_record(id=content_id({"a": n}), problem=problem["id"], text=f"Answer {n}.", accepted=n == 0)
        for n in range(2)
    ]
    said = [Known("asks", "asks+key", 1, n, record) for n, record in enumerate([problem, *answers])]
    worked, failed = {"refs": [answers[1]["id"]]}, {"refs": [answers[0]["id"]]}
    tries = [print_of("b", n, **worked) for n in range(9)] + [print_of("c", 0, **worked)]
    tries.append(print_of("d", 0, phase="part_fault", **failed))
    (case,) = cases_of([*said, *tries])
    assert [(entry.text, entry.confirmed, entry.denied) for entry in case.answers] == [
        ("Answer 1.", 2, 0),  # nine prints of one shop and one of another are two shops
        ("Answer 0.", 0, 1),
    ]


def test_nobody_takes_the_confirmations_of_another():
    problem = problem_record(id=content_id({"p": 1}), symptom="warping", text="Corners lift.", context={})
    prints = [print_of(shop, 0) for shop in "bcd"]
    given = answer_record(id=content_id({"a": 1}), problem=problem["id"], text="Wash the plate.")
    claims = [each.record["id"] for each in prints]
    copied = {**given, "text": "Buy my plate.", "confirmed_by": claims}
    tried = print_of("e", 0, refs=[given["id"], reference_to("asks+key", given["id"])])
    known = [Known("asks", "asks+key", 1, 0, problem), Known("asks", "asks+key", 1, 1, given)]
    (case,) = cases_of([*known, Known("liar", "liar+key", 1, 0, copied), *prints, tried])
    assert [(entry.text, entry.confirmed) for entry in case.answers] == [("Wash the plate.", 1), ("Buy my plate.", 0)]


def test_a_print_that_names_one_shops_answer_confirms_no_answer_whose_id_was_made_like_that_name():
    given = answer_record(id=content_id({"a": 1}), problem=content_id({"p": 1}), text="Wash the plate.")
    named = reference_to("asks+key", given["id"])
    copied = {**given, "id": named, "text": "Buy my plate."}
    known = [Known("asks", "asks+key", 1, 0, given), Known("liar", "liar+key", 1, 0, copied)]
    problem = Known("asks", "asks+key", 1, 1, told_problem())
    (case,) = cases_of([problem, *known, print_of("e", 0, refs=[named])])
    assert [(entry.text, entry.confirmed) for entry in case.answers] == [("Wash the plate.", 1), ("Buy my plate.", 0)]


def told_problem(month="2026-11", text="Corners lift."):
    record = problem_record(id=content_id({"p": 1}), symptom="warping", text=text, context={})
    return {**record, "month": month}


def answered(known):
    """Return who told each problem, with the texts of its answers; of an answer alone nobody."""
    return {
        case.known.shop if case.record["kind"] == "problem" else "": [entry.text for entry in case.answers]
        for case in cases_of(known)
    }


def test_an_answer_stands_under_the_problem_of_the_shop_that_it_names_and_under_no_copy():
    asks, copies = (Known(shop, f"{shop}+key", 1, 0, told_problem()) for shop in ("asks", "a copy"))
    about = problem_name("asks+key", asks.record["id"])
    answer = Known("helps", "helps+key", 1, 0, answer_record(id=content_id({"a": 1}), problem=about, text="Wash it."))
    check_record({**answer.record, "epoch": 1, "month": "2026-11"})
    assert answered([copies, asks, answer]) == {"a copy": [], "asks": ["Wash it."]}
    assert answered([copies, answer]) == {"a copy": [], "": []}, "without its problem it stands alone"


def test_an_older_answer_that_names_an_id_alone_stands_under_one_problem():
    asks = Known("asks", "asks+key", 1, 0, told_problem())
    copied_later = Known("a copy", "a copy+key", 1, 0, told_problem("2026-12"))
    bare = answer_record(id=content_id({"a": 1}), problem=asks.record["id"], text="Wash it.")
    by_another, by_the_copier = (Known(shop, f"{shop}+key", 1, 1, bare) for shop in ("helps", "a copy"))
    assert answered([copied_later, asks, by_another]) == {"a copy": [], "asks": ["Wash it."]}
    assert answered([copied_later, asks, by_the_copier]) == {"a copy": ["Wash it."], "asks": []}
    with_the_software = Known("glocal", "", 0, 0, told_problem("2027-01"))
    assert answered([copied_later, with_the_software, by_another]) == {"a copy": [], "glocal": ["Wash it."]}


def test_meaning_finds_what_words_do_not(tmp_path):
    model = encoder()
    if model is None:
        pytest.skip("the model is not installed")
    asked, same, other = model.encode([
        "The bottom of my print is coming loose.", "The part detaches from the plate.", "Pay by bank transfer."
    ])  # fmt: skip
    assert asked @ same > asked @ other + 0.2
    # the first numbers that the model's own documentation shows for this sentence
    assert model.encode(["This is an example sentence"])[0, :3] == pytest.approx([0.0677, 0.0635, 0.0487], abs=1e-3)
    assert np.linalg.norm(model.encode(["", "x " * 5000]), axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_the_command_answers_programs_and_people(tmp_path):
    words = ["ask", "strings and hairs between towers", "--material", "NoSuchPlastic", "--log", str(tmp_path / "shop")]
    told = json.loads(CliRunner().invoke(commons, [*words, "--json"], catch_exceptions=False).stdout)
    assert told["odds"] is None
    assert told["symptoms"] == ["stringing"]
    assert told["solved"][0]["title"] == "Fine strings and hairs between parts of the print"
    assert told["solved"][0]["relevance"] > 0.5 > len(told["unanswered"])
    assert "No material" in told["notes"][0]
    assert "No odds" in CliRunner().invoke(commons, words, catch_exceptions=False).output
    words[1] = "strings between towers"
    unsure = CliRunner().invoke(commons, words, catch_exceptions=False).output
    assert "Nothing that is known here answers this. Say what is seen on the print" in unsure
    assert "If this is meant, ask so: Fine strings and hairs between parts of the print" in unsure
    nearest = CliRunner().invoke(commons, ["search", "my tax form", *words[-2:]], catch_exceptions=False).output
    assert nearest.startswith("Nothing here is likely to answer this.")


def test_a_table_of_prints_is_judged_shop_by_shop(tmp_path):
    rows = ["node,ok,material,layer"]
    rows += [f"shop{n % 6},{'ok' if n // 6 % 2 else 'failed'},PLA,{0.3 if n // 6 % 2 else 0.1}" for n in range(60)]
    rows += ["shop0,never_started,PLA,0.2", "shop1,cancelled,PLA,"]
    (tmp_path / "prints.csv").write_text("\n".join(rows))
    words = ["evaluate", str(tmp_path / "prints.csv"), "-k", "3", "--json"]
    told = json.loads(CliRunner().invoke(commons, words, catch_exceptions=False).stdout)
    assert (told["trials"], told["left_out"]) == (60, 2)
    assert sum(told["left_out_words"].values()) == 2
    assert told["rows"][0]["log_loss"] < told["rows"][0]["alone_log_loss"] < 0.8
    assert told["rows"][0]["pick"] == 1


@pytest.fixture(scope="module")
def by_meaning(tmp_path_factory):
    index = SearchIndex(tmp_path_factory.mktemp("meaning") / "search.sqlite", encoder())
    index.refill(starter_problems())
    return index


NONSENSE = [
    "purple elephant tax form",
    "comment déclarer mes impôts",
    "ما هي عاصمة فرنسا",
    "mo fẹ́ ra aṣọ tuntun",
    "как пройти в библиотеку",
    "a",
    "…",
    "🐘🟣📄",
    "purple elephant tax form " * 80,
]


@pytest.mark.parametrize("question", NONSENSE)
def test_what_nothing_here_answers_is_not_answered(by_meaning, question):
    told = ask(question, Context("MK3S", "PETG"), starter_problems(), by_meaning)
    assert (told.solved, told.symptoms) == ((), ())
    assert told.unsure  # the machine and the material are still said to be unknown


@pytest.mark.parametrize(
    ("question", "slugs"),
    [
        ("thin hairs like cobwebs between the legs of my figurine", {"strings", "petg-strings"}),
        ("la buse est bouchée", {"nozzle-clogged", "wood-fill-clog"}),
        ("الفوهة مسدودة", {"nozzle-clogged"}),
        ("ihò tí mo yà ń kéré jù", {"holes-small"}),
        ("Ondulations", {"ringing", "banding"}),  # the name of a class, as its picture asks
        ("كتل", {"zits", "blob-on-hotend"}),
    ],
)
def test_what_is_asked_in_other_words_is_answered(by_meaning, index, question, slugs):
    for searched in (
        (by_meaning, index) if question != "thin hairs like cobwebs between the legs of my figurine" else (by_meaning,)
    ):
        told = ask(question, Context("MK3S", "PETG"), starter_problems(), searched)
        assert slugs & {slug_of(Known("", "", 0, 0, hit.record)) for hit in told.solved}


def test_whether_something_answers_does_not_depend_on_the_material_beside_the_question(by_meaning):
    hits = {material: by_meaning.search("corners lift", material=material) for material in ("", "PETG")}
    chances = {material: {hit.reference: hit.evidence.chance() for hit in found} for material, found in hits.items()}
    both = chances[""].keys() & chances["PETG"].keys()
    assert both
    assert all(chances[""][each] == chances["PETG"][each] for each in both)


def test_evidence_grows_with_words_and_meaning():
    little, much = Evidence(0.2, 0.05, 0.1, 0.0), Evidence(0.2, 0.05, 0.8, 0.0)
    assert little.chance() < 0.1
    assert much.chance() > 0.8
    assert Evidence(2.0, 0.5, 0.1, 1.0).chance() > Evidence(2.0, 0.5, 0.1, 0.0).chance()
    assert Evidence(0.0, 0.0).chance() < 0.1
    assert Evidence(2.0, 0.6).chance() > 0.8
