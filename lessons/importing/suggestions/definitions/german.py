"""Find terms that German sentences define. Nouns are recognised by their capitals."""

import re
from collections.abc import Callable, Iterator

from lessons.importing.suggestions.definitions.base import (
    MAX_DEFINITION,
    FoundDefinition,
    as_sentence,
    is_dangling,
    is_term,
    standalone,
    with_previous,
)
from lessons.importing.suggestions.languages import GERMAN

NOUN = r"[A-ZÄÖÜ][\wÄÖÜäöüß-]+"
TERM = rf"(?:[a-zäöüß-]{{3,30}} ){{0,2}}?{NOUN}(?: (?:(?:der|des|von|und) )?{NOUN}){{0,2}}?"
ARTICLE = r"(?:[Ee]ine?[mnrs]?|[Dd](?:er|ie|as|em|en|es)|[Jj]ede[mnrs]?)"
NOMINATIVE = r"(?:[Ee]ine?r?|[Dd](?:er|ie|as)|[Jj]ede[rs]?)"
QUOTES = '„“”‚‘»«" '
SUBJECT = re.compile(
    rf"^(?:(?:In|Im|Bei|Für|Nach|Unter|Auf|Am|An)\b[^,;.]{{0,50}}, )?(?:(?P<named>(?:Der|Das|Mit dem|Die) (?:\w+ "
    rf")?(?:Begriff|Ausdruck|Wort|Name|Terminus|Bezeichnung)) |(?P<article>{NOMINATIVE}) "
    rf")?[{QUOTES}]?(?P<term>{TERM})[{QUOTES}]?"
    r"(?:,? \([^()]*\)|, (?:auch|oder|kurz|abgekürzt|engl\.|lat\.)[^,]{1,60},)? (?:(?P<strong>bezeichne(?:t|n)(?! "
    r"(?:man|wird|werden))|ist (?:\w+ )?definiert als|wird (?:\w+ )?definiert als|(?:ist|sind) (?:die|eine) (?:\w+ "
    r")?Bezeichnung(?:en)? für|(?:ist|sind) (?:der|ein) (?:\w+ )?(?:Name|Begriff|Fachbegriff|Oberbegriff|Ausdruck|"
    r"Fachausdruck|Sammelbegriff)(?= (?:für|aus|der|des))|steht für|versteht sich als)|(?P<means>bedeute(?:t|n))|"
    r"(?P<be>ist|sind|war|waren)(?= (?:also |somit |damit |meist |in der Regel |im Grunde |eigentlich |"
    r"normalerweise |üblicherweise |einfach |nur )?(?:eine?[rs]?|der|die|das|jede[rs]?|alle|alles|diejenige\w*|"
    r"derjenige\w*|dasjenige\w*)\b)) "
)
ALS_BEZEICHNET = re.compile(
    rf"^(?:In [^,;.]{{1,40}} )?[Aa]ls (?:{ARTICLE} )?[{QUOTES}]?(?P<term>{TERM})[{QUOTES}]?(?: \([^()]*\))? "
    rf"(?:bezeichnet|"
    r"bezeichnen|bezeichnete|(?P<passive>wird|werden|wurde|wurden|gilt|gelten)) "
)
UNTER_VERSTEHT = re.compile(
    rf"^(?:Mit|Unter) (?:{ARTICLE} |dem Begriff |der Bezeichnung )?[{QUOTES}]?(?P<term>{TERM})[{QUOTES}]?(?: "
    rf"\([^()]*\))? "
    r"(?P<verb>verst[eaä]\w+|wird|werden|bezeichnet|ist|sind|meint) "
)
NAMING = re.compile(
    rf"\b(?:(?:wird|werden|man|nennt man|und) (?:auch |daher |deshalb |oft |häufig |kurz |dann |meist |als "
    rf")*(?:{ARTICLE} )?[{QUOTES}]?(?P<passive>{TERM})[{QUOTES}]? (?:genannt|bezeichnet|nennt|bezeichnen)\b|"
    rf"(?:nennt man|heißt|heißen|nennen wir|nennt sich) (?:auch |daher |deshalb |dann |kurz )*(?:{ARTICLE} "
    rf")?[{QUOTES}]?(?P<active>{TERM})[{QUOTES}]?(?=[.,;]|$)|(?:sogenannte[mnrs]?|so genannte[mnrs]?) "
    rf"[{QUOTES}]?(?P<socalled>{TERM})\b)"
)
APPOSITION = re.compile(
    rf"(?P<term>{NOUN})(?P<open>, (?:also|das heißt|d\. ?h\.),? | \((?:also |das heißt |d\. ?h\. )?)"
    r"(?P<text>(?:eine?[mnr]?|der|die|das|dem|den) [^()]{8,200})"
)
COMPLEMENT = re.compile(
    r", (?:(?:in|mit|bei|auf|aus|von|zu|an|durch|für|unter|über) )?(?:der|die|das|den|dem|deren|dessen|denen|"
    r"welche\w*|wo\w*|um|bei|mit)\b|\b(?:zum|zur|für|von|vom|aus|mit|zwischen|des|der|einer|eines|über|zu|in|im|auf|"
    r"am|an|durch|unter|ohne|bei|beim)\b"
)
CATEGORY = re.compile(
    r"(?:verfahren|methode|technik|system|form|art|lehre|wissenschaft|theorie|maß|einheit|werkzeug|instrument|gerät|"
    r"stoff|krankheit|pflanze|tier|organismus|organisation|einrichtung|dokument|vertrag|steuer|wort|name|zeichen|"
    r"zahl|größe|verhältnis|punkt|linie|ebene|winkel|kreis|gebiet|zone|schicht|körper|phänomen|kraft|reaktion|"
    r"teilgebiet|bewegung|prinzip|regel|programm|protokoll|sprache|format|datei|netz|netzwerk|modell|struktur|"
    r"zeitraum|zeit|dauer|vorgang|prozess|zustand|fähigkeit|eigenschaft|neigung|handlung|feld|acker|fläche|"
    r"ansammlung|menge|gruppe|reihe|folge|sammlung|konto|betrag|wert|summe|differenz|abstand|schiff|boot|maschine|"
    r"fahrzeug|stern|galaxie|gas|flüssigkeit|metall|gestein|mineral|zelle|gewebe|organ|vorrichtung|mittel|übersicht|"
    r"aufstellung|paket)(?:e|en|n|s|es)?\b",
    re.IGNORECASE,
)
UNFIT = re.compile(
    r"^(?:also |somit |meist )?(?:eine[rs]? (?:der|die|das)\b|(?:eine?[rs]? |der |die |das |alle? )?(?:(?:sehr|"
    r"besonders|ganz|so|wohl) )?(?:wichtig\w*|gut\w*|groß\w*|größ\w*|\w{3,}ste[nrs]?|best\w*|erste\w*|zweite\w*|"
    r"letzte\w*|nächste\w*|gleiche\w*|selbe\w*|einzige\w*|einfach\w*|entscheidend\w*|wesentlich\w*|notwendig\w*|"
    r"nützlich\w*|häufig\w*|schwierig\w*|wahre?\w*|Beispiel|Teil|Grund|Problem|Frage|Folge|Ergebnis|Fall|Ziel|Zweck|"
    r"Grundlage|Ursache|Unterschied|Sohn|Tochter|Antwort|Aufgabe|Sache|Reihe|Ausnahme|Voraussetzung|Bestandteil|"
    r"Mitglied|Hauptgrund|Möglichkeit|neue\w*|andere\w*|weitere\w*|Wahl|Herzstück|paar|Anfang|Ende|Weg|Kern)\b)"
)
PRAISE = re.compile(
    r"^eine? (?:sehr )?(?:\w+flu(?:ss|ß)reiche|andauernde|entscheidende|zentrale|große)\w* |\b(?:muss|müssen|sollte)\b"
)
WITH_PASSIVE = re.compile(r"\b(?:bezeichnet|genannt|verstanden|definiert|gemeint|angesehen)\b")


