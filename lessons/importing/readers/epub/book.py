"""Assemble a book: each page read as HTML, with its notes, images and links."""

from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from itertools import count
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree
from lxml import html as lxml_html

from lessons.importing.document import Block, Omission, ParsedArticle, SourceImage, element
from lessons.importing.readers import html
from lessons.importing.readers.archives import Archive
from lessons.importing.readers.epub import chapters, front_matter, xml
from lessons.importing.readers.epub.chapters import Chapter
from lessons.importing.readers.epub.navigation import HeadingLevels, join_headings
from lessons.importing.readers.epub.package import NavigationPoint, Package, resolve
from lessons.markup.sanitise import InvalidText, sanitise

NOTES_HEADING = gettext_lazy("The heading of the notes, which are now at the end of the lessons that refer to them.")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Book:
    """The state of reading one book."""

    def __init__(self, archive: Archive, package: Package):
        self._archive, self._package = archive, package
        self._chapters = self._read_chapters()
        self._by_path = {chapter.path: chapter for chapter in self._chapters}
        self._notes: dict[etree._Element, tuple[str, Chapter]] = {}
        self._note_numbers = count(1)
        # Names of link targets, by the path of the chapter that they are in.
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._points: dict[str, list[NavigationPoint]] = defaultdict(list)
        for point in package.navigation:
            self._points[point.path].append(point)
        self._images: dict[str, SourceImage] = {}
        self._levels = HeadingLevels()

    def _read_chapters(self) -> list[Chapter]:
        result = []
        for number, path in enumerate(self._package.pages, 1):
            root = xml.parse(self._archive.read(path))
            chapter = chapters.make_chapter(number, path, root) if root is not None else None
            if chapter:
                result.append(chapter)
        return result

    def parsed(self) -> ParsedArticle:
        """Return the book as an article. Raise InvalidText for one without a readable page."""
        if not self._chapters:
            raise InvalidText(_("This book is damaged: it has no readable pages. Copy the text and paste it."))
        parsed = ParsedArticle([], "", self._package.title, language=self._package.language)
        parsed.source = "\n".join(chapter.text for chapter in self._chapters)
        parsed.omissions = [
            Omission(path, _("The book lists this page but does not contain it."), position=0)
            for path in self._package.missing
        ]
        reasons = front_matter.reasons(self._chapters, self._package)
        kept = {chapter.path: chapter for chapter in self._chapters if chapter.path not in reasons}
        for chapter in kept.values():
            self._find_notes(chapter)
            self._rewrite_links(chapter, kept)
            self._take_images(chapter)
        notes = self._take_notes()
        for chapter in self._chapters:
            if chapter.path in reasons:
                parsed.omissions += _left_out(chapter.text, reasons[chapter.path], len(parsed.blocks))
            else:
                self._add(parsed, chapter, notes.get(chapter.path, []))
        _without_title_heading(parsed)
        parsed.images = list(self._images.values())
        return parsed

    def _find_notes(self, chapter: Chapter) -> None:
        """Find the notes that the chapter's links refer to, and turn those links into footnote references."""
        for link in list(chapter.body.iter("a")):
            target_chapter, target = self._target(chapter, link.get("href") or "")
            if target_chapter is None or target is None or self._is_in_note(link):
                continue
            is_certain = chapters.is_reference(link)
            if not is_certain and not chapters.looks_like_reference(link):
                continue
            note = chapters.note_of(target, is_certain)
            if note is not None and link not in note.iter("a"):
                _make_reference(link, self._key(note, target_chapter))
                _take_out_of_heading(link)

    def _target(self, chapter: Chapter, href: str) -> tuple[Chapter | None, etree._Element | None]:
        path, anchor = resolve(chapter.path, href)
        target = self._by_path.get(path)
        return target, target.by_id.get(anchor) if target and anchor else None

    def _is_in_note(self, link: etree._Element) -> bool:
        return any(ancestor in self._notes for ancestor in link.iterancestors())

    def _key(self, note: etree._Element, chapter: Chapter) -> str:
        if note not in self._notes:
            self._notes[note] = f"fn-{chapter.anchor}-{next(self._note_numbers)}", chapter
        return self._notes[note][0]

    def _rewrite_links(self, chapter: Chapter, kept: Container[str]) -> None:
        """Point links within the book to the anchors of their targets; links to pages left out keep their path."""
        for link in chapter.body.iter("a"):
            href = link.get("href") or ""
            if not href or href.startswith("#fn-"):
                continue
            path, anchor = resolve(chapter.path, href)
            target = self._by_path.get(path)
            if target and path in kept:
                name = target.anchor_of(anchor if anchor in target.by_id else "")
                self._wanted[path].add(name)
                link.set("href", f"#{name}")

    def _take_images(self, chapter: Chapter) -> None:
        for drawing in list(chapter.body.iter("svg")):
            inner = next(drawing.iter("image"), None)
            if inner is not None and inner.get("href"):
                image = lxml_html.Element("img", src=inner.get("href"), alt=_title_of(drawing))
                image.tail, drawing.tail = drawing.tail, None
                drawing.getparent().replace(drawing, image)
        for image in chapter.body.iter("img"):
            path, _anchor = resolve(chapter.path, image.get("src") or "")
            if path in self._archive:
                image.set("src", f"/assets/{self._image(path, image.get('alt') or '').uid}/")

    def _image(self, path: str, alt: str) -> SourceImage:
        if path not in self._images:
            name = path.rpartition("/")[2]
            self._images[path] = SourceImage(str(uuid4()), self._archive.read(path), alt, name)
        return self._images[path]

    def _take_notes(self) -> dict[str, list[Block]]:
        """Remove the notes from their chapters; return them by the path of the chapter that they belong to."""
        for chapter in self._chapters:
            for node in chapter.body.iter(*chapters.NOTE_HOSTS):
                if chapters.is_note(node) and not any(parent in self._notes for parent in node.iterancestors()):
                    self._key(node, chapter)
        result: dict[str, list[Block]] = {}
        for note, (key, chapter) in self._notes.items():
            chapters.remove_back_links(note)
            inner = SafeString(sanitise(chapters.inner_html(note)))
            text = " ".join(chapters.text_of(note).split())
            chapters.remove(note)
            if text:
                block = Block("footnote", text, sanitise(element("li", inner, id=key)))
                result.setdefault(chapter.path, []).append(block)
        return result

    def _add(self, parsed: ParsedArticle, chapter: Chapter, notes: list[Block]) -> None:
        """Add the blocks of a chapter, its notes at their end."""
        points = self._points[chapter.path]
        page = html.read(self._html_of(chapter), self._places(chapter, points))
        blocks = [
            replace(block, level=max(1, (block.level or 2) - 1)) if block.type == "heading" else block
            for block in page.blocks
        ]
        offset = len(parsed.blocks)
        for omission in page.omissions:
            position = offset + (omission.position if omission.position is not None else 0)
            parsed.omissions.append(replace(omission, position=position))
        if notes and all(block.type == "heading" for block in blocks):
            parsed.omissions += [Omission(block.text, NOTES_HEADING, position=offset) for block in blocks]
            parsed.blocks += notes
            return
        blocks = join_headings(blocks, points)
        blocks = self._levels.apply(blocks, points, _positions(blocks, chapter, points))
        if blocks:
            blocks[0] = replace(blocks[0], anchors=(chapter.anchor, *blocks[0].anchors))
        parsed.blocks += blocks + notes

    def _places(self, chapter: Chapter, points: list[NavigationPoint]) -> set[str]:
        return self._wanted[chapter.path] | {chapter.anchor_of(point.anchor) for point in points}

    def _html_of(self, chapter: Chapter) -> str:
        """Return the page as HTML to be read.

        Headings are moved one level down, so that none is mistaken for the title of a page.
        """
        for name, node in chapter.by_id.items():
            node.attrib.pop("name", None)
            node.set("id", chapter.anchor_of(name))
        for node in chapter.body.iter(*HEADINGS):
            node.tag = f"h{min(6, int(node.tag[1]) + 1)}"
        chapter.body.tag = "body"
        return f"<html>{chapters.to_html(chapter.body)}</html>"


