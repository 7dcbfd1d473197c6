"""Encodings are recognised and converted, or refused; text is never garbled."""

import pytest

from lessons.importing.readers import read_upload
from lessons.markup.decoding import decode
from lessons.markup.sanitise import InvalidText
from tests.importing.articles import read

FRENCH = "L’été, la marée s’évapore à l’ombre. C’est très tôt, dit-elle. « Déjà ? » Où ça ?\n"


def test_latin_1_is_converted():
    assert "En été, l'eau s'évapore" in read("marais-latin1.txt").source


def test_windows_quotes_are_converted():
    assert "L’été, les œillets s’évaporent" in read("marais-cp1252.txt").source


@pytest.mark.parametrize("name", ["watt-utf16.txt", "watt-utf16-no-mark.txt"])
def test_utf_16_is_recognised_with_and_without_a_byte_order_mark(name):
    assert read(name).blocks[1].text.startswith("Zweimal am Tag fällt das Watt trocken.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_known_encoding_gives_the_same_text(encoding):
    assert decode((FRENCH * 5).encode(encoding)) == FRENCH * 5


def test_an_old_macintosh_text_is_recognised():
    assert decode(FRENCH.encode("mac-roman")) == FRENCH


def test_text_that_was_encoded_twice_is_repaired():
    assert decode(FRENCH.replace("œ", "").encode().decode("cp1252", "ignore").encode("utf-8"))[:6] == "L’été,"


def test_a_page_that_names_its_encoding_is_believed():
    page = '<meta charset="windows-1251"><p>Прилив и отлив</p>'.encode("cp1251")
    assert read_upload("a.html", page).blocks[0].text == "Прилив и отлив"


def test_an_unknown_encoding_is_refused():
    with pytest.raises(InvalidText, match="UTF-8"):
        decode("Прилив и отлив сменяют друг друга дважды в день".encode("cp1251"))


def test_text_cut_within_a_character_is_refused():
    with pytest.raises(InvalidText, match="damaged"):
        decode(FRENCH.encode() + b"\xe2\x80")
