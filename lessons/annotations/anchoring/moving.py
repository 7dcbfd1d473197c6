"""Carries the passages of an old text into a new one."""

from collections.abc import Iterable

from lessons.annotations.anchoring import paragraphs, runs
from lessons.annotations.anchoring.deciding import Decision, Place
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary


def reanchor(old: str, new: str, spans: Iterable[tuple[int, int]]) -> list[Place | None]:
    """Where each [start, end) of `old` stands in `new`, in the order of `spans`; None for what was removed.

    Offsets are code points. An empty span, or one that is not inside `old`, has no words: None. The steps are those of
    our design of anchoring: equal, moved and similar paragraphs, their tokens, leftovers, then each span by itself.
    Roughly linear: 10,000 spans of a text of 50,000 characters in some tenths of a second.
    """
    shared = shared_runs(old, new)
    decision = Decision(old, new, shared)
    return [decision.place(start, end) for start, end in spans]


def shared_runs(old: str, new: str) -> list[runs.Run]:
    """What stands in both texts, by its place in the old one; no character of either is in two runs."""
    if old == new:
        return [(0, 0, len(old))] if old else []
    found = runs.slid(old, new, runs.joined(old, new, sorted(_of_paragraphs(old, new))))
    found = runs.with_leftovers(old, new, found)
    found = runs.refined(old, new, runs.joined(old, new, found))
    return runs.slid(old, new, runs.joined(old, new, found))


def _of_paragraphs(old: str, new: str) -> list[runs.Run]:
    at_sentences = paragraphs.has_long_line(old) or paragraphs.has_long_line(new)
    a, b = (paragraphs.split(text, at_sentences=at_sentences) for text in (old, new))
    equal = paragraphs.equal_pairs([old[s:e] for s, e in a], [new[s:e] for s, e in b])
    found = [(a[i][0], b[j][0], a[i][1] - a[i][0]) for i, j in equal]
    vocabulary = Vocabulary()
    a_left, b_left = sorted(set(range(len(a))) - {i for i, _ in equal}), sorted(set(range(len(b))) - {j for _, j in equal})
    a_tokens = {i: Tokens(old, *a[i], vocabulary) for i in a_left}
    b_tokens = {j: Tokens(new, *b[j], vocabulary) for j in b_left}
    beside = paragraphs.neighbours(equal, len(a), len(b))
    for i, j in paragraphs.similar_pairs(a_tokens, b_tokens, beside):
        found += runs.of_tokens(old, new, a_tokens[i], b_tokens[j])
    return found
