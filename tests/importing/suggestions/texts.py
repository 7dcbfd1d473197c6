"""Short texts for suggestions, analysed without a database."""

from lessons.importing.document import CASE_STUDY, LESSON, Block, Outline, Section, element, paragraph_block
from lessons.importing.suggestions import Suggestions, suggest_all

# Sentences without a term, a date or a claim, enough to detect the language.
FILLING = {
    "en": "The boats lay in the harbour and nobody was there. It was cold, and the wind blew from the north for days.",
    "fr": "Les bateaux étaient dans le port et il n’y avait personne. Il faisait froid, et le vent soufflait du nord.",
    "de": "Die Boote lagen im Hafen und niemand war da. Es war kalt, und der Wind wehte tagelang aus dem Norden.",
}


def outline(*blocks: Block | str, heading: str = "", kind: str = LESSON, title: str = "") -> Outline:
    """Return an outline of paragraphs and blocks, in one section if there is a heading."""
    made = [paragraph_block(block) if isinstance(block, str) else block for block in blocks]
    sections = [Section(heading, 1, kind, made)] if heading else []
    return Outline(title, [] if heading else made, sections, [])


def suggest(language: str, *blocks: Block | str, **options: str) -> Suggestions:
    return suggest_all(outline(FILLING[language], *blocks, **options), language)


def case_study(language: str, heading: str, *paragraphs: str) -> dict:
    """Return the facts of one case study."""
    return suggest(language, *paragraphs, heading=heading, kind=CASE_STUDY).facts[0]


def html_block(html: str, *lines: str, type: str = "list") -> Block:
    return Block(type, "\n".join(lines), html)


def definition_list(*pairs: tuple[str, str]) -> Block:
    """Return the block of a definition list."""
    rows = [child for term, text in pairs for child in (element("dt", term), element("dd", text))]
    return html_block(element("dl", *rows), *(line for pair in pairs for line in pair))


def lead_in(term: str, text: str) -> Block:
    """Return a paragraph that starts with a bold term."""
    return html_block(element("p", element("strong", term), f" {text}"), f"{term} {text}", type="paragraph")
