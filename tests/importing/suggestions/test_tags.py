"""Tags are the subjects of a text, not names of authors and sites, nor everyday words."""

import pytest

from lessons.importing.document import Outline, Section, paragraph_block
from lessons.importing.suggestions import suggest_all
from tests.importing.suggestions.texts import FILLING

TEXTS = {
    "en": (
        "The tides of the Severn estuary",
        "The tides of the estuary are high. Each spring tide fills the estuary, and every spring tide carries "
        "sediment. "
        "The sediment of the estuary feeds the salt marshes. A spring tide covers the salt marshes, and salt marshes "
        "slow the tides. Ms Alder said so. Ms Alder and the PDF say more. Much sediment settles in the salt marshes.",
        {"estuary", "salt marshes", "sediment"},
    ),
    "fr": (
        "Les marées de l’estuaire",
        "Les marées de l’estuaire sont fortes. La vase de l’estuaire nourrit le pré salé, et la vase couvre le "
        "pré salé. "
        "L’estuaire reçoit la vase. Le pré salé ralentit les marées. Mme Aulne le dit. Mme Aulne et le PDF le disent. "
        "La vase de l’estuaire reste sur le pré salé.",
        {"estuaire", "vase"},
    ),
    "de": (
        "Die Gezeiten der Flussmündung",
        "Die Gezeiten der Flussmündung sind stark. Der Schlick der Flussmündung nährt die Salzwiesen, und der Schlick "
        "bedeckt die Salzwiesen. Die Salzwiesen bremsen die Gezeiten. Frau Erle sagt es. Frau Erle und das PDF "
        "sagen es. "
        "In der Flussmündung liegt Schlick auf den Salzwiesen.",
        {"Flussmündung", "Schlick", "Salzwiesen"},
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_tags_are_the_subjects_of_the_text(language):
    title, text, expected = TEXTS[language]
    blocks = [paragraph_block(sentence) for sentence in (f"By Anna Alder, {title}", FILLING[language], text)]
    tags = suggest_all(Outline(title, blocks[:2], [Section("A", 1, blocks=blocks[2:])], []), language).tags
    names = {tag["name"] for tag in tags}
    assert expected <= names
    assert 3 <= len(names) <= 8
    assert not {word.lower() for name in names for word in name.split()} & {
        "ms", "mme", "frau", "alder", "aulne", "erle", "anna", "pdf", "les", "the", "die", "much", "sagen",
    }  # fmt: skip
