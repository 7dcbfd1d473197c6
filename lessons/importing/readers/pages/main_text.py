"""Which blocks of a web page are its main text.

An extractor votes on every block. The smallest element with most of what it takes is the article: what else is in it
is kept as well, unless it consists of links, is a label of the publishing system, or stands below such a label. What
is outside is kept if the extractor takes it.
"""

import re
from collections import Counter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborNode

from lessons.importing.document import Block
from lessons.importing.readers.pages import extractor, furniture, notes, titles
from lessons.importing.readers.pages.labels import reason_of_label
from lessons.importing.readers.pages.page_block import PageBlock
from lessons.importing.readers.pages.titles import PageTitle

OUTSIDE = _("On the page, but outside the article.")
LINKS = _("Links to other pages.")
EMPTY = _("A heading of what is left out.")
# Reasons that a name alone suggests: text that the extractor takes whole may be kept all the same.
WEAK = (
    furniture.SIDEBAR,
    furniture.ADVERT,
    furniture.RELATED,
    furniture.SHARING,
    furniture.AUTHOR,
    furniture.HIDDEN,
)
# What articles without any furniture around them have as well.
OF_ARTICLES = (furniture.CONTENTS, furniture.HIDDEN, furniture.PERMALINK)
COVERED = 0.8  # of what the extractor takes, in the article's element
RESCUED_SHARE = 0.25  # of what it takes, in an element named like furniture
RESCUED_VOTE = 0.8
MIN_VOTE = 0.5
MAX_LINKED = 0.6
# Around the main text, menus have this form as well; those consist of links.
STRUCTURED = ("list", "table", "quote")
MAX_LINKED_OF_STRUCTURED = 0.3
PROSE = 80
SENTENCE_WORDS = 4
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", ".”", ".“", '."')
CAPTIONS = {"figure", "figcaption"}
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def select(page_blocks: list[PageBlock], html: str, title: PageTitle) -> None:
    """Set the reason of every block that is not the main text: of none on a page without furniture."""
    if not any(_is_furniture(one) or _linked_share(one.block) > MAX_LINKED for one in page_blocks):
        return
    votes = _votes(page_blocks, html)
    weights = [len(one.block.text) * vote for one, vote in zip(page_blocks, votes, strict=True)]
    _rescue(page_blocks, votes)
    taken = [n for n, one in enumerate(page_blocks) if one.reason is None and votes[n] >= MIN_VOTE]
    if not taken:
        return
    inside = _in_article(page_blocks, weights)
    start = _start(page_blocks, taken[0], title)
    for n, one in enumerate(page_blocks):
        if n == start or (one.block.type == "footnote" and not one.marks):
            one.reason = None
        elif one.reason is None:
            one.reason = _reason(
                one,
                is_taken=votes[n] >= MIN_VOTE,
                is_inside=inside[n],
                is_lead=start < n < taken[0],
                is_between=taken[0] < n < taken[-1],
            )
    _leave_out_below_labels(page_blocks)


def _is_furniture(one: PageBlock) -> bool:
    return any(not any(mark.reason is own for own in OF_ARTICLES) for mark in one.marks)


def _votes(page_blocks: list[PageBlock], html: str) -> list[float]:
    """Return for each block how much of it the extractor takes; if that is next to nothing, judge by length."""
    vote = extractor.vote(html)
    votes = [vote.share(one.block) for one in page_blocks]
    lengths = [len(one.block.text) for one in page_blocks if one.reason is None]
    voted = sum(vote * len(one.block.text) for one, vote in zip(page_blocks, votes, strict=True))
    if voted > 0.1 * sum(lengths):
        return votes
    return [float(_is_prose(one.block)) for one in page_blocks]


def _is_prose(block: Block) -> bool:
    return len(block.text) >= PROSE and _linked_share(block) < 0.3


def _is_sentence(block: Block) -> bool:
    return block.text.endswith(SENTENCE_ENDS) and len(block.text.split()) >= SENTENCE_WORDS


def _reason(
    one: PageBlock, *, is_taken: bool, is_inside: bool, is_lead: bool, is_between: bool
) -> str | Promise | None:
    """Return why a block is left out, if it is.

    is_lead: between the title and the first block that is taken. is_between: after that and before the last one.
    """
    block, linked = one.block, _linked_share(one.block)
    reason = reason_of_label(block.text, linked)
    if reason is not None:
        return reason
    if is_taken or (is_inside and is_between and (linked <= MAX_LINKED or block.type == "heading")):
        return None
    if _is_prose(block) and (is_inside or is_lead or is_between):
        return None
    if (is_inside or is_lead) and _is_sentence(block) and linked <= MAX_LINKED:
        return None
    if is_between and block.type in STRUCTURED and linked < MAX_LINKED_OF_STRUCTURED:
        return None
    if is_inside and block.type == "heading" and is_lead:
        return None
    if (
        is_inside
        and linked <= MAX_LINKED
        and (block.type not in ("paragraph", "heading", "quote") or one.node.tag in CAPTIONS)
    ):
        return None
    return LINKS if linked > MAX_LINKED else OUTSIDE


