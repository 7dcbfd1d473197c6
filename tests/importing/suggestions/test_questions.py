"""Discussion prompts quote the sentence that they ask about, in the language of the text."""

import pytest

from lessons.importing.document import Outline, Section, paragraph_block
from lessons.importing.suggestions import suggest_all
from lessons.importing.suggestions.question_texts import QUESTIONS
from tests.importing.suggestions.texts import FILLING, suggest

SENTENCES = {
    "en": [
        "The northern harbours silted up, whereas the southern ones stayed deep for centuries.",
        "Fishermen left the northern town because the herring no longer came to the coast.",
        "The silting of the river led to the ruin of three merchant families in the town.",
        "A pilot must know the depth of every channel before the ship leaves the harbour.",
    ],
    "fr": [
        "Les ports du nord s’ensablèrent, alors que ceux du sud restèrent profonds pendant des siècles.",
        "Les pêcheurs quittèrent la ville du nord parce que le hareng ne venait plus sur la côte.",
        "L’ensablement de la rivière entraîna la ruine de trois familles de marchands de la ville.",
        "Un pilote doit connaître la profondeur de chaque chenal avant le départ du navire.",
    ],
    "de": [
        "Die Häfen im Norden versandeten, während die Häfen im Süden jahrhundertelang tief blieben.",
        "Die Fischer verließen die Stadt im Norden, weil der Hering nicht mehr an die Küste kam.",
        "Die Versandung des Flusses führte zum Ruin von drei Kaufmannsfamilien in der Stadt.",
        "Ein Lotse muss die Tiefe jeder Fahrrinne kennen, bevor das Schiff den Hafen verlässt.",
    ],
}


@pytest.mark.parametrize("language", SENTENCES)
def test_each_prompt_quotes_its_sentence_and_says_its_section(language):
    parts = [paragraph_block(FILLING[language]), *map(paragraph_block, SENTENCES[language])]
    sections = [Section(f"Part {n}", 1, blocks=[block]) for n, block in enumerate(parts)]
    prompts = suggest_all(Outline("", [], sections, []), language).prompts
    assert [prompt["section"] for prompt in prompts] == [1, 2, 3, 4]
    for sentence, prompt in zip(SENTENCES[language], prompts, strict=True):
        assert sentence in prompt["text"]
        assert prompt["evidence"] == sentence
        assert prompt["text"].removesuffix("?") != prompt["text"] or prompt["text"].endswith((".", "?"))
    assert (
        len(
            {
                prompt["text"].replace(sentence, "")
                for sentence, prompt in zip(SENTENCES[language], prompts, strict=True)
            }
        )
        == 4
    )


def test_at_most_eight_prompts_are_varied():
    sentences = [sentence.replace("northern", f"{n}th") for n in range(4, 20) for sentence in SENTENCES["en"]]
    prompts = suggest("en", *sentences).prompts
    frames = {prompt["text"].replace(prompt["evidence"], "") for prompt in prompts}
    assert len(prompts) <= 8
    assert len(frames) == len(prompts)


@pytest.mark.parametrize(
    "sentence",
    [
        "This must be known before the ship leaves the harbour of the town.",
        "You must know the depth of every channel before you leave the harbour.",
        "A pilot must know “the depth of every channel” before the ship leaves.",
        "A pilot must know it.",
        "Must a pilot know the depth of every channel before the ship leaves the harbour?",
    ],
)
def test_unclear_sentences_instructions_and_quotations_are_not_quoted(sentence):
    assert suggest("en", sentence).prompts == []


def test_every_template_quotes():
    for kinds in QUESTIONS.values():
        assert kinds.keys() == QUESTIONS["en"].keys()
        assert all("{quote}" in template for templates in kinds.values() for template in templates)
