"""Recognise the title of a table of contents, in any format, and the headings that its entries name."""

import re

from lessons.importing.readers.numbered_labels import WORDS_BEFORE

TITLE = re.compile(
    r"\W*(?:table of contents|contents|toc|on this page|in this (?:article|chapter|unit)|"
    r"inhalt(?:sverzeichnis|sübersicht)?|sommaire|table des matières|contenidos?|tablas? de contenidos?|"
    r"índice(?: general)?|indice|sommario|conteúdo|sumário|inhoud(?:sopgave)?|innehåll|indhold(?:sfortegnelse)?|"
    r"innhold|sisällys(?:luettelo)?|spis treści|obsah|tartalom(?:jegyzék)?|cuprins|sadržaj|içindekiler|"
    r"оглавление|содержание|зміст|съдържание|περιεχόμενα|目\s*[录錄次]|차례|목차|المحتويات|תוכן העניינים|สารบัญ|"
    r"विषय[- ]?सूची|mục lục|daftar isi)\W*(?:generated (?:with|by)\s[^\n]{1,40})?",
    re.IGNORECASE,
)
NUMBERING = re.compile(rf"\A(?:(?:{WORDS_BEFORE})\s+)?(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])[.):]?\s+", re.IGNORECASE)
MAX_LENGTH = 80


def is_contents_title(text: str) -> bool:
    return len(text) <= MAX_LENGTH and TITLE.fullmatch(text) is not None


def key(text: str) -> str:
    """Return what an entry and its heading have in common, whatever their numbering and their capitals."""
    return NUMBERING.sub("", " ".join(text.split()), count=1).casefold().strip(" .:")
