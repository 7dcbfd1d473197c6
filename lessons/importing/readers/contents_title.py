"""What stands above a table of contents, in many languages, and what its entries have in common with headings."""

import re

TITLE = re.compile(
    r"\W*(?:table of contents|contents|toc|on this page|in this (?:chapter|unit|article)|"
    r"inhalt(?:sverzeichnis|sübersicht)?|sommaire|table des matières|índice(?: general)?|indice|sommario|contenidos?|"
    r"tabla de contenidos?|conteúdo|sumário|inhoud(?:sopgave)?|innehåll|"
    r"indhold(?:sfortegnelse)?|innhold|sisällys(?:luettelo)?|spis treści|obsah|tartalom(?:jegyzék)?|cuprins|sadržaj|"
    r"içindekiler|оглавление|содержание|зміст|съдържание|περιεχόμενα|目\s*[录錄次]|차례|목차|"
    r"المحتويات|תוכן העניינים|สารบัญ|विषय[- ]?सूची|mục lục|daftar isi)"
    r"\W*(?:generated (?:with|by)\s[^\n]{1,40})?",
    re.IGNORECASE,
)
NUMBERING = re.compile(
    r"\A(?:(?:chapter|part|section|kapitel|chapitre|appendix)\s+)?(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])[.):]?\s+",
    re.IGNORECASE,
)
MAX_LENGTH = 80


def is_contents_title(text: str) -> bool:
    return len(text) <= MAX_LENGTH and TITLE.fullmatch(text) is not None


def key(text: str) -> str:
    """Return what an entry and its heading have in common, whatever their numbering and their capitals."""
    return NUMBERING.sub("", " ".join(text.split()), count=1).casefold().strip(" .:")
