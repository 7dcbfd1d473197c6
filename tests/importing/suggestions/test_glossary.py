"""Terms with the sentence that defines them, in three languages; and what is not a term."""

import pytest

from lessons.importing.review.state import ACCEPT_THRESHOLD
from lessons.importing.suggestions import suggest_all
from tests.importing.suggestions.texts import FILLING, definition_list, html_block, lead_in, outline, suggest


def accepted(language, *blocks, **options):
    """Return {term: definition} of the suggestions that are accepted by default."""
    glossary = suggest(language, *blocks, **options).glossary
    return {one["term"].lower(): one["definition"] for one in glossary if one["confidence"] >= ACCEPT_THRESHOLD}


SENTENCES = [
    ("en", "A drogue is a kind of brake that a boat drags behind it.", "drogue"),
    ("en", "The water that is left over is called the slack tide.", "slack tide"),
    ("en", "Hydrography means the measuring of waters and their depths.", "hydrography"),
    ("en", "Careening refers to laying a ship on its side.", "careening"),
    ("en", "The term “leeway” denotes the drift of a boat with the wind.", "leeway"),
    ("en", "In sailing, a halyard is a rope that is used to hoist a sail.", "halyard"),
    ("en", "Halyards are ropes that hoist the sails of a boat.", "halyards"),
    ("en", "However, dead reckoning is the process of finding a position from speed and time.", "dead reckoning"),
    ("fr", "On appelle jusant le mouvement de la mer qui se retire.", "jusant"),
    ("fr", "L’hydrographie désigne la mesure des eaux et de leurs fonds.", "hydrographie"),
    ("fr", "La drisse est un cordage qui sert à hisser une voile.", "drisse"),
    ("fr", "Le terme « dérive » désigne le déplacement d’un bateau sous le vent.", "dérive"),
    ("fr", "Par carénage, on entend le nettoyage de la coque d’un navire.", "carénage"),
    ("fr", "Un cordage qui hisse une voile est appelé drisse.", "drisse"),
    ("de", "Als Reede bezeichnet man einen Ankerplatz vor dem Hafen.", "reede"),
    ("de", "Unter Kielholen versteht man das Umlegen eines Schiffes.", "kielholen"),
    ("de", "Eine Talje ist eine Vorrichtung, mit der man schwere Lasten hebt.", "talje"),
    ("de", "Hydrografie bezeichnet die Vermessung der Gewässer.", "hydrografie"),
    ("de", "Das Treiben mit dem Wind wird Abdrift genannt.", "abdrift"),
    ("de", "Der Begriff „Krängung“ bezeichnet die Neigung eines Schiffes zur Seite.", "krängung"),
]


@pytest.mark.parametrize(("language", "sentence", "term"), SENTENCES)
def test_a_defining_sentence_gives_its_term(language, sentence, term):
    found = accepted(language, sentence)
    assert list(found) == [term]
    assert found[term].lower() in (sentence.lower(), sentence.lower().removeprefix("however, "))


@pytest.mark.parametrize(
    ("language", "text", "term", "definition"),
    [
        ("en", "Sailors speak of leeway—the tendency to drift with the "
            "wind.", "leeway", "The tendency to drift with the wind."),
        ("fr", "Il faut de la jachère, c’est-à-dire le repos de la terre.", "jachère", "Le repos de la terre."),
        ("de", "Man braucht Brache, also die Ruhe des Ackers.", "Brache", "Die Ruhe des Ackers."),
        (
            "en",
            "Twice a day the water stands still. This is called slack water.",
            "slack water",
            "Twice a day the water stands still. This is called slack water.",
        ),
    ],
)  # fmt: skip
def test_a_definition_is_cut_out_and_comprehensible_by_itself(language, text, term, definition):
    found = {
        one["term"]: one["definition"] for one in suggest(language, text, text.replace("the ", "that ", 1)).glossary
    }
    assert found.get(term) == definition


