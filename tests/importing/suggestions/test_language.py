"""The language of a text is detected; there are no suggestions in languages without rules."""

import pytest

from lessons.importing.document import Block, Outline, Section, paragraph_block
from lessons.importing.suggestions import suggest_all
from lessons.importing.suggestions.languages import detect_language
from tests.importing.suggestions.texts import FILLING, definition_list

OTHERS = {
    "es": "La marea es un movimiento del mar que se repite dos veces al día. En 1848 se construyó el puerto de la "
    "villa.",
    "it": "La marea è un movimento del mare che si ripete due volte al giorno. Nel 1848 il porto della città fu "
    "costruito.",
    "pt": "A maré é um movimento do mar que se repete duas vezes por dia. Em 1848 o porto da vila foi construído.",
    "ca": "La marea és un moviment del mar que es repeteix dues vegades al dia. El 1848 es va construir el port "
    "de la vila.",
    "nl": "Het getij is een beweging van de zee die zich tweemaal per dag herhaalt. In 1848 werd de haven gebouwd.",
    "sv": "Tidvatten är en rörelse i havet som upprepas två gånger om dagen. År 1848 byggdes hamnen och det var "
    "en stor fest.",
    "da": "Tidevand er en bevægelse i havet, som gentages to gange om dagen. I 1848 blev havnen bygget, og det "
    "var en fest.",
    "pl": "Pływ jest ruchem morza, który powtarza się dwa razy na dobę. W 1848 roku zbudowano port i nie było to "
    "łatwe.",
    "zh": "潮汐是海水每天两次的运动。1848年，港口建成了。大海的潮汐称为潮。",
    "ja": "潮汐とは、海水が一日に二回動くことである。1848年に港が建設された。",
    "ru": "Прилив — это движение моря, которое повторяется дважды в сутки. В 1848 году был построен порт.",
}


@pytest.mark.parametrize("code", FILLING)
def test_a_text_in_a_language_with_rules_is_recognised(code):
    assert detect_language(FILLING[code]) == code


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_in_another_language_gets_no_suggestions_whatever_it_declares(code):
    text = f"{OTHERS[code]} {OTHERS[code]}"
    blocks = [paragraph_block(text), definition_list(("Alfa Beta", text))]
    for declared in ("", "en", code):
        suggestions = suggest_all(Outline("", blocks, [Section("Mare", 1, blocks=blocks)], []), declared)
        assert not any(suggestions.as_json().values())


def test_a_text_too_short_to_tell_is_in_the_language_that_the_document_declares():
    blocks = [paragraph_block("Hydrographie désigne la mesure des eaux.")]
    assert suggest_all(Outline("", blocks, [], []), "fr-CA").glossary[0]["term"] == "Hydrographie"
    assert not suggest_all(Outline("", blocks, [], []), "pl").glossary


def test_each_section_of_a_mixed_text_is_read_in_its_language():
    texts = {
        "en": "A drogue is a kind of brake that a boat drags behind it. " + FILLING["en"] * 2,
        "pl": OTHERS["pl"] * 2,
        "de": "Als Reede bezeichnet man einen Ankerplatz vor dem Hafen. " + FILLING["de"] * 2,
    }
    sections = [Section(code.upper(), 1, blocks=[paragraph_block(text)]) for code, text in texts.items()]
    glossary = suggest_all(Outline("", [], sections, [])).glossary
    assert {(term["term"].lower(), term["section"]) for term in glossary} == {("drogue", 0), ("reede", 2)}


def test_code_is_not_read():
    code = Block("code", "A drogue is a kind of brake that a boat drags behind it.", "<pre><code></code></pre>")
    assert not suggest_all(Outline("", [paragraph_block(FILLING["en"]), code], [], [])).glossary
