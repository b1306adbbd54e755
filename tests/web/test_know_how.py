"""The page on which a shop asks the network, and the log's files beside it."""

import pytest
from django.test import Client
from django.utils.html import escape

from glocal.commons.pictures import picture_of
from glocal.commons.schema import SYMPTOMS
from glocal.commons.taxonomy import CLASSES
from tests.commons.shops import MONTH, new_log, problem


@pytest.fixture
def home(settings, tmp_path):
    settings.GLOCAL_HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_a_question_is_answered_in_words_and_pictures(home):
    page = Client().get("/know-how/", {"q": "corners lift off the plate", "humidity": "80"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Corners lift off the plate and the bottom curls" in text
    assert "Wash the plate" in text
    assert "Too few prints are known" in text
    assert picture_of("warping") in text


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