def _start(page_blocks: list[PageBlock], first: int, title: PageTitle) -> int:
    """Return the index of the article's main heading; `first`, the first block that is taken, if there is none."""
    before = [n for n, one in enumerate(page_blocks[: first + 1]) if one.block.type == "heading"]
    named = titles.best(before, [one.block for one in page_blocks[: first + 1]], title)
    if named:
        return named[-1]
    top = [n for n in before if page_blocks[n].block.level == 1 and page_blocks[n].reason is None]
    return top[-1] if top else first


def _rescue(page_blocks: list[PageBlock], votes: list[float]) -> None:
    """Keep what is named like furniture, but is a good part of what the extractor takes, or prose that it takes.

    A good part: of one element, or of all with the same name, as where every piece of a page is a "widget".
    """
    taken: Counter[int | str] = Counter()
    for one, vote in zip(page_blocks, votes, strict=True):
        for key in {key for mark in one.marks for key in (mark.element, mark.name)}:
            taken[key] += int(len(one.block.text) * vote)
    total = sum(len(one.block.text) * vote for one, vote in zip(page_blocks, votes, strict=True))
    taken[""] = 0
    for one, vote in zip(page_blocks, votes, strict=True):
        if one.marks and one.reason is one.marks[0].reason:
            is_taken = vote >= RESCUED_VOTE and _is_prose(one.block)
            left = (
                mark.reason
                for mark in one.marks
                if max(taken[mark.element], taken[mark.name]) <= RESCUED_SHARE * total
                and not (is_taken and _is_weak(mark.reason))
            )
            one.reason = next(left, None)


def _is_weak(reason: str | Promise) -> bool:
    return any(reason is weak for weak in WEAK)


def _in_article(page_blocks: list[PageBlock], weights: list[float]) -> list[bool]:
    """Return which blocks are in the smallest element that has most of what the extractor takes."""
    paths = _paths(page_blocks)
    weight_of: Counter[int] = Counter()
    for one, weight, path in zip(page_blocks, weights, paths, strict=True):
        if one.reason is None:
            for element in path:
                weight_of[element] += int(weight)
    total = max(weight_of.values(), default=0)
    depth = {element: n for path in paths for n, element in enumerate(path)}
    candidates = [element for element, weight in weight_of.items() if weight >= COVERED * total]
    article = max(candidates, key=lambda element: depth[element], default=None)
    return [article in path for path in paths]


def _paths(page_blocks: list[PageBlock]) -> list[list[int]]:
    """Return for each block the elements around it, the outermost first."""
    known: dict[int, list[int]] = {}

    def path(node: LexborNode | None) -> list[int]:
        if node is None:
            return []
        if node.mem_id not in known:
            known[node.mem_id] = [*path(node.parent), node.mem_id]
        return known[node.mem_id]

    return [path(one.node) for one in page_blocks]


def _linked_share(block: Block) -> float:
    """Return which share of the block's text is in links."""
    linked = sum(len(TAG.sub("", link)) for link in LINK.findall(block.html))
    return linked / max(1, len(block.text))


def _leave_out_below_labels(page_blocks: list[PageBlock]) -> None:
    """Leave out the links and teasers below a heading such as "Related posts", and the links below such a line."""
    below: str | Promise | None = None
    level = 0
    is_below_line = False
    for one in page_blocks:
        if one.block.type != "heading":
            is_link = _linked_share(one.block) > MAX_LINKED
            if is_link and is_below_line:
                one.reason = one.reason or furniture.RELATED
            is_below_line = (is_link and is_below_line) or (one.reason is furniture.RELATED and not one.marks)
        else:
            is_below_line = False
        if one.block.type == "heading":
            own = one.block.level or 6
            if below is not None and own <= level:
                below = None
            if below is None and (one.reason is furniture.RELATED or one.reason is furniture.COMMENTS):
                below, level = one.reason, own
        elif below is not None and one.reason is None and not _is_prose(one.block):
            one.reason = below


def leave_out_empty_headings(page_blocks: list[PageBlock], title: PageTitle) -> None:
    """Leave out headings of which all below is left out, or is notes that stand elsewhere, but not the title."""
    moved = notes.moved([one.block for one in page_blocks])
    level_below = 0  # of the kept heading that comes next, 7 if text comes first
    why: str | Promise | None = None
    for n in range(len(page_blocks) - 1, -1, -1):
        one = page_blocks[n]
        if n in moved:
            why = notes.HEADING_OF_NOTES if why is None else why
        elif one.reason is not None:
            why = EMPTY if one.block.text else why
        elif one.block.type != "heading":
            level_below, why = 7, None
        elif why is not None and level_below <= (one.block.level or 6) and not title.rank(one.block.text):
            one.reason = why
        else:
            level_below, why = one.block.level or 6, None
