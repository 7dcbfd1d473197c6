"""What speaks for one heading standing under another: numbers from the words of a text without mark-up."""

import math
import re
from dataclasses import dataclass, field

from lessons.importing.stemming import InverseDocumentFrequency, stems

SENTENCE_END = re.compile(r"(?<=[.?!])\s")
PLURAL = re.compile(r"[^s]s\b")
MAX_DISTANCE = 40


@dataclass(slots=True)
class OutlinePart:
    """A heading and the text directly under it, as stems."""

    heading: list[str]
    body: list[str]
    paragraphs: int
    words: int
    title: str
    all: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    lead: set[str] = field(default_factory=set)


def make_part(heading: str, paragraphs: list[str]) -> OutlinePart:
    text = " ".join(paragraphs)
    body = stems(text)
    opening = paragraphs[0] if paragraphs else ""
    lead = SENTENCE_END.split(opening, maxsplit=1)[0]
    counts = len(paragraphs), len(text.split())
    return OutlinePart(stems(heading), body, *counts, heading, set(body), set(stems(opening)), set(stems(lead)))


class NestingSignals:
    """Over all headings of one article. `title` and `introduction` are the article's."""

    def __init__(self, parts: list[OutlinePart], title: str, introduction: list[str]):
        self.parts = parts
        self.topic = set(stems(title))
        self.introduction = set(stems(" ".join(introduction)))
        self.rarity = InverseDocumentFrequency(part.all for part in parts)
        self.middle = sorted(part.words for part in parts)[len(parts) // 2] or 1
        self.shared_topic = sum(bool(set(p.heading) & self.topic) for p in parts) >= 0.5 * len(parts)
        self._usual = [self._usually_mentioned(at) for at in range(len(parts))]
        self._own = [self._of_heading(at) for at in range(len(parts))]

    def features(self, at: int, under: int) -> dict[str, float]:
        """Signals for heading `at` standing under heading `under`, which comes before it."""
        child, parent = self.parts[at], self.parts[under]
        shared = (set(parent.heading) - self.topic) & set(child.heading)
        return self._own[at] | {
            "mentioned": self.rarity.weighted_overlap(child.heading, parent.all) - self._usual[at],
            "repeats": self.rarity.weighted_overlap(set(parent.heading) - self.topic, shared),
            "parent_in_first": self.rarity.weighted_overlap(parent.heading, child.first),
            "parent_in_lead": self.rarity.weighted_overlap(parent.heading, child.lead),
            "parent_length": self._length(parent),
            "parent_is_short": float(parent.paragraphs == 1),
            "parent_plural": float(bool(PLURAL.search(parent.title))),
            "like_parent": _likeness(parent, child),
            "like_before": _likeness(self.parts[at - 1], child) if at - 1 > under else 0.0,
            "siblings": math.log(at - under),
        }

    def is_announced(self, at: int, under: int) -> bool:
        """Whether the parent's own text has the heading's words, two or more, one after the other."""
        child, parent = self.parts[at], self.parts[under]
        return (
            len(child.heading) > 1
            and not set(child.heading) & self.topic
            and f" {' '.join(child.heading)} " in f" {' '.join(parent.body)} "
        )

    def _of_heading(self, at: int) -> dict[str, float]:
        """What is the same under whichever parent: does it itself look like a parent, does the topic name it?"""
        here = self.parts[at]
        after = self.parts[at + 1 : at + 4] + [None] * 3
        return {
            "length": self._length(here),
            "mentions_second": self.rarity.weighted_overlap(after[1].heading, here.all) if after[1] else 0.0,
            "mentions_third": self.rarity.weighted_overlap(after[2].heading, here.all) if after[2] else 0.0,
            "in_second": self.rarity.weighted_overlap(here.heading, after[1].first) if after[1] else 0.0,
            "like_next": float(bool(after[0] and set(after[0].heading) & set(here.heading) - self.topic)),
            "topic": float(bool(set(here.heading) & self.topic)),
            "in_introduction": self.rarity.weighted_overlap(here.heading, self.introduction),
        }

    def _length(self, part: OutlinePart) -> float:
        return math.log((part.words + 10) / (self.middle + 10))

    def _usually_mentioned(self, at: int) -> float:
        """How much of the heading the other sections mention, on average."""
        near = [
            p
            for n, p in enumerate(self.parts[max(0, at - MAX_DISTANCE) : at + MAX_DISTANCE], max(0, at - MAX_DISTANCE))
            if n != at
        ]
        words = self.parts[at].heading
        return sum(self.rarity.weighted_overlap(words, part.all) for part in near) / max(1, len(near))


def _likeness(one: OutlinePart, other: OutlinePart) -> float:
    """Parallel headings: the same first word, the same last word, both beginning with a verb in -ing."""
    first, last = one.title.lower().split(), other.title.lower().split()
    if not first or not last:
        return 0.0
    same_start = first[0].rstrip("s") == last[0].rstrip("s") and first[0] != "the"
    same_end = stems(first[-1]) == stems(last[-1]) != []
    return min(1.0, same_start + same_end + 0.5 * (first[0].endswith("ing") and last[0].endswith("ing")))
