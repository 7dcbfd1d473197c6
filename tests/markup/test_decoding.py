"""Encodings are recognised by the language that they make; a guess is named, and nothing is refused for one byte."""

import codecs

import pytest

from lessons.importing.readers import read_upload
from lessons.markup.decoding import ENCODINGS, TWICE, decode, encoding_name, reject_control_characters
from lessons.markup.sanitise import InvalidText
from tests.importing.articles import read

FRENCH = "L’été, la marée s’évapore à l’ombre. C’est très tôt, dit-elle. « Déjà ? » Où ça ?\n"
RUSSIAN = "Прилив и отлив сменяют друг друга дважды в день."
JAPANESE = "潮は一日に二度、満ちては引きます。浜の人はそれを時計の代わりにしています。"
GREEK = "Η θάλασσα ανεβαίνει δύο φορές την ημέρα."


def test_latin_1_is_converted():
    assert "En été, l'eau s'évapore" in read("marais-latin1.txt").source


def test_windows_quotes_are_converted():
    assert "L’été, les œillets s’évaporent" in read("marais-cp1252.txt").source


@pytest.mark.parametrize("name", ["watt-utf16.txt", "watt-utf16-no-mark.txt"])
def test_utf_16_is_recognised_with_and_without_a_byte_order_mark(name):
    assert read(name).blocks[1].text.startswith("Zweimal am Tag fällt das Watt trocken.")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"],
)
def test_every_known_encoding_gives_the_same_text(encoding):
    assert decode((FRENCH * 5).encode(encoding)).text == FRENCH * 5


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Zażółć gęślą jaźń", ["cp1250", "iso8859-2"]),
        ("Příliv přichází dvakrát za den a loď čeká na vodu.", ["cp1250", "iso8859-2"]),
        ("A tenger naponta kétszer emelkedik, és őrzi a kikötőt.", ["cp1250", "iso8859-2"]),
        ("Gelgit günde iki kez olur ve balıkçılar için önemlidir.", ["cp1254"]),
        ("Potvynis pasikartoja du kartus per dieną, todėl žvejai laukia.", ["cp1257"]),
        ("Die Flut kommt zweimal täglich, das weiß jeder Schüler.", ["cp1252", "mac-roman"]),
        ("A maré sobe duas vezes por dia, e os pescadores não têm pressa.", ["cp1252", "mac-roman"]),
        (RUSSIAN, ["cp1251", "koi8-r", "iso8859-5", "cp866"]),
        ("Приплив і відплив чергуються двічі на день, і це бачить кожен.", ["cp1251", "koi8-u"]),
        (GREEK, ["cp1253", "iso8859-7"]),
        ("הים עולה פעמיים ביום, והדייגים יודעים זאת.", ["cp1255"]),
        ("يرتفع ماء البحر مرتين في اليوم، ويعرف الصيادون ذلك.", ["cp1256"]),
        (JAPANESE, ["cp932", "euc-jp", "iso2022-jp", "utf-16-le", "utf-16-be"]),
        ("潮水每天涨落两次，渔民都知道这个时间。", ["gb18030", "utf-16-le"]),
        ("潮水每天漲落兩次，漁民都知道這個時間。", ["big5hkscs"]),
        ("바닷물은 하루에 두 번 들어오고 나간다. 어부는 그것을 안다.", ["cp949"]),
        ("น้ำทะเลขึ้นและลงวันละสองครั้ง", ["cp874"]),
    ],
)
def test_an_encoding_is_recognised_by_its_language_and_named(text, encodings):
    for encoding in encodings:
        decoded = decode(text.encode(encoding))
        assert (decoded.text, bool(decoded.encoding), decoded.broken) == (text, True, 0)
        assert str(ENCODINGS[decoded.encoding])


def test_every_encoding_on_offer_can_be_chosen():
    for encoding in ENCODINGS.keys() - {TWICE}:
        assert decode(b"abc " * 4 if "utf-" not in encoding else "abc".encode(encoding), encoding=encoding).text
        assert codecs.lookup(encoding)


def test_another_encoding_can_be_chosen_than_the_one_that_was_guessed():
    data = "Ceny: 5 €".encode("iso8859-15")
    parsed = read_upload("ceny.txt", data * 3, encoding="cp1250")
    assert (parsed.encoding, parsed.blocks[0].text) == ("cp1250", "Ceny: 5 ¤" * 3)
    with pytest.raises(InvalidText, match="encoding"):
        read_upload("ceny.txt", data, encoding="rot13")


