import json
from datetime import date

import pytest

from glocal.design.region import RegionSettings, region_profile
from glocal.design.region_errors import RegionIncomplete, RegionSettingWrong, RegionUnknown, SizeSystemUnknown
from glocal.design.region_text import choose_text, lookup_chain
from tests.design.regions import TODAY, region


def test_a_state_of_nigeria():
    lagos = region("ng-la", languages=("yo", "en"))
    assert (lagos.code, lagos.country, lagos.name) == ("NG-LA", "NG", "Lagos")
    assert (lagos.languages, lagos.locale, lagos.direction) == (("yo", "en"), "yo_NG", "ltr")
    assert (lagos.currency, lagos.unit_system, lagos.paper) == ("NGN", "metric", "A4")


def test_the_united_states():
    states = region("US", languages=("en",))
    assert (states.currency, states.length_unit.code, states.paper, states.fahrenheit) == (
        "USD", "in", "US-Letter", True,
    )  # fmt: skip
    assert states.size_systems == {"foot_length": "mondopoint", "ring_inner_diameter": "us_ring"}


@pytest.mark.parametrize(
    ("code", "languages", "direction", "paper", "rings"),
    [
        ("MA", ("ar", "fr", "tzm"), "rtl", "A4", "iso_8653"),
        ("CA", ("en", "fr"), "ltr", "US-Letter", "us_ring"),
        ("GB", ("en",), "ltr", "A4", "bs_6820"),
        ("CH", ("de", "gsw", "fr", "it"), "ltr", "A4", "iso_8653"),
    ],
)
def test_what_cldr_knows(code, languages, direction, paper, rings):
    found = region(code)
    assert found.languages[0] == languages[0]
    assert set(found.languages) <= {*languages, "cy", "ga", "gd", "rm"}
    assert (found.direction, found.paper) == (direction, paper)
    assert found.size_systems["ring_inner_diameter"] == rings


def test_currencies_change_with_time_and_a_second_one_is_said():
    settings = RegionSettings()
    assert region_profile("HR", settings, on=date(2020, 1, 1)).currency == "HRK"
    assert region_profile("HR", settings, on=TODAY).currency == "EUR"
    panama = region("PA")
    assert panama.currency == "PAB"
    assert "USD is legal tender too" in panama.notes[0]
    assert region("PA", currency="USD").notes == ()


@pytest.mark.parametrize("code", ["EU", "XX", "", "NG-XX", "Nigeria", "N"])
def test_a_code_that_is_no_region_is_refused(code):
    with pytest.raises(RegionUnknown):
        region(code)


def test_what_nobody_said_is_refused_by_name():
    france = region("FR")
    for setting in ("tax_rate", "summer_c", "wage_minor_per_h", "energy_minor_per_kwh", "materials"):
        with pytest.raises(RegionIncomplete, match=setting):
            france.need(setting)
    with pytest.raises(RegionIncomplete):
        france.tax_words()
    with pytest.raises(RegionIncomplete, match="currency"):
        region("AQ", languages=("en",))
    with pytest.raises(RegionIncomplete, match="language"):
        region("AQ", currency="EUR")


def test_taxes_in_words():
    assert region("DE", tax_rate=0.19, tax_included=True).tax_words() == "prices include 19% tax"
    assert region("US", tax_rate=0.08875, tax_included=False).tax_words() == "8.875% tax is added to prices"


@pytest.mark.parametrize(
    "settings",
    [
        {"tax_rate": 19},
        {"tax_rate": float("nan")},
        {"summer_c": 95},
        {"summer_c": 10, "winter_c": 20},
        {"wage_minor_per_h": -1},
        {"size_systems": {"hat": "iso_8653"}},
        {"languages": ("no-such",)},
        {"currency": "EURO"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(RegionSettingWrong):
        region("FR", **settings)


def test_a_size_system_must_measure_what_it_is_set_for():
    with pytest.raises(SizeSystemUnknown):
        RegionSettings(size_systems={"foot_length": "iso_8653"})


def test_the_profile_is_json():
    assert json.loads(json.dumps(region("JP", summer_c=35).as_dict()))["summer_c"] == 35


def test_texts_fall_back_by_language_parents_and_say_so():
    texts = {"en": "Pot", "pt-PT": "Vaso", "ar": "أصيص"}
    assert choose_text(texts, ["pt_AO"]).text == "Vaso"
    assert choose_text(texts, ["yo", "ar_MA"]).direction == "rtl"
    fallback = choose_text(texts, ["yo"])
    assert (fallback.text, fallback.wanted) == ("Pot", False)
    assert choose_text({"fr": "Pot"}, ["yo"]).language == "fr"
    assert choose_text({}, ["en"]) is None
    assert choose_text({"en": "  "}, ["en"]) is None
    assert list(lookup_chain("zh_Hant_TW")) == ["zh_Hant_TW", "zh_Hant"]  # never zh, which is simplified
