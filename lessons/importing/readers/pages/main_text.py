"""Select the blocks of a web page that are its main text.

An extractor votes on every block. The smallest element with most of the extracted text is the article: its other
blocks are kept as well, unless they consist of links, are labels of the publishing system, or are below such labels.
Blocks outside it are kept if they were extracted.
"""

import re
from collections import Counter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborNode

from lessons.importing.document import Block
from lessons.importing.readers.pages import boilerplate, extractor, notes, titles
from lessons.importing.readers.pages.labels import reason_of_label
from lessons.importing.readers.pages.page_block import PageBlock
from lessons.importing.readers.pages.titles import PageTitle

OUTSIDE = _("On the page, but outside the article.")
LINKS = _("Links to other pages.")
EMPTY = _("The heading of text that was left out.")
# Reasons based on a name alone: text that was extracted as a whole may be kept all the same.
WEAK = (
    boilerplate.SIDEBAR,
    boilerplate.ADVERT,
    boilerplate.RELATED,
    boilerplate.SHARING,
    boilerplate.AUTHOR,
    boilerplate.HIDDEN,
)
# Reasons that also occur in articles without boilerplate around them.
OF_ARTICLES = (boilerplate.CONTENTS, boilerplate.HIDDEN, boilerplate.PERMALINK)
COVERED = 0.8  # of the extracted text, in the article's element
RESCUED_SHARE = 0.25  # of the extracted text, in an element named like boilerplate
RESCUED_VOTE = 0.8
MIN_VOTE = 0.5
MAX_LINKED = 0.6
# Menus around the main text have these types as well, but consist of links.
STRUCTURED = ("list", "table", "quote")
MAX_LINKED_OF_STRUCTURED = 0.3
PROSE = 80
SENTENCE_WORDS = 4
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", ".”", ".“", '."')
CAPTIONS = {"figure", "figcaption"}
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def select(page_blocks: list[PageBlock], html: str, title: PageTitle) -> None:
    """Set the reason of every block outside the main text; keep all blocks of a page without boilerplate."""
    if not any(_is_boilerplate(one) or _linked_share(one.block) > MAX_LINKED for one in page_blocks):
        return
    votes = _votes(page_blocks, html)
    weights = [len(one.block.text) * vote for one, vote in zip(page_blocks, votes, strict=True)]
    _rescue(page_blocks, votes)
    extracted = [n for n, one in enumerate(page_blocks) if one.reason is None and votes[n] >= MIN_VOTE]
    if not extracted:
        return
    inside = _in_article(page_blocks, weights)
    start = _start(page_blocks, extracted[0], title)
    for n, one in enumerate(page_blocks):
        if n == start or (one.block.type == "footnote" and not one.exclusions):
            one.reason = None
        elif one.reason is None:
            one.reason = _reason(
                one,
                is_extracted=votes[n] >= MIN_VOTE,
                is_inside=inside[n],
                is_lead=start < n < extracted[0],
                is_between=extracted[0] < n < extracted[-1],
            )
    _leave_out_below_labels(page_blocks)


def _is_boilerplate(one: PageBlock) -> bool:
    return any(not any(exclusion.reason is own for own in OF_ARTICLES) for exclusion in one.exclusions)


def _votes(page_blocks: list[PageBlock], html: str) -> list[float]:
    """Return for each block how much of it was extracted; if that is almost nothing, judge by length."""
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
    one: PageBlock, *, is_extracted: bool, is_inside: bool, is_lead: bool, is_between: bool
) -> str | Promise | None:
    """Return why a block is left out, if it is.

    is_lead: it is between the title and the first extracted block. is_between: between the first and the last.
    """
    block, linked = one.block, _linked_share(one.block)
    reason = reason_of_label(block.text, linked)
    if reason is not None:
        return reason
    if is_extracted or (is_inside and is_between and (linked <= MAX_LINKED or block.type == "heading")):
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
    """Return the index of the article's main heading; `first`, the first extracted block, if there is none."""
    before = [n for n, one in enumerate(page_blocks[: first + 1]) if one.block.type == "heading"]
    named = titles.best(before, [one.block for one in page_blocks[: first + 1]], title)
    if named:
        return named[-1]
    top = [n for n in before if page_blocks[n].block.level == 1 and page_blocks[n].reason is None]
    return top[-1] if top else first


def _rescue(page_blocks: list[PageBlock], votes: list[float]) -> None:
    """Keep blocks named like boilerplate that are a large part of the extracted text, or extracted prose.

    That part may be in one element, or in all with the same name, as on pages made of "widgets".
    """
    extracted: Counter[int | str] = Counter()
    for one, vote in zip(page_blocks, votes, strict=True):
        for key in {key for exclusion in one.exclusions for key in (exclusion.element, exclusion.name)}:
            extracted[key] += int(len(one.block.text) * vote)
    total = sum(len(one.block.text) * vote for one, vote in zip(page_blocks, votes, strict=True))
    extracted[""] = 0
    for one, vote in zip(page_blocks, votes, strict=True):
        if one.exclusions and one.reason is one.exclusions[0].reason:
            is_extracted = vote >= RESCUED_VOTE and _is_prose(one.block)
            left = (
                exclusion.reason
                for exclusion in one.exclusions
                if max(extracted[exclusion.element], extracted[exclusion.name]) <= RESCUED_SHARE * total
                and not (is_extracted and _is_weak(exclusion.reason))
            )
            one.reason = next(left, None)


def _is_weak(reason: str | Promise) -> bool:
    return any(reason is weak for weak in WEAK)


def _in_article(page_blocks: list[PageBlock], weights: list[float]) -> list[bool]:
    """Return which blocks are in the smallest element with most of the extracted text."""
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
    """Return the ancestors of each block, the outermost first."""
    known: dict[int, list[int]] = {}

    def path(node: LexborNode | None) -> list[int]:
        if node is None:
            return []
        if node.mem_id not in known:
            known[node.mem_id] = [*path(node.parent), node.mem_id]
        return known[node.mem_id]

    return [path(one.node) for one in page_blocks]


def _linked_share(block: Block) -> float:
    """Return the share of the block's text that is in links."""
    linked = sum(len(TAG.sub("", link)) for link in LINK.findall(block.html))
    return linked / max(1, len(block.text))


def _leave_out_below_labels(page_blocks: list[PageBlock]) -> None:
    """Leave out links and teasers below headings such as "Related posts", and links below such lines."""
    below: str | Promise | None = None
    level = 0
    is_below_line = False
    for one in page_blocks:
        if one.block.type != "heading":
            is_link = _linked_share(one.block) > MAX_LINKED
            if is_link and is_below_line:
                one.reason = one.reason or boilerplate.RELATED
            is_below_line = (is_link and is_below_line) or (one.reason is boilerplate.RELATED and not one.exclusions)
        else:
            is_below_line = False
        if one.block.type == "heading":
            own = one.block.level or 6
            if below is not None and own <= level:
                below = None
            if below is None and (one.reason is boilerplate.RELATED or one.reason is boilerplate.COMMENTS):
                below, level = one.reason, own
        elif below is not None and one.reason is None and not _is_prose(one.block):
            one.reason = below


def leave_out_empty_headings(page_blocks: list[PageBlock], title: PageTitle) -> None:
    """Leave out headings, except the title, below which everything is left out or is moved footnotes."""
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