def test_text_that_was_encoded_twice_is_repaired():
    for text, read_as in [(FRENCH, "cp1252"), ("Zażółć gęślą jaźń", "cp1252"), (RUSSIAN, "cp1251")]:
        once = "".join(
            bytes([byte]).decode(read_as, "ignore") or chr(byte) for byte in text.encode()
        )  # as browsers do, which pass on bytes without a character
        decoded = decode(once.encode())
        assert (decoded.text, decoded.encoding) == (text, TWICE)


def test_letters_that_only_look_like_text_encoded_twice_stay():
    text = "ÄÄÄ… sagt der Frosch. Ã und Õ sind Buchstaben. Und «Â» auch."
    assert decode(text.encode()) == (text, "", 0)


def test_a_page_that_names_its_encoding_is_believed():
    page = '<meta charset="windows-1251"><p>Прилив и отлив</p>'.encode("cp1251")
    parsed = read_upload("a.html", page)
    assert (parsed.blocks[0].text, parsed.encoding) == ("Прилив и отлив", "")


def test_a_page_that_names_a_wrong_encoding_is_recognised():
    page = f'<meta charset="utf-8"><p>{RUSSIAN}</p>'.encode("koi8-r")
    parsed = read_upload("a.html", page)
    assert (parsed.blocks[0].text, parsed.encoding) == (RUSSIAN, "koi8-r")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", FRENCH.encode() + b"\xe2\x80"),
        ("a.html", f"<meta charset=utf-8><p>{FRENCH}".encode() + b"\xff</p>"),
        ("a.html", f'<meta charset="shift_jis"><p>{JAPANESE}'.encode("shift_jis") + b"\x81</p>"),
        ("a.txt", b"\xff\xfe" + FRENCH.encode("utf-16-le") + b"\x41"),
    ],
)
def test_a_broken_byte_is_shown_and_told(name, data):
    parsed = read_upload(name, data)
    assert any("�" in block.text for block in parsed.blocks)
    assert parsed.omissions[0].text == "�"
    assert "could not be read" in str(parsed.omissions[0].reason)


def test_bytes_that_are_not_text_are_refused():
    for data in (bytes(range(1, 256)) * 4, bytes(range(256)) * 4):
        with pytest.raises(InvalidText, match="text"):
            decode(data)


def test_an_encoding_outside_the_list_has_a_name_too():
    assert [encoding_name("cp1250"), encoding_name("mac_turkish")] == [
        "Central European (Windows-1250)",
        "MAC-TURKISH",
    ]


def test_a_file_that_is_empty_or_too_large_is_refused(monkeypatch):
    with pytest.raises(InvalidText, match="This file is empty"):
        decode(b" \n")
    monkeypatch.setattr("lessons.markup.decoding.MAX_BYTES", 1000)
    with pytest.raises(InvalidText, match="This file has 1,001 bytes; the limit is 1,000"):
        decode(b"a" * 1001)


def test_the_mark_of_a_chosen_encoding_is_no_text():
    assert decode(codecs.BOM_UTF16_LE + "été".encode("utf-16-le"), encoding="utf-16-le").text == "été"
    assert decode("été".encode(), encoding=TWICE).text == "été"
    assert decode("été".encode().decode("cp1252").encode(), encoding=TWICE).text == "été"


def test_an_encoding_that_nobody_recognises_is_refused(monkeypatch):
    monkeypatch.setattr("lessons.markup.encoding_guess.guess", lambda *arguments: None)
    with pytest.raises(InvalidText, match="unknown or damaged"):
        decode(b"\xe9t\xe9")


def test_a_long_text_is_recognised_by_a_part_of_it():
    text = FRENCH.replace("\n", " ") * 600
    for data in (text.encode("cp1252"), (FRENCH * 600).encode("cp1252")):
        assert decode(data).encoding == "cp1252"


def test_a_declared_encoding_that_fits_badly_is_not_trusted():
    page = f'<meta charset="shift_jis"><p>{RUSSIAN}</p>'
    assert decode(page.encode("cp1251"), declared=True) == (page, "cp1251", 0)


def test_bytes_with_nul_here_and_there_are_no_text():
    with pytest.raises(InvalidText, match="not text"):
        decode(b"\x00ab\x00c" * 20)
    with pytest.raises(InvalidText, match="invalid characters"):
        reject_control_characters("a\x00")
