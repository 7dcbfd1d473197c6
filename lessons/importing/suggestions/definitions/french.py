"""Find terms that French sentences define."""

import re
from collections.abc import Callable, Iterator

from lessons.importing.suggestions.definitions.base import (
    MAX_DEFINITION,
    FoundDefinition,
    SubjectPatterns,
    as_sentence,
    find_subject,
    is_dangling,
    is_term,
    phrases_before,
    standalone,
    with_previous,
    words_after,
)
from lessons.importing.suggestions.languages import FRENCH

DETERMINER = r"(?:un|une|des|le|la|les|l[’']|tout|toute|tous|toutes|ce qui|ce que|celui|celle|ceux|le fait)"
SUBJECT_VERB = re.compile(
    r" (?:(?P<strong>désigne(?:nt)?|signifie(?:nt)?|se définit comme|se définissent comme|(?:est|sont) (?:\w+ment |"
    r"souvent )?définie?s? comme|(?:est|sont) (?:le|la|un|une|l[’']) ?(?:nom|terme|mot|expression|abréviation|sigle|"
    r"acronyme) (?:donnée?|de|d[’']|pour|désignant|qui|employée?|utilisée?)|s[’']entend comme|dénomme(?:nt)?)|"
    r"(?P<means>consiste(?:nt)? (?:à|en)|correspond(?:ent)? (?:à|au|aux)|représente(?:nt)?)|"
    rf"(?P<be>est|sont|était|étaient)(?= (?:\w+ment |souvent |aussi |donc |ainsi )?{DETERMINER}(?:\b|(?<=[’'])))) ",
)
OPENING = re.compile(r"(?:En|Dans|Pour|Chez|Au|Aux|À|Selon|Sous|Par définition|Sur)\b[^,;]{0,70}, ")
NAMED = re.compile(
    r"^(?:le (?:terme|mot|concept|nom|principe)|l[’']expression|la notion|la locution)s? (?:d[e’'] ?)?", re.I
)
ARTICLE = re.compile(r"(?P<the>(?:le|la|les)\s|l[’'])|(?:une?|des|du|de la|tout|toute|chaque)\s|de l[’']", re.I)
ALIAS = re.compile(r"\s*\([^()]*\)|, (?:ou|aussi|également|dite?|appelée?s?|parfois)\b[^,]{1,60},?$")
SUBJECT = SubjectPatterns(SUBJECT_VERB, OPENING, ALIAS, NAMED, ARTICLE)
COMPLEMENT = re.compile(
    r"\b(?:qui|que|qu[’']|dont|où|permettant|destinée?s?|servant|utilisée?s?|constituée?s?|composée?s?|formée?s?|"
    r"visant|chargée?s?|consistant|contenant|située?s?|d[eu]|des|d[’']|pour|entre|lequel|laquelle|capable|à|au|aux|"
    r"obtenue?|par|en|selon|fondée?|basée?|représentant|décrivant|reliant|causée?|produite?)(?:\b|(?<=[’']))"
)
CATEGORY = re.compile(
    r"\b(?:ensemble|processus|procédé|technique|méthode|système|forme|type|sorte|genre|science|étude|art|théorie|"
    r"doctrine|action|fait|état|capacité|aptitude|propriété|grandeur|mesure|unité|outil|instrument|appareil|"
    r"dispositif|substance|maladie|plante|animal|organisme|organisation|institution|document|contrat|accord|impôt|"
    r"mot|nom|symbole|nombre|quantité|rapport|point|ligne|plan|angle|cercle|région|zone|couche|corps|phénomène|"
    r"force|réaction|partie|branche|discipline|courant|mouvement|principe|règle|programme|logiciel|protocole|"
    r"langage|format|fichier|réseau|modèle|structure|période|durée|relation|opération|figure|objet|machine|véhicule|"
    r"navire|bateau|étoile|galaxie|gaz|liquide|métal|roche|minéral|cellule|tissu|organe|molécule|particule|élément|"
    r"composé|mélange|somme|différence|distance|élévation|passage|transfert|échange|tendance|croyance|attitude|"
    r"droit|obligation|champ|terre|terrain|espace)s?\b",
    re.IGNORECASE,
)
UNFIT = re.compile(
    r"^(?:\w+ment )?(?:une?|le|la|les|l[’']|des|tout)? ?(?:(?:très|plus|moins|aussi) )?(?:importante?|bonn?e?|"
    r"exemple|(?:un|une) des\b|des plus|problème|question|raison|moyen|façon|manière|cas|conséquence|résultat|"
    r"seule?|meilleure?|premi[eè]re?|dernière?|deuxième|second|même|principale?|essentielle?|nécessaire|grande?s?|"
    r"petite?s?|belle|beau|vrai|véritable|simple|clé|cœur|but|objectif|suivante?|autre|plus|bien|peu|source|cause|"
    r"base|membre|fils|fille|preuve|signe|sujet|affaire|plupart|fruit|œuvre|suite|début|fin|fondement|point de "
    r"départ|part|réponse|différence|nouvelle?|ancien)\b",
    re.IGNORECASE,
)
ON_APPELLE = re.compile(
    r"(?:^|, |\b(?:et|puis) )[Oo]n (?:appelle|nomme|désigne (?:par|sous le nom de))\s+(?:une? |l[ea]s? |l[’'])?"
)
ON_ENTEND = re.compile(r"[Oo]n entend (?:\w+ment |ici )?par\s+(?:une? |l[ea]s? |l[’'])?")
PAR_ON_ENTEND = re.compile(r"^Par\s+(?:une? |l[ea]s? |l[’'])?(?P<term>[^,]{2,60}), on (?:entend|désigne|comprend)\b")
NAMING = re.compile(
    r"(?P<cue>(?:(?:est|sont|était|aussi|également|souvent|parfois|couramment|généralement|communément|\w,?|\() )"
    r"(?:appelée?s?|nommée?s?|dénommée?s?|baptisée?s?)|connue?s? sous le nom|(?:que l[’']on|qu[’']on|ce que l[’']on) "
    r"(?:appelle|nomme)|(?:est|sont) dite?s?)\s(?:d[e’'] ?)?(?:une? |l[ea]s? |l[’'])?(?=[«“\"\w])"
)
APPOSITION = re.compile(
    r"(?P<open>,? c[’']est-à-dire |, à savoir |, soit (?=l|un)| \((?:c[’']est-à-dire )?(?=(?:les?|la|une?|l[’']|"
    r"des) ?))(?P<text>(?:(?:les?|la|une?|des|l[’'])\s?)[^()]{8,200})"
)
ALSO = re.compile(r"(?:aussi|également|donc|souvent|parfois|habituellement|généralement|soit)\b")
PRAISE = re.compile(
    r"^(?:une?|des) \w+ (?:déterminant|important|essentiel|majeur|fondamental|nécessaire|utile|courant|populaire|"
    r"intéressant)|\bparmi les plus\b|\bqui doi(?:t|vent)\b"
)


