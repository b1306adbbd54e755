"""Laws of regional adaptation: there and back without loss, and nothing offered that is not allowed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from glocal.design.adapt import adapt
from glocal.design.model import ParameterNotes
from glocal.design.parameters import bind
from glocal.design.region_edits import edits_as_json, edits_from_json
from glocal.design.region_merge import merge
from glocal.design.sizes import size_systems
from glocal.design.units import INCH, MILLIMETRE, number_text, read_back, read_length, shown_range, to_mm, to_shown
from tests.design.regions import SOURCE, pot, region

units = st.sampled_from([MILLIMETRE, INCH])
lengths = st.floats(0, 10_000)
on_grid = st.integers(0, 10**8).map(lambda count: Decimal(count) / 1000)
locales = st.sampled_from(["en_US", "fr_FR", "ar_MA", "de_CH", "hi_IN", "yo_NG", "fa_IR", "pl_PL"])
REGIONS = [region(code) for code in ("US", "FR", "MA", "NG", "GB", "JP")]
edits = st.fixed_dictionaries(
    {},
    optional={
        ("title", "yo"): st.sampled_from(["Ìkòkò", "Àwo"]),
        ("parameter", "diameter", "default"): st.floats(60, 200),
        ("parameter", "wall", "default"): st.floats(1.6, 5),
        ("parameter", "name", "default"): st.sampled_from(["Adé", "Zoë"]),
        ("parameter", "pattern", "options"): st.sampled_from([("waves",), ("smooth", "waves")]),
    },
)
templates = st.builds(
    lambda diameter, top, name, version: pot(
        SOURCE.replace("diameter = 90; // [60:1:200]", f"diameter = {diameter}; // [60:1:{top}]").replace("Ada", name),
        version=version,
    ),
    st.integers(60, 120), st.integers(120, 220), st.sampled_from(["Ada", "Bo"]), st.sampled_from(["1.1", "2.0"]),
)  # fmt: skip


@given(on_grid, units)
def test_every_number_on_the_screen_comes_back_as_itself(shown, unit):
    assert to_shown(to_mm(shown, unit), unit) == shown


@given(lengths, units)
def test_an_untouched_length_is_never_changed(mm, unit):
    assert read_back(to_shown(mm, unit), unit, mm) == mm


@given(lengths, units)
def test_a_shown_length_is_within_half_a_step(mm, unit):
    assert abs(to_mm(to_shown(mm, unit), unit) - mm) <= float(unit.mm) / 2000 * (1 + 1e-9) + 1e-9


@given(lengths, lengths, units)
def test_both_ends_of_a_shown_range_are_allowed(one, other, unit):
    low, high = min(one, other), max(one, other)
    for shown in shown_range(low, high, unit):
        assert shown is None or low <= to_mm(shown, unit) <= high


@given(on_grid, units, locales)
def test_a_number_is_read_as_it_was_written(shown, unit, locale):
    assert read_length(number_text(shown, locale), unit, locale) == shown


@given(st.sampled_from(size_systems()), st.data())
def test_every_size_is_the_size_of_its_own_measure(system, data):
    label = data.draw(st.sampled_from(system.labels))
    span = system.span(label)
    assert system.label_of(span.mm) == label
    inside = data.draw(st.floats(0.001, 0.999))
    assert system.label_of(span.low_mm + inside * (span.high_mm - span.low_mm)) == label


@given(st.sampled_from(REGIONS), templates, st.floats(60, 120))
def test_regional_defaults_are_always_allowed(where, template, diameter):
    notes = {**template.notes, "wall": ParameterNotes(unit="mm", origin="chosen")}
    variant = adapt(pot(template.source, notes=notes), where, (), {("parameter", "diameter", "default"): diameter})
    assert bind(variant.design, variant.values) == variant.values


@given(st.sampled_from(REGIONS), edits)
def test_merging_the_same_template_changes_nothing(where, own):
    variant = adapt(pot(), where, (), own)
    merged = merge(variant, variant.template)
    assert merged.variant == variant
    assert merged.improvements == merged.conflicts == ()


@given(st.sampled_from(REGIONS), edits, templates)
def test_no_edit_is_lost_in_silence_and_merging_twice_is_merging_once(where, own, better):
    merged = merge(adapt(pot(), where, (), own), better)
    named = {conflict.path for conflict in merged.conflicts} | set(merged.settled)
    assert set(own) - set(merged.variant.edits) <= named
    again = merge(merged.variant, better)
    assert again.variant == merged.variant
    assert again.conflicts == ()


@given(edits)
def test_edits_survive_storage(own):
    assert edits_from_json(edits_as_json(own)) == own
