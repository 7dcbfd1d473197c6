"""How English sentences define a term."""

import re
from collections.abc import Callable, Iterator

from lessons.importing.suggestions.definitions.base import (
    TOKEN,
    FoundDefinition,
    is_complete,
    is_dangling,
    is_term,
    plain,
    standalone,
    with_previous,
    words_after,
    words_before,
)
from lessons.importing.suggestions.languages import ENGLISH

CATEGORY = (
    r"(?:term|name|idea|view|belief|claim|study|theory|doctrine|principle|practice|process|position|thesis|property|"
    r"state|tendency|ability|use|branch|act|notion|capacity|set|method|way|type|kind|form|field|system|statement|"
    r"approach|measure|device|tool|instrument|substance|technique|procedure|disease|disorder|condition|rule|unit|"
    r"collection|group|class|sequence|piece|part|point|line|plane|angle|circle|plant|animal|organism|material|"
    r"structure|"
    r"process|phenomenon|force|reaction|science|art|agreement|contract|document|word|phrase|symbol|number|quantity|"
    r"amount|ratio|rate|period|region|area|area|layer|body|region|organi[sz]ation|institution|movement|philosophy|"
    r"argument|fallacy|bias|error|relationship|relation|strategy|policy|tax|payment|account|program|protocol|language|"
    r"format|file|library|set|network|model|framework|sum|difference|distance|change|movement|transfer|exchange|loss|"
    r"increase|decrease|failure|feeling|attitude|duty|right|freedom|power|skill|perception|representation|description|"
    r"explanation|attempt|combination|mixture|compound|element|particle|cell|tissue|organ|gas|liquid|fluid|metal|rock|"
    r"mineral|vessel|boat|ship|vehicle|machine|container|person|someone|anything|something|economic|political|social|"
    r"individual|value|price|record|right|obligation|asset|list|table|person|object|star|galaxy|time|moment)s?"
)
PARTICIPLE = re.compile(
    r"\w+ly\b|not\b|(?:\w+(?:ed|en|ing|able|ible|ful|ous|al|ive|ic|ure|ar)|made|found|built|part|aware|true|free|"
    r"due|full|"
    r"short|out|all|one|some|many|most|more) (?:that|which|who|to|for|in|of|by|with|from|on|as|at|and|or|where|"
    r"when|than|only)\b"
)
POINTING = re.compile(r"(?:this|these|that|those|it|them|him|her|you|us|me|both|each|such|when)\b")
CATEGORY_NOUN = re.compile(rf"\b{CATEGORY}\b", re.IGNORECASE)
SUBJECT_VERB = re.compile(
    r" (?:(?P<strong>(?:is|are|can be|may be) (?:\w+ly |best |often |also )?(?:defined|understood) (?:as|to be)|"
    r"refers? (?:\w+ly )?to|denotes?|designates?|signif(?:y|ies)|(?:is|are) (?:an?|the) (?:\w+ )?(?:term|name|"
    r"word|expression|label|"
    r"abbreviation|acronym)s? (?:for|given|used|that|applied|describing|meaning)|is short for|stands for)|"
    r"(?P<means>means|(?:\w+ly )?occurs? when|(?:is|are) when|(?:states|holds|says) that)|"
    r"(?P<be>is|are|was|were)(?= (?:\w+ly |often |also |simply |thus |therefore |just |in essence )?(?:an?|the|any|"
    r"(?:another|one) (?:type|kind|form|sort|example) of|"
    r"those|that which|what|where|when)\b)|"
    r"(?P<weak>(?:is|are) (?:\w+ly )?(?:concerned with|used (?:to (?!\w+ing)|for|when))|involves?|describes?|"
    r"focus(?:es)? on|"
    r"asserts?|argues? that|claims? that|questions|recogni[sz]es|(?:is|are) based on|occurs?|consists? of|deals? "
    r"with|emphasi[sz]es?|seeks? to|aims? (?:to|at)|rejects?|maintains?|proposes?)|"
    r"(?P<plural>is(?= (?:[a-z-]+ ){1,2}?(?:that|which|in which|of)\b)|are)(?= (?:[a-z-]+ ){1,4}?(?:that|which|"
    r"who|whose|in which|where|used|designed|about|of|for|between|made)\b)) "
)
OPENING = re.compile(
    r"(?:In|For|Within|Among|According to|At|On|From|Under|To|As|Here|Unlike|Like|By definition)\b[^,;]{0,70}, ",
)
NAMED = re.compile(
    r"^[Tt]he (?:term|word|concept|notion|expression|phrase)s? (?:of )?"
    r"(?=[“‘\"\w])"
)
ARTICLE = re.compile(
    r"(?P<the>the|this|that|these|those|his|her|their|its|our|my|your)\s|(?:an?|any|every|each)\s(?!priori|"
    r"posteriori|fortiori)",
    re.I,
)
ALIAS = re.compile(
    r"\s*\([^()]*\)|, (?:or|also|sometimes|often|commonly|otherwise|abbreviated|short for)\b[^,]{1,60},?[”\"]?,?$"
)
COMPLEMENT = re.compile(
    r"\b(?:of|that|which|who|whose|where|in|by|for|to|used|designed|with|containing|consisting|made|formed|"
    r"between|from|"
    r"when|called|caused|having|produced|given|based|according|intended|known|whereby|describing|found|on|whether|"
    r"about|held|concerned|concerning|without|owned|associated|built|measured|expressed|at|you|we)\b"
)
UNFIT = re.compile(
    r"^(?:\w+ly )?(?:an?|the|any|one)? ?(?:(?:very|most|more|too|so|quite|rather|as|all) )?(?:important|good|great|"
    r"major|key|crucial|central|essential|necessary|useful|popular|famous|fundamental|significant|real|true|big|bad|"
    r"nice|best|only|first|second|third|last|next|same|main|chief|clear|perfect|obvious|lot|matter|example|"
    r"result|reason|problem|question|fact|case|one|few|little|bit|number of|way to|part of|result of|cause of|"
    r"reason|following|other|question|mistake|pity|shame|place to|time (?:to|for|of|when)|subject of|topic|issue|"
    r"product of|point of|goal|aim|purpose|focus|foundation|basis|heart|core|source of|answer|difference|idea "
    r"(?:here|is)|"
    r"[a-z]+est|difficult|hard|easy|good|excellent|challenge|"
    r"consequence|sign of|job|task|work of|son|daughter|father|mother|former|current|new|separate|also|case in point|"
    r"kind of (?:a )?(?:thing|place)|(?:\w+ )?(?:aspect|factor|role|step|cornerstone|pillar|priority|driver|"
    r"hallmark|reminder|testament)|mere|vital|critical|member)\b",
    re.IGNORECASE,
)
NAMING = re.compile(
    r"(?P<lead>\b(?:is|are|was|were|be|been|being|we|what|which|that|often|also|sometimes|commonly|usually|generally|"
    r"and|or|something|so|\w+ly)\s|[,(]\s?(?:or |also |often |commonly |sometimes )?|\w\s)"
    r"(?P<cue>called|known as|referred to as|termed|dubbed|labell?ed|(?<=we )call|named(?= [“\"]))\s"
    r"(?:(?:an?|the) )?(?=[“‘\"\w])",
)
APPOSITION = re.compile(
    r"(?P<open>, (?:or (?=the|an?\b)|that is,? |i\.e\.,? )?|\s?[—–]\s?| \()"
    r"(?P<text>(?:the|an?|any) (?:[\w’-]+ ){0,2}?(?:idea|view|belief|claim|concept|study|theory|doctrine|"
    r"principle|practice|process|"
    r"position|thesis|tendency|ability|act|capacity|method|technique|procedure|art|science|condition|disease|disorder|"
    r"kind|type|form|sort|device|tool|instrument|rule|right|duty|branch|state|system|philosophy|fallacy|bias|error|"
    r"feeling|measure|unit|substance|set|person|someone|something|place|group|collection|sense|way|attitude|"
    r"movement|field|discipline|style|word|term|name)s? "
    r"(?:of(?! which)|that|who|to|in which|by which|for|used|whose|where|concerned|according|with|from|made|between)\b"
    r"[^()—]*)"
)
WHICH_IS = re.compile(
    r", (?:in which (?=an? |the |one |someone |people )|which (?:is (?:simply |basically )?(?:the|an?) (?:\w+ "
    r"){0,2}?(?:tendency|care|love|fear|desire|lack|absence|view|idea|belief|study|process|practice|claim|theory|"
    r"ability|act|method|state|principle|doctrine|kind|type|form|science|set|way|use|name|term)\b|(?:says|holds|"
    r"states|claims|"
    r"expresses|asserts|argues|stipulates|teaches|sees|describes|involves|consists of|denotes|stands for) ))"
)
MEANING = re.compile(
    r", which (?:means|refers to) (?!that|you|we|they|it|he|she|there|not)| \((?:meaning|literally)[ ,]"
)
ADVERBIAL = re.compile(
    r"(?:In|For|Within|Among|According|At|On|From|Under|To|As|Unlike|Like|By|With|Without|After|Before|During|Since|"
    r"When|While|If|Although|Though|Because|Despite|Besides|Beyond|Through|Until|Whereas|Once|Given|Instead|Between|"
    r"And|But|So|Of)\b"
)
VERBAL = re.compile(
    r"\b(?:to|you|we|they|can|will|would|should|must|may|might|could|i|who|not|he|she|it|that|"
    r"which)\s+(?:\w+ly\s+)?\w+$",
    re.I,
)
FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|could|should|must|may|might|would|does|did|implies)\b"
)
RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|how|what)\b")
LAW = re.compile(
    r"\b(?:laws?|principles?|theor(?:y|em|ies)|hypothesis|doctrine|thesis|fallacy|rule|view|paradox|\w+ism)\b", re.I
)
TERM_TO = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|coin(?:s|ed)|introduc(?:e|es|ed)|appl(?:y|ies|ied)) the (?:term|word|phrase|"
    r"expression|name|concept|"
    r"notion) (?:of )?"
)
GLOSS = re.compile(
    r" \((?P<text>(?:an?|the) [a-z ’-]{3,60}|[a-z’-]+ (?:[a-z’-]+ )?(?:of|by|for|that|who|to|in) [a-z ’-]{3,60}|"
    r"[a-z’-]+, [a-z ’-]{3,60})\)"
)
NO_GLOSS = re.compile(
    r"(?:e\.?g|i\.?e|see|for|such|and|or|as|in|by|with|from|including|especially|usually|often|sometimes|also|not|"
    r"but|if|when|"
    r"plural|about|at|to|on|of|both|see|though|although|because|even|like|called|now|then|however|hence|note|one|"
    r"two|three|so|not|who|which|that|read|was|were|is|this|last|our|my|your|their|his|her|its)\b|.*\b(?:and|etc)\b"
)
OR = re.compile(
    r", or (?P<text>(?:an?|the) (?:[a-z’-]+ ){1,5}[a-z’-]+|[a-z’-]+ (?:of|that|for) (?:[a-z’-]+ "
    r"){0,4}[a-z’-]+)(?=[,.])"
)
CLAIM = re.compile(r"(?:just|simply|merely|really|only|nothing|always|never|clearly|obviously)\b")
OR_TERM = re.compile(r"^[^,]{12,}, or (?:simply |also |just )?(?P<term>[a-z][a-z’-]{4,}(?: [a-z-]{4,})?)(?=[,)])")
VAGUE_EXPLANATIONS = ((GLOSS, -0.5), (OR, -0.7), (WHICH_IS, -0.2), (MEANING, -0.2))
THIS_NOUN = re.compile(r"(?:This|These) \w+s? (?:of|that|which|in which|between|to|by) ")
WITHIN = re.compile(r" (?:in|within|for|among) (?:the )?[\w-]+$")
WHAT_IS_CALLED = re.compile(
    r"What (?:[\w’-]+ ){1,4}?(?:call|calls|called|term|terms) (?P<term>[^,.;:]{2,50}?) (?:is|are|was|were) "
)
NAMES_OF = r")(?<!".join("idea concept notion term figure practice ideal name word state role".split())
HEADS = r"(?:theory|law|principle|problem|doctrine|paradox|fallacy|argument|rule|method|kingdom|dictatorship|division)"
MAX_SUBJECT = 90