def find(sentence: str, previous: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    yield from _subject(sentence)
    yield from _naming(sentence, previous)
    yield from _explanation(sentence, count)


def _subject(sentence: str) -> Iterator[FoundDefinition]:
    """Yield the beginning of a sentence that is defined by the rest of it: "X désigne …"."""
    text = standalone(sentence, FRENCH)
    if match := PAR_ON_ENTEND.match(text):
        if is_term(term := match["term"].strip('«»“”" '), FRENCH):
            yield FoundDefinition(term, text, 1.8)
        return
    if not (found := find_subject(text, SUBJECT)):
        return
    strength = _strength(found.verb, found.rest)
    term = found.words.strip('«»“”" ,')
    if strength is not None and is_term(term, FRENCH):
        yield FoundDefinition(term, text, strength + found.weight, found.rest)


def _strength(verb: re.Match[str], rest: str) -> float | None:
    """Return the weight of the verb and the text after it, None if they define nothing."""
    if verb["strong"]:
        return (
            None if re.match(r"(?:soit|ce|cet|cette|ces|cela|celui|celle|ainsi|alors|pas|que|qu[’'])\b", rest) else 1.7
        )
    if UNFIT.match(rest):
        return None
    if verb["means"]:
        return -0.3 if "représente" in verb[0] else 0.5
    complement = COMPLEMENT.search(rest, 3, 90)
    if not complement or "," in (head := rest[: complement.start()])[:-2] or len(head.split()) > 7:
        return None
    is_definite = bool(re.match(r"(?:le|la|les)\s|l[’']", rest)) and not CATEGORY.search(head)
    if is_definite or ALSO.match(rest) or PRAISE.search(rest, 0, 60):
        return -0.3
    past = 0.9 if verb["be"] in ("était", "étaient") else 0.0
    return (1.2 if CATEGORY.search(head) else 0.3) - past


def _naming(sentence: str, previous: str) -> Iterator[FoundDefinition]:
    for cue, base in ((ON_APPELLE, 1.6), (ON_ENTEND, 1.7), (NAMING, 0.6)):
        for match in cue.finditer(sentence):
            term, after = words_after(sentence[match.end() :], FRENCH)
            is_complete_term = bool(
                re.match(rf"[»”\"]?\s?,?\s?(?:(?:toute?|{DETERMINER})(?:\b|(?<=[’']))|[.,;:)]|$)", after.lstrip())
            )
            weight = _naming_weight(match[0], base)
            definition = with_previous(sentence, previous, FRENCH) if base < 1 else standalone(sentence, FRENCH)
            if is_term(term, FRENCH) and definition and len(definition) <= MAX_DEFINITION:
                yield FoundDefinition(term, definition, weight if is_complete_term else weight - 0.8)


def _naming_weight(cue: str, base: float) -> float:
    """Return the weight of a naming phrase: "est appelé" has more than "un fichier appelé"."""
    if base > 1 or cue.lower().startswith(
        ("est ", "sont ", "que l", "qu’on", "qu'on", "ce que l", "aussi", "souvent", "également")
    ):
        return base - 0.5 * ("nomm" in cue or "baptis" in cue) * (base < 1)
    return base - (0.3 if cue[0] in "(," or cue.startswith("connu") else 0.9)


def _explanation(sentence: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    for match in APPOSITION.finditer(sentence):
        phrases = phrases_before(sentence[: match.start()], FRENCH, 3)
        known = [phrase for phrase in phrases if count(phrase) > 1] or phrases[:1]
        term = re.sub(r"^[dlDL][’']", "", known[0]) if known else ""
        if not term or not is_term(term, FRENCH):
            continue
        is_bracket = "(" in match["open"]
        closes = sentence[match.end() : match.end() + 1] == ")" if is_bracket else match.end() >= len(sentence) - 1
        if is_bracket and not closes:
            continue
        is_whole = closes and "," not in match["text"]
        text = match["text"]
        definition = as_sentence(text) if is_whole else standalone(sentence, FRENCH)
        if is_bracket and re.search(r"\b(?:notre|nos|votre|vos|ici|ce|cet|cette|ces|voir|nous|vous)\b", text):
            continue
        if not is_whole and is_dangling(sentence, FRENCH):
            continue
        weight = 0.9 if "dire" in match["open"] else -0.4
        yield FoundDefinition(term, definition, weight, match["text"])