def find(sentence: str, previous: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    text = standalone(sentence, GERMAN)
    yield from _inverted(text, count)
    yield from _subject(text)
    yield from _naming(sentence, previous, count)
    yield from _explanation(sentence)


def _inverted(text: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    """Yield the term of "Als X bezeichnet man …" and "Unter X versteht man …"."""
    if match := ALS_BEZEICHNET.match(text):
        if not match["passive"] or WITH_PASSIVE.search(text, match.end()):
            term = _nominative(match["term"], count)
            if is_term(term, GERMAN):
                yield FoundDefinition(term, text, 1.8)
    elif match := UNTER_VERSTEHT.match(text):
        passive = match["verb"] in ("wird", "werden", "ist", "sind")
        term = _nominative(match["term"], count)
        if (not passive or WITH_PASSIVE.search(text, match.end())) and is_term(term, GERMAN):
            yield FoundDefinition(term, text, 1.8)


def _subject(text: str) -> Iterator[FoundDefinition]:
    """Yield the beginning of a sentence that is defined by the rest of it: "X ist ein …"."""
    match = SUBJECT.match(text)
    if not match:
        return
    rest = text[match.end() :]
    strength = _strength(match, rest)
    if strength is not None and is_term(match["term"], GERMAN):
        weight = 0.5 if match["named"] else 0.2 if (match["article"] or "")[:1] == "E" else 0.0
        yield FoundDefinition(match["term"], text, strength + weight, rest)


def _strength(match: re.Match[str], rest: str) -> float | None:
    """Return the weight of the verb and the text after it, None if they define nothing."""
    if match["strong"]:
        return None if re.match(r"(?:dies\w*|jene\w*|es|ihn|sie|sich|man|nicht)\b", rest) else 1.7
    if UNFIT.match(rest):
        return None
    if re.match(r"(?:auch|ebenfalls|jedoch|nicht|oft|häufig|manchmal|nur)\b", rest) or PRAISE.search(rest, 0, 60):
        return -0.3
    if match["means"]:
        return 0.6
    complement = COMPLEMENT.search(rest, 4, 110)
    if not complement:
        return None
    head = rest[: complement.start()]
    if len(head.split()) > 8:
        return None
    is_definite = rest.startswith(("der ", "die ", "das ")) and not CATEGORY.search(head)
    if is_definite or re.match(r"(?:auch|ebenfalls)\b", rest):
        return -0.3
    past = 0.9 if match["be"] in ("war", "waren") else 0.0
    return (1.2 if CATEGORY.search(head) else 0.5) - past


def _naming(sentence: str, previous: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    definition = with_previous(sentence, previous, GERMAN)
    if not definition or len(definition) > MAX_DEFINITION:
        return
    for match in NAMING.finditer(sentence):
        term = match["passive"] or match["active"] or match["socalled"]
        weight = -0.4 if match["socalled"] else 0.9
        term = _nominative(term, count) if match["socalled"] else term
        if is_term(term, GERMAN):
            yield FoundDefinition(term, definition, weight)


def _explanation(sentence: str) -> Iterator[FoundDefinition]:
    for match in APPOSITION.finditer(sentence):
        is_bracket = "(" in match["open"]
        if is_bracket and sentence[match.end() : match.end() + 1] != ")":
            continue
        is_whole = (is_bracket or match.end() >= len(sentence) - 1) and ("," not in match["text"] or is_bracket)
        text = match["text"]
        definition = as_sentence(text) if is_whole else standalone(sentence, GERMAN)
        if is_term(match["term"], GERMAN) and (is_whole or not is_dangling(sentence, GERMAN)):
            yield FoundDefinition(match["term"], definition, -0.4 if is_bracket else 0.3 + 0.4 * is_whole, text)


def _nominative(term: str, count: Callable[[str], int]) -> str:
    """Return a term of adjective and noun in the form most frequent in the text: "künstliche …", "künstlicher …"."""
    adjective, space, noun = term.partition(" ")
    if not space or not adjective[:1].islower() or not adjective.endswith(("er", "en", "em")):
        return term
    forms = [adjective[:-1] + ending for ending in ("", "s", "r")]
    best = max(forms, key=lambda form: count(f"{form} {noun}"))
    return f"{best} {noun}"
