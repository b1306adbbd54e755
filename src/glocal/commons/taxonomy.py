"""The classes of what can go wrong: a name in four languages, and the words with which people describe it.

The classes are the words of ``schema.SYMPTOMS``. ``words`` stand for each other in a search; ``look`` is what a person
looks at first. Pictures of the classes are in :mod:`glocal.commons.pictures`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailureClass:
    """One class.

    Parameters
    ----------
    group : str
        Where it is met: plate, flow, shape, strength, machine, model, advice.
    names : mapping
        Language to name.
    words : tuple of str
        Small letters; words that people use for it, in any language.
    """

    group: str
    names: Mapping[str, str]
    words: tuple[str, ...]


LANGUAGES = ("en", "fr", "ar", "yo")


def _of(group: str, *texts: str) -> FailureClass:
    *names, words = texts
    return FailureClass(group, dict(zip(LANGUAGES, names, strict=True)), tuple(words.split()))


CLASSES: Mapping[str, FailureClass] = {
    "adhesion": _of("plate", "Does not stick", "N'adhère pas", "لا يلتصق", "Kò lẹ̀ mọ́ pẹpẹ",
        "adhesion stick sticks sticking detached loose haftet haftung adhérence adhesión colle décolle accroche"),
    "bed_stuck": _of("plate", "Cannot be removed", "Ne se décolle pas", "لا يُنزع", "Kò ṣeé yọ",
        "remove removal stuck release ripped chunk scraper"),
    "blob": _of("flow", "Blobs", "Bavures", "كتل", "Òkìtì", "blob blobs zit zits pimple pimples lump lumps boutons"),
    "bridging": _of("shape", "Bridges sag", "Ponts affaissés", "جسور متدلية", "Afárá rọ̀",
        "bridge bridges bridging span brücke pont puente"),
    "brittle": _of("flow", "Filament breaks", "Filament cassant", "خيط هش", "Okùn ń já", "brittle snap snaps snapped"),
    "choice": _of("advice", "Choosing well", "Bien choisir", "حسن الاختيار", "Yíyan dáadáa",
        "which choose what how should quelle"),
    "clog": _of("flow", "Clogged", "Bouché", "انسداد", "Dídí",
        "clog clogged jam jammed jamming blocked verstopft bouchée bouché atasco"),
    "colour": _of("flow", "Wrong colour", "Mauvaise couleur", "لون خاطئ", "Àwọ̀ tí kò tọ́",
        "colour color bleed tint tinted pinkish multicolour multicolor purge"),
    "crack": _of("strength", "Cracks", "Fissures", "شقوق", "Ìlà yíya",
        "crack cracks cracked broken riss spröde fissure grieta"),
    "dimension": _of("shape", "Wrong size", "Mauvaise cote", "مقاس خاطئ", "Ìwọ̀n tí kò tọ́",
        "dimension size undersized oversized smaller larger oval maß passt cote medida"),
    "elephant_foot": _of("plate", "Bulging foot", "Pied d'éléphant", "قدم الفيل", "Ẹsẹ̀ erin",
        "elephant foot flared bulges elefantenfuß pied pata"),
    "fit": _of("shape", "Does not fit", "Ne s'ajuste pas", "لا يناسب", "Kò bá mu",
        "fit fits tight clearance fused thread threads nut hinge shaft jeu"),
    "heating": _of("machine", "Heating fault", "Défaut de chauffe", "عطل في التسخين", "Àṣìṣe ooru",
        "thermal runaway heating heater thermistor"),
    "interrupted": _of("machine", "Interrupted", "Interrompu", "انقطع", "Ó dá dúró",
        "power outage disconnected usb resume interrupted courant"),
    "layer_separation": _of("strength", "Layers split", "Couches séparées", "طبقات منفصلة", "Ìpele ya",
        "delaminate delamination separate split splitting peel schichten décollement"),
    "layer_shift": _of("shape", "Layers shifted", "Couches décalées", "طبقات منزاحة", "Ìpele yí",
        "shift shifted displaced versatz décalage décalées décalé desplazamiento"),
    "leak": _of("strength", "Leaks", "Fuit", "يسرّب", "Ó ń jò", "leak leaks leaking watertight waterproof seeps"),
    "model_fault": _of("model", "Fault in the model", "Défaut du modèle", "خلل في النموذج", "Àṣìṣe àwòrán",
        "manifold mesh stl preview vanished inches unreadable"),
    "moisture": _of("flow", "Damp filament", "Filament humide", "خيط رطب", "Okùn tútù",
        "moisture damp wet humid humidity dry drying popping crackling bubbles sécher humide"),
    "other": _of("machine", "Something else", "Autre", "شيء آخر", "Ohun mìíràn", "other"),
    "over_extrusion": _of("flow", "Too much plastic", "Trop de matière", "بلاستيك زائد", "Oníke pọ̀ jù",
        "overextrusion excess ploughs scratches überextrusion surextrusion sobreextrusión"),
    "overhang": _of("shape", "Overhang droops", "Surplomb affaissé", "بروز متدلٍّ", "Apá ìta rọ̀",
        "overhang overhangs underside droop droopy drooping sagging überhang surplomb voladizo"),
    "resin": _of("machine", "Resin trouble", "Problème de résine", "مشكلة راتنج", "Ìṣòro résínì",
        "resin fep sla curing cured résine"),
    "softening": _of("strength", "Softens or ages", "Ramollit ou vieillit", "يلين أو يشيخ", "Ó ń rọ̀",
        "soft softens car sun outside outdoors outdoor heat"),
    "spaghetti": _of("plate", "Loose nest", "Spaghetti", "خيوط سائبة", "Okùn dídì",
        "spaghetti nest noodles knäuel enredo"),
    "stringing": _of("flow", "Strings", "Fils", "خيوط", "Okùn tín-ín-rín",
        "string strings stringing hair hairs cobweb spider ooze oozing fäden fils hilos"),
    "supports": _of("shape", "Supports", "Supports", "دعامات", "Àtìlẹ́yìn", "support supports stütze stützen soportes"),
    "surface": _of("shape", "Rough surface", "Surface rugueuse", "سطح خشن", "Ojú tó le",
        "surface rough scar scars scarred bumpy pillow seam line stripe oberfläche superficie"),
    "under_extrusion": _of("flow", "Too little plastic", "Trop peu de matière", "بلاستيك ناقص", "Oníke kò tó",
        "underextrusion gap gaps missing grinds unterextrusion lücken subextrusión"),
    "warping": _of("plate", "Corners lift", "Coins soulevés", "زوايا مرتفعة", "Igun gbé sókè",
        "warp warps warping warped lift lifts lifting curl curls corner corners verzug ecken"
        " gauchissement coins esquinas زوايا igun"),
    "weak": _of("strength", "Too weak", "Trop fragile", "ضعيف", "Kò lágbára", "weak strong stronger strength"),
    "wear": _of("machine", "Worn part", "Pièce usée", "قطعة مستهلكة", "Ohun tó gbó",
        "worn wear abrasive fuzzy maintenance"),
    "wobble": _of("machine", "Ripples", "Ondulations", "تموجات", "Ìgbì",
        "wobble ringing ghosting ghost ripples echo banding stripes wellen ondulation ondas"),
}  # fmt: skip

_WORD = re.compile(r"\w+")


def classes_of(question: str) -> frozenset[str]:
    """Return the classes whose words occur in a question."""
    words = {word.casefold() for word in _WORD.findall(question)[:100]}
    return frozenset(name for name, found in CLASSES.items() if words & {name, *found.words})


def called(question: str) -> str:
    """Return the class whose name, in any language, the question is; empty where it is more or something else.

    Examples
    --------
    >>> called("Coins soulevés")
    'warping'
    """
    asked = question.strip().casefold()
    names = ((symptom, name) for symptom, found in CLASSES.items() for name in (symptom, *found.names.values()))
    return next((symptom for symptom, name in names if name.casefold() == asked), "")


def name_of(symptom: str, language: str) -> str:
    """Return a class's name in a language, English where there is none."""
    found = CLASSES.get(symptom, CLASSES["other"])
    return found.names.get(language.partition("-")[0], found.names["en"])
