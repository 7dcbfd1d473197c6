"""Recognise labels with numbers in many languages: "Chapter 3", "Figure 2", "Page 7 of 30". Pure."""

import re

from lessons.importing.readers.list_markers import HAN_DIGITS

# Words before a number in many languages, by rank: parts contain chapters, and chapters contain sections.
LABELS = [
    "part|book|volume|teil|buch|band|partie|livre|tome|parte|libro|часть|книга|частина|część|księga|deel|del|"
    "část|díl|rész|kısım|μέρος|भाग|खंड|الباب|الجزء|بخش|חלק|phần|bagian|ภาคที่",
    "chapter|chap\\.|kapitel|chapitre|capítulo|capitolo|capitulo|глава|розділ|rozdział|kapitola|hoofdstuk|"
    "fejezet|capitolul|poglavje|poglavlje|bölüm|luku|skyrius|nodaļa|peatükk|κεφάλαιο|अध्याय|पाठ|الفصل|فصل|الدرس|"
    "المحاضرة|פרק|שיעור|chương|bài|bab|capítol|บทที่|"
    "lecture|lesson|unit|module|week|act|session|topic|day|step|stage|phase|lektion|leçon|lección|lezione|"
    "unité|unidad|einheit|woche|semaine|semana|akt|acte|appendix|annex|anhang|annexe|apéndice|appendice|приложение",
    "section|scene|exercise|problem|question|case|task|abschnitt|szene|aufgabe|übung|scène|exercice|"
    "sección|sezione|раздел|article|artikel|art\\.|artículo|articolo|статья|artykuł|§|paragraph|rule|regel|punkt|"
    "المبحث|المادة|ماده|סעיף|mục|điều|अनुच्छेद|madde|článek|čl\\.|άρθρο|ενότητα",
]  # fmt: skip
# Numbers as words, with their values.
ORDINALS = {
    word: n
    for n, words in enumerate(
        ["one first erster erste erstes premier première primero primera primo prima первая первый "
         "eerste första pierwszy pierwsza primeiro první birinci πρώτο पहला الأول الأولى",
         "two second zweiter zweite zweites deuxième seconde segundo segunda secondo seconda вторая второй "
         "tweede andra drugi druga druhá ikinci δεύτερο दूसरा الثاني الثانية",
         "three third dritter dritte drittes troisième tercero tercera terzo terza третья третий derde tredje "
         "trzeci trzecia terceiro terceira třetí üçüncü τρίτο तीसरा الثالث الثالثة",
         "four fourth vierter vierte viertes quatrième cuarto cuarta quarto quarta четвёртая четвертая vierde "
         "fjärde czwarty czwarta čtvrtá dördüncü τέταρτο चौथा الرابع الرابعة",
         "five fifth fünfter fünfte fünftes cinquième quinto quinta пятая vijfde femte piąty beşinci الخامس",
         "six sixth sechster sechste sixième шестая altıncı السادس",
         "seven seventh siebter siebte septième седьмая السابع", "eight eighth achter achte huitième восьмая الثامن",
         "nine ninth neunter neunte neuvième девятая التاسع",
         "ten tenth zehnter zehnte dixième десятая العاشر", "eleven eleventh", "twelve twelfth"], 1)
    for word in words.split()
}  # fmt: skip
WORDS_BEFORE = "|".join(word for words in LABELS for word in words.split("|"))
# Greek and Hebrew letters that are numbers: α΄, ια΄.
LETTER_VALUES = {c: n for letters in ("αβγδεϛζηθι", "אבגדהוזחטי") for n, c in enumerate(letters, 1)}
WORD_VALUE = rf"[ivxlc]{{1,7}}\b|[a-z]\b|(?:στ|ι?[α-θ]|ι|י?[א-ט]|י)\b['’΄´ʹ׳]?|{'|'.join(ORDINALS)}"
LABELLED = re.compile(
    rf"(?P<label>{WORDS_BEFORE})\s*(?P<value>\d{{1,3}}|(?<=\s)(?:{WORD_VALUE}))(?P<rest>[.:)–—-]?(?:\s|$)|[.:)])",
    re.IGNORECASE,
)
# "2. Kapitel", "II. fejezet", "3. Bölüm: …"
NUMBER_FIRST = re.compile(
    rf"(?P<value>\d{{1,3}}|[IVXLC]{{1,7}})\.?\s+(?P<label>{WORDS_BEFORE})(?=\s*(?:[.:–—]|-\s|$))", re.IGNORECASE
)
ORDINAL_FIRST = re.compile(rf"(?:the\s+)?(?P<value>{'|'.join(ORDINALS)})\s+(?P<label>{WORDS_BEFORE})\b", re.IGNORECASE)
HAN_LABELLED = re.compile(
    rf"第\s*(?P<value>[{HAN_DIGITS}百]{{1,5}}|[\d０-９]{{1,3}})\s*"
    r"(?P<label>[部編编卷篇章课課回講讲節节條条幕場场])|"
    r"(?:제\s*(?P<korean>\d{1,3})\s*(?P<unit>[부편장과절조])|(?P<bare>\d{1,3})(?P<bare_unit>[부편장절])(?=[\s.:]|$))"
)
# What captions begin with. A letter is a number if a digit or a mark follows: "Table A1", not "Table of Contents".
FIGURES = (
    r"figure|fig\.?|table|box|exhibit|image|photo(?:graph)?|chart|map|plate|equation|listing|scheme|algorithm|video|"
    r"abbildung|abb|tabelle|tab|bild|figura|imagen|immagine|tabla|tabella|tabela|tableau|schéma|rysunek|rys|"
    r"obrázek|kuva|рисунок|рис|таблица|табл|figuur|afbeelding|ábra|şekil|tablo"
)
CAPTION = re.compile(
    rf"(?i:{FIGURES})\b\W*(?:\d|(?i:[ivx]+)\b|[A-Z](?:[.-]?\d+|[.:|–—])|:)|[图圖図表]\s*[\d０-９一二三四五]"
)
# Parts of page numbers: the word, the total, the number itself, and the characters around it.
PAGES = "page|seite|pagina|página|sida|strona|страница"
OF_PAGES = r"(?:\s*(?:of|von|sur|de|di|af|av|z|из|/)\s*\d{1,4})?"
NUMBER_OF_PAGE = r"(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]{1,2}[-–.]?\d{1,3})"
AROUND_NUMBER = r"[\s\-–—|.·•()\[\]~*]*"
PAGE_NUMBER = re.compile(
    rf"{AROUND_NUMBER}(?:(?:{PAGES})\W{{0,2}}|(?:pag|pg|p|s|str|стр)\W{{1,2}})?(?P<number>{NUMBER_OF_PAGE})"
    rf"{OF_PAGES}{AROUND_NUMBER}|第\s*(?P<han>\d{{1,4}})\s*[页頁]",
    re.IGNORECASE,
)
# In a line of a text without pages.
MARKED_PAGE_NUMBER = re.compile(
    rf"\[page\s+(?:\d+|[ivxlc]+)\]|\b(?:{PAGES})\s+\d+{OF_PAGES}\s*$|^\s*-\s*\d+\s*-\s*$", re.IGNORECASE
)


def is_labelled(text: str) -> bool:
    """Return whether a line begins with the number of a part, chapter or section: "Chapter 3", "第三章"."""
    text = text.strip(" \t-–—|~*()[]")
    return bool(LABELLED.match(text) or HAN_LABELLED.match(text))


def page_number(text: str) -> str:
    """Return the number in a line that is just a page number: "- 7 -", "Page 7 of 30"; otherwise ""."""
    match = PAGE_NUMBER.fullmatch(text)
    return (match["number"] or match["han"]) if match else ""