def _make_reference(link: etree._Element, key: str) -> None:
    """Turn `link` into the reference of the note, in superscript, as the conventions of `document` require."""
    label = "".join(link.itertext()).strip().strip("[]()")
    tail, link.tail = link.tail, None
    for child in list(link):
        link.remove(child)
    link.attrib.clear()
    link.set("href", f"#{key}")
    link.text = label or "*"
    parent = link.getparent()
    if (
        parent.tag == "sup"
        and len(parent) == 1
        and not (parent.text or "").strip(" [(")
        and not (tail or "").strip(" ])")
    ):
        parent.attrib.clear()
        parent.set("class", "footnote-ref")
        parent.text = None
        return
    raised = lxml_html.Element("sup")
    raised.set("class", "footnote-ref")
    raised.tail = tail
    parent.replace(link, raised)
    raised.append(link)


def _take_out_of_heading(link: etree._Element) -> None:
    """Move the reference of a note, if it is in a heading, into a paragraph below that: headings have only text."""
    heading = next((node for node in link.iterancestors() if node.tag in HEADINGS), None)
    raised = link.getparent()
    if heading is not None and heading.getparent() is not None:
        chapters.remove(raised)
        paragraph = lxml_html.Element("p")
        paragraph.append(raised)
        paragraph.tail, heading.tail = heading.tail, None
        heading.addnext(paragraph)


def _title_of(drawing: etree._Element) -> str:
    title = next(drawing.iter("title"), None)
    return " ".join("".join(title.itertext()).split()) if title is not None else ""


def _positions(blocks: list[Block], chapter: Chapter, points: list[NavigationPoint]) -> list[int]:
    """Return the index of the block that each entry of the table of contents leads to, -1 if there is none."""
    index_of = {anchor: n for n, block in reversed(list(enumerate(blocks))) for anchor in block.anchors}
    return [index_of.get(chapter.anchor_of(point.anchor), -1) if point.anchor else 0 for point in points]


def _left_out(text: str, reason: str | Promise, position: int) -> list[Omission]:
    text = "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))
    return [Omission(text, reason, position=position)] if text else []


def _without_title_heading(parsed: ParsedArticle) -> None:
    """Drop a heading at the start that repeats the title."""
    first = parsed.blocks[0] if parsed.blocks else None
    if first and first.type == "heading" and first.text.casefold() == parsed.title.casefold():
        parsed.title = first.text
        del parsed.blocks[0]
