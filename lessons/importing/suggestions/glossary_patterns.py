"""Patterns by which English defines a word. Each pattern has a weight, and a group `term` that captures the word."""

import re

TERM = r"(?P<term>[^\W\d_][\w’'-]*(?: [\w’'-]+){0,5}?)"
OPENING = r"(?:(?:In|For|According|Within|Here|Thus|Finally|First|Second|Third)\b[^,.;]{0,60}, )?"
ARTICLE = r"(?:[Aa]n? |[Tt]he )?[“‘\"(]?"
SUBJECT = rf"^{OPENING}{ARTICLE}{TERM}[”’\")]?(?: \([^)]*\)|, (?:or|also)[^,]*,)?"
CATEGORY_NOUNS = (
    "term|name|idea|view|belief|claim|study|theory|doctrine|principle|practice|process|position|thesis|property|state|"
    "tendency|ability|use|branch|act|notion|capacity|set|method|way|type|kind|form|field|system|statement|approach"
)
TERM_END = (
    r"(?=[”’\",.;:)(—]| (?:is|are|was|were|in|as|to|for|by|which|that|and|or|because|when|where|the|a|an|has|derives|"
    r"comes|means|refers)\b|$)"
)
CUE = (
    r"(?i:called|known as|termed|referred to as|labell?ed|dubbed|coined the term|(?:the|a|an) (?:term|terms|word|"
    r"concept|notion|idea|doctrine|principle|theory) (?:of |called )?|"
    r"(?:form|type|kind|class|example) of|that of|embraced) "
)

# The beginning of a sentence is defined by the rest of it: "X refers to …".
DEFINITION_PATTERNS = [
    (
        3.0,
        re.compile(
            SUBJECT
            + r" (?:refers? to|means|denotes?|designates?|(?:is|are|can be|may be) (?:broadly |best |usually )?"
            rf"(?:defined|understood)|is (?:the|an?|any) (?:[a-z]+ )?(?:{CATEGORY_NOUNS})\b(?! (?:is|are))|"
            r"(?:is|are) when|occurs? when|consists? (?:of|in))\b"
        ),
    ),
    (
        2.0,
        re.compile(
            SUBJECT + r" (?:is|are|was) (?:simply |also |often |usually |typically |the view |that )*"
            r"(?:an?|the|any|those|when|what|described|concerned)\b"
        ),
    ),
    (
        1.0,
        re.compile(
            SUBJECT + r" (?:describes|holds|asserts|argues|claims|involves|states|requires|rejects|questions|bases|"
            r"maintains|suggests|says|focuses|proposes|is|are|occurs)\b"
        ),
    ),
]

# A phrase introduces the term: "is called X", "the notion of X".
NAMING_PATTERNS = [
    (2.2, re.compile(rf"\b{CUE}(?:an? |the )?[“‘\"]?{TERM}{TERM_END}")),
    (
        1.8,
        re.compile(
            rf"\b(?:type|kind|form|class|concept|method|principle)s? [^,.;]{{0,60}} (?:is|are) (?:the |an? ){TERM}[.,]"
        ),
    ),
    (1.4, re.compile(rf"[,(] ?(?:or|also)(?: called| known as)? (?:the |an? )?{TERM}(?=[,)])")),
]

# An explanation follows the term: "X, the view that", "X (plain words)".
EXPLANATION_PATTERNS = [
    (
        2.2,
        re.compile(
            rf"(?<=[ “‘(]){TERM}[”’\"]?(?=, (?:or (?:the|an?|simply)\b|in which\b|where [a-z]+ means|"
            r"which (?:is|are|means|says|holds|refers|expresses|states|sees|claims|involves)\b|"
            rf"the (?:[a-z]+ )?(?:{CATEGORY_NOUNS}|duties|care)\b|an? [a-z]+ (?:of|that|which|in|for)\b|"
            r"an individual|meaning\b))"
        ),
    ),
    (
        2.1,
        re.compile(
            rf"(?<=[ “‘]){TERM}[”’\"]?(?= \((?!e\.g|i\.e|see |fig|b\.|d\.|c\.|or |trans|ed)[a-z][a-z ,’-]+\)|"
            r"—(?:an?|the|that is|or)\b)"
        ),
    ),
]