def find_definitions(sentence: str, previous: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    """Yield the terms that a sentence defines. count: how often a phrase occurs in the whole text."""
    sentence = plain(sentence)
    if not is_complete(sentence):
        return
    yield from _subject(sentence)
    yield from _naming(sentence, previous)
    yield from _explanation(sentence, count)


def _subject(sentence: str) -> Iterator[FoundDefinition]:
    """Yield the beginning of a sentence that is defined by the rest of it: "X refers to …"."""
    text = standalone(sentence, ENGLISH)
    verb = SUBJECT_VERB.search(text, 0, MAX_SUBJECT + 30)
    if not verb or verb.start() > MAX_SUBJECT:
        return
    subject = text[: verb.start()]
    opening = OPENING.match(subject)
    subject = ALIAS.sub("", subject[opening.end() :] if opening else subject).strip()
    weight = 0.2 if opening and verb["be"] else 0.0
    if named := NAMED.match(subject):
        subject, weight = subject[named.end() :], weight + 0.5
    article = ARTICLE.match(subject)
    if article:
        subject = subject[article.end() :]
        is_definite = article["the"] and article["the"].lower() == "the" and not named and not LAW.match(subject)
        weight -= 0.9 if is_definite else 0.0
        if article["the"] and article["the"].lower() != "the":
            return
    rest = text[verb.end() :]
    strength = _strength(verb, subject, rest)
    term = WITHIN.sub("", subject.strip("“”‘’\"' ,"))
    weight += 0.5 if subject[:1] in '“‘"' else 0.0
    weight -= 0.8 if sentence.startswith(("For example", "For instance")) else 0.0
    if (
        strength is not None
        and is_term(term, ENGLISH)
        and not term.lower().startswith(("using ", "making ", "being "))
    ):
        yield FoundDefinition(term, text, strength + weight, rest)


def _strength(verb: re.Match[str], subject: str, rest: str) -> float | None:
    """Return what the verb and what follows it count, None if they define nothing."""
    if verb["strong"]:
        return None if POINTING.match(rest) else 1.9 if "stands for" not in verb[0] else 0.2
    if verb["weak"]:
        return None if UNFIT.match(rest) else -0.9
    if "that" in verb[0] and verb["means"] and not LAW.search(subject):
        return None
    if verb["means"]:
        if UNFIT.match(rest) or re.match(r"[a-z]+ing\b|more\b|not\b|being\b", rest):
            return None
        return 1.2 if rest.startswith(("that ", "the ", "a ", "an ", "to ")) else 0.6
    if UNFIT.match(rest):
        return None
    complement = COMPLEMENT.search(rest, 0, 90)
    if not complement:
        return None
    head = rest[: complement.start()]
    if len(head.split()) > 7 or "," in head[:-2]:
        return None
    if verb["plural"]:
        is_relative = re.match(r"(?:[\w-]+ ){1,4}?(?:that|which|who|whose|in which|where)\b", rest)
        return (
            None
            if PARTICIPLE.match(rest)
            else 0.3
            if is_relative
            else -0.2 + 0.5 * bool(CATEGORY_NOUN.search(rest[:40]))
        )
    past = 0.9 if verb["be"] in ("was", "were") else 0.0
    is_rhetorical = rest.startswith("the ") and not CATEGORY_NOUN.search(head)
    claim = 0.7 * is_rhetorical
    claim += 0.6 if re.search(r"\b(?:just|simply|merely|nothing) $", verb[0] + " ") or CLAIM.match(rest) else 0.0
    return (1.3 if CATEGORY_NOUN.search(head) else 0.5) - past - claim


def _naming(sentence: str, previous: str) -> Iterator[FoundDefinition]:
    """Yield the terms that a phrase introduces: "… is called X", "what we call X"."""
    if (match := WHAT_IS_CALLED.match(sentence)) and is_term(term := match["term"].strip('“”‘’" '), ENGLISH):
        yield FoundDefinition(term, sentence, 1.2)
    for match in TERM_TO.finditer(sentence):
        term, after = words_after(sentence[match.end() :], ENGLISH)
        if is_term(term, ENGLISH) and after.lstrip('”’" ').startswith(("to ", "for ", "when ")):
            yield FoundDefinition(term, standalone(sentence, ENGLISH), 0.9)
    for match in NAMING.finditer(sentence):
        term, after = words_after(sentence[match.end() :], ENGLISH)
        definition, is_far = with_previous(sentence, previous, ENGLISH), False
        if not definition and previous:
            definition, is_far = f"{standalone(plain(previous), ENGLISH)} {sentence}", True
        if not definition and match.start() > 25 and THIS_NOUN.match(sentence):
            definition, is_far = sentence, True
        following = TOKEN.match(after.lstrip("”’\"' "))
        is_bounded = not following or following[0].lower() in ENGLISH.function_words
        if not is_term(term, ENGLISH) or not definition or len(definition) > 450:
            continue
        lead = match["lead"].strip().lower()
        weight = 0.9 if lead in ("is", "are", "what", "we", "which", "that", "often", "usually", "generally") else 0.1
        weight += 0.3 if lead[:1] in "(," and not is_alias(lead) else 0.0
        weight -= 0.7 if all(word[:1].isupper() for word in term.split()) and not term.isupper() else 0.0
        weight -= 0.5 if lead in ("was", "were", "been") else 0.0
        weight += (0.2 if is_bounded else -0.6) - 1.2 * is_far
        if is_alias(lead):
            weight -= 0.3 if len(after) < 3 or SUBJECT_VERB.search(after[:30] + " ") else 1.0
        if " " not in term and term.endswith("ed"):
            continue
        yield FoundDefinition(term, definition, weight)


def is_alias(lead: str) -> bool:
    return lead.endswith(("also", "sometimes", "or", "commonly"))


def _explanation(sentence: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    """Yield the terms that an explanation follows: "X, the view that …", "X (a kind of …)"."""
    refers_back = is_dangling(sentence, ENGLISH)
    for match in APPOSITION.finditer(sentence):
        term = _term_before(sentence[: match.start()], count) if _is_apposition(sentence, match) else ""
        found = _apposition(term, sentence, match, refers_back) if term else None
        if found:
            yield found
    if (alias := OR_TERM.match(sentence)) and not refers_back and is_term(alias["term"], ENGLISH):
        yield FoundDefinition(alias["term"], standalone(sentence, ENGLISH), -0.6)
    for pattern, weight in VAGUE_EXPLANATIONS if not refers_back else ():
        for match in pattern.finditer(sentence):
            is_gloss = pattern is WHICH_IS or pattern is MEANING or _is_gloss(match["text"], sentence)
            if is_gloss and (term := _term_before(sentence[: match.start()], count)):
                yield FoundDefinition(term, standalone(sentence, ENGLISH), weight)


def _is_gloss(text: str, sentence: str) -> bool:
    """Return whether words in brackets explain what is before them, and do not only repeat or continue it."""
    is_repeated = text.split()[0] in sentence.partition(f"({text})")[0].split()
    return not NO_GLOSS.match(text) and sentence.endswith((".", "!", "”", ")")) and not is_repeated


def _term_before(before: str, count: Callable[[str], int]) -> str:
    """Return the term at the end of a text: at most three words that occur together twice, otherwise one."""
    words = words_before(before, ENGLISH, 3)
    phrases = [" ".join(words[-length:]) for length in range(len(words), 0, -1)]
    known = [phrase for phrase in phrases if count(phrase) > 1] or phrases[-1:]
    if not known or not is_term(known[0], ENGLISH):
        return ""
    is_verb = " " not in known[0] and bool(VERBAL.search(before))
    if whole := re.search(rf"\b{HEADS} of (?:the )?{re.escape(known[0])}$", before):
        return whole[0]
    is_part = bool(re.search(rf"(?<!{NAMES_OF}) of the {re.escape(known[0])}$", before))
    return "" if is_verb or is_part else known[0]


def _is_apposition(sentence: str, match: re.Match[str]) -> bool:
    """Return whether what follows a comma explains what is before it, and is not the subject of the sentence."""
    before, text = sentence[: match.start()], match["text"]
    is_opening = match["open"].startswith(",") and "," not in before and bool(ADVERBIAL.match(sentence))
    if (
        is_opening
        or "case of" in before[-40:]
        or (match["open"] == " (" and sentence[match.end() : match.end() + 1] != ")")
    ):
        return False
    verbs, relative = list(FINITE.finditer(text)), RELATIVE.search(text)
    return not verbs or (len(verbs) == 1 and relative is not None and relative.start() < verbs[0].start())


def _apposition(term: str, sentence: str, match: re.Match[str], refers_back: bool) -> FoundDefinition | None:
    """Return the explanation alone where it ends the sentence or a bracket, otherwise the whole sentence."""
    text = match["text"]
    is_set_off = match["open"] == " (" or match["open"].strip() in "—–"
    closes = sentence[match.end() : match.end() + 1] in (")", "—", "") or match.end() >= len(sentence) - 1
    if closes and (is_set_off or "," not in text):
        definition, weight = text[:1].upper() + text[1:].rstrip(" .—–") + ".", 0.4
    elif refers_back:
        return None
    else:
        definition, weight = standalone(sentence, ENGLISH), 0.0
    if re.search(rf"\b{re.escape(term)}", text, re.IGNORECASE):
        return None
    return FoundDefinition(term, definition, weight - 0.3 * (not is_set_off), text)
