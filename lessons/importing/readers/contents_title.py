"""Recognise the title of a table of contents, in any format."""

import re

TITLE = re.compile(
    r"\W*(?:table of contents|contents|toc|on this page|in this (?:article|chapter|unit)|"
    r"inhalt(?:sverzeichnis|sübersicht)?|sommaire|table des matières|contenidos?|tablas? de contenidos?|"
    r"índice(?: general)?|indice|sommario|conteúdo|sumário|inhoud(?:sopgave)?|innehåll|indhold(?:sfortegnelse)?|"
    r"innhold|sisällys(?:luettelo)?|spis treści|obsah|tartalom(?:jegyzék)?|cuprins|sadržaj|içindekiler|"
    r"оглавление|содержание|зміст|съдържание|περιεχόμενα|目\s*[录錄次]|차례|목차|المحتويات|תוכן העניינים|สารบัญ)\W*",
    re.IGNORECASE,
)
MAX_LENGTH = 40


def is_contents_title(text: str) -> bool:
    return len(text) < MAX_LENGTH and TITLE.fullmatch(text) is not None
