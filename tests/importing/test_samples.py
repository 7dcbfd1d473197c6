"""The generated samples in `tests/articles`: each format is recognised, each bad file is refused."""

from io import BytesIO

import pytest
from PIL import Image

from lessons.markup.sanitise import InvalidText
from tests.articles import build
from tests.importing.articles import ARTICLES, outline_of, read, types

HEADINGS = {
    "waves.docx": ("Waves at sea", ["What a wave is", "How waves are measured"]),
    "waves.epub": ("Waves at sea", ["Wind", "Shore"]),
    "waves.pdf": ("A short book about waves", ["Wind makes waves", "Waves reach the shore", "Waves break"]),
    "waves.zip": ("Waves at sea", ["Shore"]),
    "waves-cp1250.txt": ("Fale na morzu", ["Wiatr tworzy fale", "Fale przy brzegu"]),
    "waves-chinese.txt": ("海浪", ["第一章 风", "第二章 岸"]),
}


@pytest.mark.parametrize("name", build.SAMPLES | build.TROUBLES)
def test_the_file_is_what_the_script_writes(name):
    assert (build.SAMPLES | build.TROUBLES)[name]() == (ARTICLES / name).read_bytes()


@pytest.mark.parametrize("name", HEADINGS)
def test_title_and_headings_are_found(name):
    outline = outline_of(name)
    assert (outline.title, [section.heading for section in outline.walk()]) == HEADINGS[name]


@pytest.mark.parametrize("name", build.TROUBLES)
def test_a_bad_file_is_refused_with_a_message(name):
    with pytest.raises(InvalidText, match=r"\.$"):
        read(name)


def test_a_word_document_keeps_its_list_table_note_formula_and_image():
    parsed = read("waves.docx")
    assert {"image", "list", "table", "footnote"} <= {*types(parsed.blocks)}
    assert 'alttext="c=\\sqrt{gh}"' in "".join(block.html for block in parsed.blocks)
    assert [image.alt for image in parsed.images] == ["A wave that breaks"]
    assert Image.open(BytesIO(parsed.images[0].data)).size == (1, 1)
    assert [omission.text for omission in parsed.omissions] == ["1949"]


def test_running_headers_and_page_numbers_are_left_out():
    for name, head in (("waves.pdf", "Waves at sea"), ("waves-running-headers.txt", "The Shore")):
        parsed = read(name)
        assert not any(head in block.text for block in parsed.blocks)
        assert any(head in omission.text for omission in parsed.omissions)
    assert "shallow" in " ".join(block.text for block in read("waves.pdf").blocks)
