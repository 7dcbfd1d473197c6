"""The lessons and case studies that a review makes: sections put together as HTML."""

from dataclasses import dataclass, field
from html import escape

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.importing.document import SECTION
from lessons.importing.review.suggestions import accepted
from lessons.markup.sanitise import sanitise

MAX_HEADING_LEVEL = 4


class ReviewIncomplete(ValueError):
    """The review has something that no module can be made of; `problems` are sentences that say what."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(slots=True)
class ReviewedLesson:
    """A lesson or case study to be. heading: the article's own; sections: the ids of those in it, its own first."""

    heading: str
    title: str
    kind: str
    level: int
    facts: dict
    sections: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def html(self) -> str:
        notes = f'<section class="footnotes"><ol>{"".join(self.notes)}</ol></section>' if self.notes else ""
        return sanitise("\n".join(self.parts) + notes)


def reviewed_lessons(state: dict) -> list[ReviewedLesson]:
    """In the order of the review. A section of kind section goes into the text before it; the first one begins one."""
    made: list[ReviewedLesson] = []
    for section in state["sections"]:
        if section["kind"] != SECTION or not made:
            made.append(_begun(section))
        else:
            depth = min(MAX_HEADING_LEVEL, max(2, section["level"] - made[-1].level + 1))
            made[-1].parts.append(f"<h{depth}>{escape(section['heading'], quote=False)}</h{depth}>")
        made[-1].sections.append(section["id"])
        for block in section["blocks"]:
            (made[-1].notes if block["type"] == "footnote" else made[-1].parts).append(block["html"])
    return made


def _begun(section: dict) -> ReviewedLesson:
    heading = section.get("found_heading", section["heading"])
    return ReviewedLesson(heading, section["heading"], section["kind"], section["level"], section["facts"])


def require_complete(state: dict, *, needs_title: bool = True) -> None:
    """Raises NotReady where there are `problems`."""
    if found := problems(state, needs_title=needs_title):
        raise ReviewIncomplete(found)


def problems(state: dict, *, needs_title: bool = True) -> list[str]:
    """Sentences about what stands in the way of making the module; an empty list when nothing does.

    needs_title: whether a module is made; one that is updated keeps its own.
    """
    found = [] if state["title"].strip() or not needs_title else [_("The module has no title. Give it one.")]
    found += [] if state["sections"] else [_("No section is left. Restore one of those that were dropped.")]
    dates = [(item["event"], item["date"]) for item in accepted(state, "timeline")]
    for section in state["sections"]:
        if section["kind"] == "case_study":
            dates += [
                (section["heading"], section["facts"][name]) for name in ("began", "ended") if section["facts"][name]
            ]
    for subject, date in dates:
        try:
            validate_edtf(date)
        except ValidationError as error:
            found.append(f"{subject}: {' '.join(error.messages)}")
    return found
