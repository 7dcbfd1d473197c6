"""Lines that look like headings but are not: captions, by-lines, labels, addresses, stage directions.

Rules about single lines, in the languages that courses are likely to be in.
"""

import re

from lessons.importing.readers.numbered_labels import CAPTION
from lessons.markup.scripts import CLOSING_MARKS, count_words

CREDIT = re.compile(
    r"(?:sources?|credits?|caption|photo|listen|watch|read more|see also|see|copyright|isbn|doi|quelle|bildquelle|"
    r"fonte|fuente|crédit|источник|źródło|foto)\b\W*(?:\d|by\b|:|©)|©|copyright\s*[\[(]|"
    r"(?:main articles?|further information|see also|hauptartikel|siehe auch|articles? détaillés?|voir aussi|"
    r"artículo principal|véase también|voce principale|główny artykuł|основная статья)\s*:",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"[-–—―~]\s*\S")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
BYLINE = re.compile(
    r"(?i:by|von|par|por|av|af|door|di)\s+[A-ZÀ-Þ][\w.’'-]*(?:\s+(?:and\s+|&\s+)?[A-ZÀ-Þ][\w.’'-]*){1,6}$|"
    r"(?i:translated|edited|illustrated|written|compiled|adapted|reviewed|prepared|presented) by\b|"
    r"(?i:version|edition|release|draft)\s.*,.*\d{4}$|"
    r"(?i:updated|published|posted|last modified|accessed|retrieved|revised|printed)\b.*\d|"
    rf"(?:{MONTHS})\s+\d{{1,2}}(?:,\s*\d{{4}})?$|(?:{MONTHS})\s+\d{{4}}$|"
    r"(?:[A-Z][a-z]+day,?\s+)?\d{1,2}(?:st|nd|rd|th)?\.?\s+[A-ZÀ-Þ]?[^\W\d_]{2,12}\.?,?\s+\d{4}$|"
    r"[A-Z][a-z]+day,\s+.*\d|(?:[A-Z]\.\s?){1,3}[A-Z][A-Z'’-]+$"
)
# Labels before a colon in minutes, letters, handouts and the front matter of reports.
LABEL = re.compile(
    r"(?:dates?|time|times|place|venue|location|room|present|in attendance|attendees|absent|apologies|"
    r"chair(?:person|man|woman)?|authors?|editors?|tel|telephone|phone|fax|e-?mail|mail|to|from|cc|bcc|subject|re|ref|"
    r"reference|action|owner|due|deadline|version|status|category|keywords?|key words|isbn|issn|price|address|"
    r"instructors?|teachers?|lecturer|name|class|course|code|credits|office hours|prerequisites?|duration|title|"
    r"release date|language|updates|obsoletes|request for comments|expires|intended status|speakers?|participants|"
    r"minutes|secretary|quorum|q|a|question|answer|note|notes|nb|n\.b|hint|tip|warning|caution|important|example|"
    r"e\.g|i\.e|p\.?s|datum|ort|zeit|anwesend|entschuldigt|protokoll|leitung|thema|betreff|von|an|dozent(?:in)?|"
    r"date et lieu|présents|excusés|objet|fecha|lugar|asistentes|asunto)\s*[:：]",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(?:(?:with )?(?:kind|best|warm)(?:est)? (?:regards|wishes)|regards|(?:yours )?sincerely(?: yours)?|"
    r"yours (?:faithfully|truly|sincerely)|mit freundlichen grüßen|viele grüße|cordialement|bien à vous|"
    r"atentamente|un saludo|cordiali saluti|с уважением|z poważaniem|met vriendelijke groet)\b",
    re.IGNORECASE,
)
LETTER = re.compile(
    r"(?:dear|sehr geehrte[rs]?|liebe[rs]?|cher|chère|chers|estimad[oa]s?|querid[oa]s?|caro|cara|gentile|"
    r"уважаем\w+|дорог\w+|szanown\w+|drog\w+|beste|geachte)\s+\S+(?:\s+\S+){0,4}$",
    re.IGNORECASE,
)
STREETS = "street|st|road|rd|avenue|ave|lane|drive|square|boulevard|blvd|court|terrace"
ADDRESS = re.compile(
    rf"\d+[a-z]?,?\s+(?:\w+\s+){{1,4}}(?:{STREETS})\b\.?$|p\.?\s?o\.?\s?box\b|"
    r".*\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}$|.*,\s[A-Z]{2}\s\d{5}(?:-\d{4})?$|\d{5}\s[A-ZÀ-Þ][\w-]+$|"
    r"[\w-]+(?:straße|strasse|gasse|weg|platz)\s\d+\w?$",
    re.IGNORECASE,
)
STAGE = re.compile(
    r"[\[(（【〔].*[\])）】〕]$|(?:Enter|Re-enter|Exit)\s(?:[A-Z]{3,}|the\s[A-Z])|(?:Exeunt|EXEUNT|Alarum|ALARUM)\b|"
    r"(?:Exit|EXIT|Curtain|CURTAIN)$|\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s"
)
# Stage directions that could be headings, but not among verse.
DIRECTION = re.compile(
    r"(?:enter|exit|exeunt|re-enter|flourish|sennet|thunder|dies|drinks?|sings?|aside)\b", re.IGNORECASE
)
# "Nobody, A. (1999)", "Nobody, A.B., Works": an entry of a bibliography.
ENTRY = re.compile(
    r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?, (?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][a-zà-þ]+,? ).*\d{4}|"
    r"[A-ZÀ-Þ][\w’'-]+, (?:[A-ZÀ-Þ]\.[ -]?){1,3}[,:(&]|"
    r"\*\[[^\]]{1,60}\]:|\[\d{1,3}\]\s|\[[A-Z][\w.+-]*\d\]\s"
)
SPOKEN = re.compile(r"[\"“„«‘'「『].*[!?！？][\"”“»’'」』]$")
LEAD_IN = re.compile(
    r"\b(?:these|this|those|following|follows|are|is|was|were|include|includes|including|such as|like|have|has|had|"
    r"we|you|they|it|can|should|must|will|may|said|says|asked|wrote|writes|replied|folgende[nrs]?|sind|ist|wie|"
    r"suivant\w*|sont|est|siguientes?|son|es|seguent[ei]|sono|seguintes?|são)\b|(?:如下|以下|下列|包括|有|是)\s*[:：]",
    re.IGNORECASE,
)
MAX_COLON_WORDS = 6
DEMAND = re.compile(
    r"\b(?:DO|DON'?T|NOT|NEVER|MUST|PLEASE|IS|ARE|WILL|SHALL|YOU|YOUR|WARNING|IMPORTANT|ATTENTION|CAUTION|NOTICE|"
    r"REMEMBER|ALWAYS|STOP|NICHT|BITTE|ACHTUNG|WICHTIG|NE|PAS|NO|ATENCIÓN)\b"
)
# "Key terms: barrel, clerk, toll": a label followed by its content.
ENUMERATION = re.compile(r"[^:：]{1,30}[:：]\s+[a-zà-þ][^,]*,")
ASKS = re.compile(
    r"(?:what|who|whom|whose|why|how|when|where|which|is|are|was|were|do|does|did|can|could|should|will|has|have|may|"
    r"wer|wen|wem|wie|warum|wann|wo|wohin|woher|welche[rsnm]?|gibt|kann|muss|que|quoi|qui|comment|pourquoi|quand|où|"
    r"quel(?:le)?s?|est-ce|qué|quién|cómo|por qué|cuándo|dónde|cuál|che|chi|come|perché|quando|dove|quale|o que|"
    r"что|кто|как|почему|когда|где|какой|wat|wie|hoe|waarom|wanneer|waar|co|kto|jak|dlaczego|kiedy|gdzie)\b",
    re.IGNORECASE,
)
KINDS = (CAPTION, CREDIT, SIGNATURE, BYLINE, LABEL, LETTER, CLOSING, ADDRESS, STAGE, ENTRY, SPOKEN, ENUMERATION)


def is_no_heading(text: str) -> bool:
    """Return whether the line only looks like a heading."""
    return any(kind.match(text) for kind in KINDS)


def announces(text: str) -> bool:
    """Return whether a line that ends in a colon introduces a list, such as "There are three kinds:"."""
    words = text.rstrip(CLOSING_MARKS + " :：")
    return LEAD_IN.search(text) is not None or count_words(words) > MAX_COLON_WORDS or text[:1].islower()


def is_demand(text: str) -> bool:
    """Return whether a line in capitals is a demand or a statement rather than a heading."""
    return DEMAND.search(text) is not None or len(text.split()) > 9
