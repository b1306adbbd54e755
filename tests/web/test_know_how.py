"""The page on which a shop asks the network, and the log's files beside it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from glocal.commons.pictures import picture_of
from glocal.commons.record_names import problem_name
from glocal.commons.schema import SYMPTOMS
from glocal.commons.starter import starter_problems
from glocal.commons.taxonomy import CLASSES
from glocal.shop.commons.actions import shop_log
from glocal.shop.commons.know_how import everything_known
from tests.commons.shops import MONTH, new_log, problem


@pytest.fixture
def home(settings, tmp_path):
    settings.GLOCAL_HOME = tmp_path
    return tmp_path


@pytest.fixture
def told(home, client, product):
    """A function that tells the network something as the owner."""
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))

    def tell(**said):
        return client.post("/know-how/tell/?q=the+belt+sings", {"symptom": "wobble", **said})

    return tell


def test_what_the_owner_tells_is_found_and_answered_later(told, client, product):
    assert told(happened="The belt sings at night.\r\nLouder each week.", helped="").status_code == 302
    (problem,) = (each for each in everything_known() if each.record.get("text", "").startswith("The belt sings"))
    names = problem_name(problem.root_vkey, problem.record["id"])
    page = client.get("/know-how/", {"q": "the belt sings"}).content.decode()
    assert f'value="{names}"' in page
    assert told(problem=names, helped="A drop of oil on the bearing.").status_code == 302
    assert "A drop of oil on the bearing." in client.get("/know-how/", {"q": "the belt sings"}).content.decode()
    assert kinds(product.shop) == ["problem", "answer"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"happened": " ", "helped": "Oil."}, "Nothing is said."),
        ({"happened": "Call me: ada@example.org"}, "e-mail address or a telephone number"),
        ({"happened": "It began on 2026-11-03."}, "records know the month alone"),
        ({"happened": "x" * 2001}, "too long"),
        ({"problem": "00000000-0000-8000-8000-000000000000", "helped": "Oil."}, "not known any more"),
        ({"happened": "It sings.", "symptom": "song"}, "expected one of"),
    ],
)
def test_what_may_not_be_told_stays_in_the_form(told, product, said, why):
    answer = told(**said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert why in text
    assert escape(said.get("happened", "").strip()) in text
    assert kinds(product.shop) == []


@pytest.mark.django_db
def test_only_the_owner_tells(home, client):
    assert "/know-how/tell/" not in client.get("/know-how/").content.decode()
    assert client.post("/know-how/tell/", {"happened": "It sings.", "symptom": "wobble"}).status_code == 403


def test_what_was_told_is_taken_back_with_its_own_answers(told, client, product):
    told(happened="The belt sings at night.", helped="A drop of oil.")
    problem, _answer = (record["id"] for _, record in shop_log(product.shop).records())
    page = client.get("/know-how/", {"q": "the belt sings"}).content.decode()
    assert page.count('name="record"') == 2
    assert client.post("/know-how/take-back/?q=the+belt+sings", {"record": problem}).status_code == 302
    assert kinds(product.shop) == ["retract", "retract"]
    assert "A drop of oil" not in client.get("/know-how/", {"q": "the belt sings"}).content.decode()
    for not_mine in (problem, starter_problems()[0].record["id"], "x"):
        assert client.post("/know-how/take-back/", {"record": not_mine}).status_code == 422


@pytest.mark.django_db
def test_only_the_owner_takes_back(home, client):
    assert client.post("/know-how/take-back/", {"record": "x"}).status_code == 403


def kinds(shop):
    return [record["kind"] for _, record in shop_log(shop).records()]


@pytest.mark.django_db
def test_a_question_is_answered_in_words_and_pictures(home):
    page = Client().get("/know-how/", {"q": "corners lift off the plate", "humidity": "80"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Corners lift off the plate and the bottom curls" in text
    assert "Wash the plate" in text
    assert "How likely it comes out well" not in text  # who names neither machine nor material asks how to mend it
    assert picture_of("warping") in text
    here = Client().get("/know-how/", {"machine": "original-prusa-i3-mk3", "material": "petg"}).content.decode()
    assert "No print is known yet, so there are no odds" in here


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("fr", "Les coins se soulèvent"), ("ar", "زوايا القطعة ترتفع")])
def test_titles_come_in_the_readers_language(home, language, title):
    page = Client(headers={"accept-language": language}).get("/know-how/", {"q": "corners lift off the plate"})
    assert title in page.content.decode()


@pytest.mark.django_db
def test_what_is_typed_stays_text(home):
    typed = '<script>alert(1)</script>" onfocus="x'
    text = Client().get("/know-how/", {"q": typed, "room": "nan", "machine": "../x"}).content.decode()
    assert typed not in text
    assert escape(typed) in text


def test_every_class_has_a_picture_of_its_own():
    pictures = {picture_of(symptom) for symptom in SYMPTOMS}
    assert len(pictures) == len(CLASSES)
    assert all(picture.startswith("<svg") and 'style="' not in picture for picture in pictures)


def test_the_shop_serves_its_log_as_files(home):
    log = new_log(home / "commons")
    log.append(problem(1), month=MONTH)
    client = Client()
    found = client.get("/commons/checkpoint")
    assert found.content == log.checkpoint().note
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert not found.cookies
    again = client.get("/commons/checkpoint", headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.content, set(again.headers)) == (304, b"", {"ETag"})
    for other in ("", "private/keys", "../private", "%2e%2e/private/keys/operating-1.pem", "nothing"):
        assert client.get(f"/commons/{other}").status_code == 404
