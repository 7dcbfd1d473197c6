"""Make the lessons and case studies of a review: sections joined as HTML."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.importing.document import CASE_STUDY, SECTION, element
from lessons.importing.review import links
from lessons.importing.review.blocks import Blocks, current
from lessons.importing.review.images import with_descriptions
from lessons.importing.review.sections import original_heading
from lessons.importing.review.suggestions import accepted
from lessons.importing.text_formulas import text_as_html
from lessons.markup.formulas import FormulaLimit
from lessons.markup.sanitise import sanitise

MAX_HEADING_LEVEL = 4
HEADING = re.compile(r"<h[2-6]\b")


class ReviewIncomplete(ValueError):
    """No module can be created from the review; `problems` are sentences that say why."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(slots=True)
class ReviewedLesson:
    """A lesson or case study to be created.

    heading: the article's own. sections: the ids of the sections in it, the first one its own. parts and footnotes:
    HTML that the readers have sanitised. anchors: the index of the part with each anchor of the article.
    notes: the footnotes of its sections by id, whether this lesson refers to them or another one.
    """

    heading: str
    title: str
    kind: str
    level: int
    facts: dict
    sections: list[str] = field(default_factory=list)
    parts: list[SafeString] = field(default_factory=list)
    footnotes: list[SafeString] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    notes: dict[str, SafeString] = field(default_factory=dict)

    def add(self, block: dict, html: SafeString) -> None:
        """Add a block of the article, whose HTML is `html`."""
        if block["type"] != "footnote":
            # A link to the block leads to the heading above it.
            place = len(self.parts) - 1 if self.parts and HEADING.match(self.parts[-1]) else len(self.parts)
            self.anchors |= dict.fromkeys(block.get("anchors", ()), place)
            self.parts.append(html)
        elif match := links.NOTE_ID.match(html):
            self.notes[match[1]] = html
        else:
            self.footnotes.append(html)

    @property
    def note_ids(self) -> set[str]:
        """Return the ids of the footnotes at the end of the lesson."""
        return {match[1] for html in self.footnotes if (match := links.NOTE_ID.match(html))}

    def html(self) -> str:
        html = "\n".join(self.parts)
        if self.footnotes:
            html += element("section", element("ol", *self.footnotes), class_="footnotes")
        return sanitise(html)


def reviewed_lessons(review: dict, blocks: Blocks) -> list[ReviewedLesson]:
    """Return the lessons in the order of the review. blocks: those of the article.

    A section of kind section becomes part of the lesson before it; the first section always starts a lesson.
    """
    lessons: list[ReviewedLesson] = []
    blocks = current(review, blocks)
    for section in review["sections"]:
        if section["kind"] != SECTION or not lessons:
            lessons.append(_new_lesson(section))
        else:
            depth = min(MAX_HEADING_LEVEL, max(2, section["level"] - lessons[-1].level + 1))
            heading = text_as_html(section["heading"], FormulaLimit(), all_tex=True)
            lessons[-1].parts.append(element(f"h{depth}", heading))
        lesson = lessons[-1]
        lesson.sections.append(section["id"])
        for block in map(blocks.__getitem__, section["blocks"]):
            lesson.add(block, SafeString(with_descriptions(block["html"], review["images"])))
    links.connect(lessons)
    return lessons


def _new_lesson(section: dict) -> ReviewedLesson:
    return ReviewedLesson(
        original_heading(section), section["heading"], section["kind"], section["level"], section["facts"]
    )


def require_complete(review: dict, *, needs_title: bool = True) -> None:
    """Raise ReviewIncomplete if there are `problems`."""
    if sentences := problems(review, needs_title=needs_title):
        raise ReviewIncomplete(sentences)


def problems(review: dict, *, needs_title: bool = True) -> list[str]:
    """Return sentences about what must be corrected before the module is created.

    needs_title: whether a module is created; one that is updated keeps its own title.
    """
    sentences = []
    if needs_title and not review["title"].strip():
        sentences.append(_("The module has no title. Enter one."))
    if not review["sections"]:
        sentences.append(_("There are no sections left. Put one back from “Left out”."))
    dates = [(item["event"], item["date"]) for item in accepted(review, "timeline")]
    for section in review["sections"]:
        if section["kind"] == CASE_STUDY:
            facts = section["facts"]
            dates += [(section["heading"], facts[name]) for name in ("began", "ended") if facts[name]]
    for subject, date in dates:
        try:
            validate_edtf(date)
        except ValidationError as error:
            sentences.append(f"{subject}: {' '.join(error.messages)}")
    return sentences
