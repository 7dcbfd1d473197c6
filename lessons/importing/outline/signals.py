"""Signals that one heading belongs below another, as numbers from a text without markup."""

import math
import re
from dataclasses import dataclass, field

from lessons.importing.stemming import InverseDocumentFrequency, stems
from lessons.markup.scripts import count_words

SENTENCE_END = re.compile(r"(?<=[.?!।؟۔])\s|(?<=[。！？])")
PLURAL = re.compile(r"[^s]s\b")
MAX_DISTANCE = 40


@dataclass(slots=True)
class OutlinePart:
    """A heading and the text directly below it, as stems.

    paragraphs, words: how many. first, lead: the stems of the first paragraph, and of its first sentence.
    """

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
    counts = len(paragraphs), count_words(text)
    return OutlinePart(stems(heading), body, *counts, heading, set(body), set(stems(opening)), set(stems(lead)))


class NestingSignals:
    """The signals for all headings of one article. `title` and `introduction` are the article's."""

    def __init__(self, parts: list[OutlinePart], title: str, introduction: list[str]):
        self.parts = parts
        self.topic = set(stems(title))
        self.introduction = set(stems(" ".join(introduction)))
        self.rarity = InverseDocumentFrequency(part.all for part in parts)
        self.median_words = sorted(part.words for part in parts)[len(parts) // 2] or 1
        self.shared_topic = sum(bool(set(p.heading) & self.topic) for p in parts) >= 0.5 * len(parts)
        self._average_mentions = [self._average_mention(n) for n in range(len(parts))]
        self._heading_features = [self._features_of_heading(n) for n in range(len(parts))]

    def features(self, child_index: int, parent_index: int) -> dict[str, float]:
        """Return the signals for a heading belonging below another one, which comes before it."""
        child, parent = self.parts[child_index], self.parts[parent_index]
        shared = (set(parent.heading) - self.topic) & set(child.heading)
        mentioned = self.rarity.weighted_overlap(child.heading, parent.all)
        return self._heading_features[child_index] | {
            "mentioned": mentioned - self._average_mentions[child_index],
            "repeats": self.rarity.weighted_overlap(set(parent.heading) - self.topic, shared),
            "parent_in_first": self.rarity.weighted_overlap(parent.heading, child.first),
            "parent_in_lead": self.rarity.weighted_overlap(parent.heading, child.lead),
            "parent_length": self._length(parent),
            "parent_is_short": float(parent.paragraphs == 1),
            "parent_plural": float(bool(PLURAL.search(parent.title))),
            "like_parent": _similarity(parent, child),
            "like_before": _similarity(self.parts[child_index - 1], child) if child_index - 1 > parent_index else 0.0,
            "siblings": math.log(child_index - parent_index),
        }

    def is_announced(self, child_index: int, parent_index: int) -> bool:
        """Return whether the parent's text contains the heading, of at least two words, word for word."""
        child, parent = self.parts[child_index], self.parts[parent_index]
        return (
            len(child.heading) > 1
            and not set(child.heading) & self.topic
            and f" {' '.join(child.heading)} " in f" {' '.join(parent.body)} "
        )

    def _features_of_heading(self, index: int) -> dict[str, float]:
        """Return the signals that do not depend on the parent: whether the heading looks like a parent itself, …"""
        part = self.parts[index]
        after = [*self.parts[index + 1 : index + 4], None, None, None]
        first, second, third = after[:3]
        return {
            "length": self._length(part),
            "mentions_second": self.rarity.weighted_overlap(second.heading, part.all) if second else 0.0,
            "mentions_third": self.rarity.weighted_overlap(third.heading, part.all) if third else 0.0,
            "in_second": self.rarity.weighted_overlap(part.heading, second.first) if second else 0.0,
            "like_next": float(bool(first and set(first.heading) & set(part.heading) - self.topic)),
            "topic": float(bool(set(part.heading) & self.topic)),
            "in_introduction": self.rarity.weighted_overlap(part.heading, self.introduction),
        }

    def _length(self, part: OutlinePart) -> float:
        return math.log((part.words + 10) / (self.median_words + 10))

    def _average_mention(self, index: int) -> float:
        """Return how much of the heading the other sections nearby mention, on average."""
        start = max(0, index - MAX_DISTANCE)
        nearby = [part for n, part in enumerate(self.parts[start : index + MAX_DISTANCE], start) if n != index]
        heading = self.parts[index].heading
        return sum(self.rarity.weighted_overlap(heading, part.all) for part in nearby) / max(1, len(nearby))


def _similarity(one: OutlinePart, other: OutlinePart) -> float:
    """Return how parallel two headings are: the same first word, the same last word, both starting with an -ing verb.

    From 0 to 1. A heading has at least one word.
    """
    first, last = one.title.lower().split(), other.title.lower().split()
    same_start = first[0].rstrip("s") == last[0].rstrip("s") and first[0] != "the"
    same_end = stems(first[-1]) == stems(last[-1]) != []
    return min(1.0, same_start + same_end + 0.5 * (first[0].endswith("ing") and last[0].endswith("ing")))