NO_TERMS = {
    "en": [
        "Ms Alder is a teacher who lives in the old town.",
        "He called me twice.",
        "The result is a list of names that nobody had read.",
        "This is a kind of brake that a boat drags behind it.",
        "One reason is the weather of the north.",
        "Directly is the way in which they came.",
        "Collaboration is a good way to make friends.",
        "Patience is an important part of sailing.",
        "The harbour -- which was closed -- is the subject of this chapter.",
        "Aristotle was a philosopher who wrote about ships.",
        "She is the only woman that crossed the sea.",
        "The question is what a harbour is for.",
        "There are those who called for help.",
        "The most important thing is a ship that floats.",
        "In 1848, it was a town of fishermen.",
        "Anna Alder is the daughter of a captain.",
        "The ship was called the Mary Rose.",
    ],
    "fr": [
        "Mme Untel est une enseignante qui habite la vieille ville.",
        "Il est un homme qui aime la mer.",
        "C’est une sorte de frein que le bateau traîne.",
        "Le résultat est une liste de noms que personne n’a lue.",
        "La patience est une qualité importante.",
        "Aujourd’hui est un jour de fête.",
        "Aristote était un philosophe qui parlait des navires.",
        "Cette ville est un port de pêche.",
        "La plupart est une foule de curieux.",
    ],
    "de": [
        "Frau Erle ist eine Lehrerin, die in der Altstadt wohnt.",
        "Er ist ein Mann, der das Meer liebt.",
        "Das ist eine Art Bremse, die das Boot hinter sich herzieht.",
        "Das Ergebnis ist eine Liste von Namen, die niemand las.",
        "Dies ist ein Ort, der allen gefällt.",
        "Unten ist ein Bild, das den Hafen zeigt.",
        "Geduld ist ein wichtiger Teil des Segelns.",
        "Aristoteles war ein Philosoph, der über Schiffe schrieb.",
        "Ein Beispiel ist der Hafen, der im Norden liegt.",
    ],
}


@pytest.mark.parametrize("language", NO_TERMS)
def test_function_words_persons_and_everyday_words_are_not_terms(language):
    assert accepted(language, *NO_TERMS[language]) == {}


@pytest.mark.parametrize(
    ("language", "pairs"),
    [
        ("en", [("Anchor", "A heavy object that holds a boat."), ("Bow", "The front part of a boat.")]),
        ("fr", [("Ancre", "Objet lourd qui retient un bateau."), ("Proue", "Partie avant d’un bateau.")]),
        (
            "de",
            [("Anker", "Ein schwerer Gegenstand, der ein Boot hält."), ("Bug", "Der vordere Teil von einem Boot.")],
        ),
    ],
)
def test_definition_lists_bold_lead_ins_and_a_glossary_are_used(language, pairs):
    expected = {term.lower(): text for term, text in pairs}
    headings = {"en": "Key terms", "fr": "Lexique", "de": "Glossar"}
    lines = [f"{term}: {text}" for term, text in pairs]
    assert accepted(language, definition_list(*pairs)) == expected
    assert accepted(language, *(lead_in(f"{term}.", text) for term, text in pairs)) == expected
    assert accepted(language, *lines, heading=headings[language]) == expected
    assert (
        accepted(language, *(part for pair in pairs for part in pair), heading=headings[language]).keys()
        >= {"anchor", "ancre", "anker"} & expected.keys()
    )


def test_options_questions_and_notes_are_not_a_glossary():
    options = definition_list(("--force", "Overwrites the file."), ("-v", "Says what is done."))
    questions = definition_list(
        ("Who are we?", "We are a club of sailors."), ("Where is it?", "It is in the harbour.")
    )
    notes = [lead_in("Note:", "A boat that leaks is no boat."), lead_in("Step 1.", "The mast of the boat is raised.")]
    assert accepted("en", options, questions, *notes) == {}


def test_a_dfn_and_terms_of_the_format_are_used():
    block = html_block("<p>The <dfn>burgee</dfn> shows the club.</p>", "The burgee shows the club.", type="paragraph")
    assert accepted("en", block) == {"burgee": "The burgee shows the club."}
    article = outline(FILLING["en"])
    article.definitions = [("Transom", "The flat stern of a boat.")]
    terms = suggest_all(article, "en").glossary
    assert [(one["term"], one["definition"]) for one in terms] == [("Transom", "The flat stern of a boat.")]


@pytest.mark.parametrize(
    ("language", "sentence", "acronym", "expansion"),
    [
        ("en", "The North Sea Board (NSB) met. The NSB agreed.", "NSB", "North Sea Board."),
        ("fr", "L’Office de la mer du Nord (OMN) siège ici. L’OMN décide.", "OMN", "Office de la mer du Nord."),
        ("de", "Der Bund Deutscher Segler (BDS) tagte. Der BDS beschloss es.", "BDS", "Bund Deutscher Segler."),
        ("en", "He met a friend (CEO of a bank) there.", "", ""),
    ],
)
def test_acronyms_have_their_expansions(language, sentence, acronym, expansion):
    found = {one["term"]: one["definition"] for one in suggest(language, sentence).glossary}
    assert found == ({acronym: expansion} if acronym else {})


def test_at_most_twelve_terms_are_found_in_sentences():
    names = [f"{a}{b}ing" for a in ("sail", "haul", "moor", "tack") for b in ("ard", "ent", "ock", "und")]
    found = suggest("en", *(f"A {name} is a kind of rope that holds a boat." for name in names)).glossary
    assert len(found) == 12
    assert all(one["section"] is None and one["evidence"] for one in found)
