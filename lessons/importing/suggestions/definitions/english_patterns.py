"""Patterns of English sentences that define a term."""

import re

from lessons.importing.suggestions.definitions.base import SubjectPatterns

CATEGORY = (
    r"(?:term|name|idea|view|belief|claim|study|theory|doctrine|principle|practice|process|position|thesis|property|"
    r"state|tendency|ability|use|branch|act|notion|capacity|set|method|way|type|kind|form|field|system|statement|"
    r"approach|measure|device|tool|instrument|substance|technique|procedure|disease|disorder|condition|rule|unit|"
    r"collection|group|class|sequence|piece|part|point|line|plane|angle|circle|plant|animal|organism|material|"
    r"structure|process|phenomenon|force|reaction|science|art|agreement|contract|document|word|phrase|symbol|number|"
    r"quantity|amount|ratio|rate|period|region|area|area|layer|body|region|organi[sz]ation|institution|movement|"
    r"philosophy|argument|fallacy|bias|error|relationship|relation|strategy|policy|tax|payment|account|program|"
    r"protocol|language|format|file|library|set|network|model|framework|sum|difference|distance|change|movement|"
    r"transfer|exchange|loss|increase|decrease|failure|feeling|attitude|duty|right|freedom|power|skill|perception|"
    r"representation|description|explanation|attempt|combination|mixture|compound|element|particle|cell|tissue|"
    r"organ|gas|liquid|fluid|metal|rock|mineral|vessel|boat|ship|vehicle|machine|container|person|someone|anything|"
    r"something|individual|value|price|record|right|obligation|asset|list|table|person|object|star|galaxy|time|"
    r"moment)s?"
)
PARTICIPLE = re.compile(
    r"\w+ly\b|not\b|(?:\w+(?:ed|en|ing|able|ible|ful|ous|al|ive|ic|ure|ar)|made|found|built|known|shown|seen|held|"
    r"kept|left|sent|meant|drawn|both|part|aware|true|free|due|full|short|out|all|one|some|many|most|more) (?:that|"
    r"which|who|to|for|in|of|by|with|from|on|as|at|and|or|where|when|than|only)\b"
)
POINTING = re.compile(r"(?:this|these|that|those|it|them|him|her|you|us|me|both|each|such|when)\b")
CATEGORY_NOUN = re.compile(rf"\b{CATEGORY}\b", re.IGNORECASE)
SUBJECT_VERB = re.compile(
    r" (?:(?P<strong>(?:is|are|can be|may be) (?:\w+ly |best |often |also )?(?:defined|understood) (?:as|to be)|"
    r"refers? (?:\w+ly )?to|denotes?|designates?|signif(?:y|ies)|(?:is|are) (?:an?|the) (?:\w+ )?(?:term|name|word|"
    r"expression|label|abbreviation|acronym)s? (?:for|given|used|that|applied|describing|meaning)|is short for|"
    r"stands for)|(?P<means>means|(?:\w+ly )?occurs? when|(?:is|are) when|(?:states|holds|says) that)|(?P<be>is|are|"
    r"was|were)(?= (?:\w+ly |often |also |simply |thus |therefore |just |in essence )?(?:an?|the|any|(?:another|"
    r"one) (?:type|kind|form|sort|example) of|those|that which|what|where|when)\b)|(?P<weak>(?:is|are) (?:\w+ly "
    r")?(?:concerned with|used (?:to (?!\w+ing)|for|when))|involves?|describes?|focus(?:es)? on|asserts?|argues? "
    r"that|claims? that|questions|recogni[sz]es|(?:is|are) based on|occurs?|consists? of|deals? with|emphasi[sz]es?|"
    r"seeks? to|aims? (?:to|at)|rejects?|maintains?|proposes?)|(?P<plural>is(?= (?:[a-z-]+ ){1,2}?(?:that|which|in "
    r"which|of)\b)|are)(?= (?:[a-z-]+ ){1,4}?(?:that|which|who|whose|in which|where|used|designed|about|of|for|"
    r"between|made)\b)) "
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
SUBJECT = SubjectPatterns(SUBJECT_VERB, OPENING, ALIAS, NAMED, ARTICLE)
COMPLEMENT = re.compile(
    r"\b(?:of|that|which|who|whose|where|in|by|for|to|used|designed|with|containing|consisting|made|formed|between|"
    r"from|when|called|caused|having|produced|given|based|according|intended|known|whereby|describing|found|on|"
    r"whether|about|held|concerned|concerning|without|owned|associated|built|measured|expressed|at|you|we)\b"
)
UNFIT = re.compile(
    r"^(?:\w+ly )?(?:an?|the|any|one)? ?(?:(?:very|most|more|too|so|quite|rather|as|all|much|far) )?(?:better|worse|"
    r"more|less|contradiction|myth|lie|joke|disaster|tragedy|failure|success|threat|danger|insult|rare|fascinating|"
    r"wonderful|strange|relative|important|good|great|major|key|crucial|central|essential|necessary|useful|popular|"
    r"famous|fundamental|significant|real|true|big|bad|nice|best|only|first|second|third|last|next|same|main|chief|"
    r"clear|perfect|obvious|lot|matter|example|result|reason|problem|question|fact|case|one|few|little|bit|number "
    r"of|way to|part of|result of|cause of|reason|following|other|question|mistake|pity|shame|place to|time (?:to|"
    r"for|of|when)|subject of|topic|issue|product of|point of|goal|aim|purpose|focus|foundation|basis|heart|core|"
    r"source of|answer|difference|idea (?:here|is)|[a-z]+est|difficult|hard|easy|good|excellent|challenge|"
    r"consequence|sign of|job|task|work of|son|daughter|father|mother|former|current|new|separate|also|often|"
    r"sometimes|case in point|kind of (?:a )?(?:thing|place)|(?:\w+ )?(?:aspect|factor|role|step|cornerstone|pillar|"
    r"priority|driver|hallmark|reminder|testament)|mere|vital|critical|member)\b",
    re.IGNORECASE,
)
NAMING = re.compile(
    r"(?P<lead>\b(?:is|are|was|were|be|been|being|we|what|which|that|often|also|sometimes|commonly|usually|generally|"
    r"and|or|something|so|\w+ly)\s|[,(]\s?(?:or |also |often |commonly |sometimes )?|\w\s)"
    r"(?P<cue>called|known as|referred to as|termed|dubbed|labell?ed|(?<=we )call|named(?= [“\"]))\s"
    r"(?:(?:an?|the) )?(?=[“‘\"\w])",
)
APPOSITION = re.compile(
    r"(?P<open>, (?:or (?=the|an?\b)|that is,? |i\.e\.,? )?|\s?[—–]\s?| \()(?P<text>(?:the|an?|any) (?:[\w’-]+ "
    r"){0,2}?(?:idea|view|belief|claim|concept|study|theory|doctrine|principle|practice|process|position|thesis|"
    r"tendency|ability|act|capacity|method|technique|procedure|art|science|condition|disease|disorder|kind|type|"
    r"form|sort|device|tool|instrument|rule|right|duty|branch|state|system|philosophy|fallacy|bias|error|feeling|"
    r"measure|unit|substance|set|person|someone|something|place|group|collection|sense|way|attitude|movement|field|"
    r"discipline|style|word|term|name)s? (?:of(?! which)|that|who|to|in which|by which|for|used|whose|where|"
    r"concerned|according|with|from|made|between)\b[^()—]*)"
)
WHICH_IS = re.compile(
    r", (?:in which (?=an? |the |one |someone |people )|which (?:is (?:simply |basically )?(?:the|an?) (?:\w+ "
    r"){0,2}?(?:tendency|care|love|fear|desire|lack|absence|view|idea|belief|study|process|practice|claim|theory|"
    r"ability|act|method|state|principle|doctrine|kind|type|form|science|set|way|use|name|term)\b|(?:says|holds|"
    r"states|claims|expresses|asserts|argues|stipulates|teaches|sees|describes|involves|consists of|denotes|stands "
    r"for) ))"
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
    r"\b(?:us(?:e|es|ed|ing)|coin(?:s|ed)|introduc(?:e|es|ed)|appl(?:y|ies|ied)) the (?:term|word|phrase|expression|"
    r"name|concept|notion) (?:of )?"
)
GLOSS = re.compile(
    r" \((?P<text>(?:an?|the) [a-z ’-]{3,60}|[a-z’-]+ (?:[a-z’-]+ )?(?:of|by|for|that|who|to|in) [a-z ’-]{3,60}|"
    r"[a-z’-]+, [a-z ’-]{3,60})\)"
)
NO_GLOSS = re.compile(
    r"(?:e\.?g|i\.?e|see|for|such|and|or|as|in|by|with|from|including|especially|usually|often|sometimes|also|not|"
    r"but|if|when|plural|about|at|to|on|of|both|see|though|although|because|even|like|called|now|then|however|hence|"
    r"note|one|two|three|so|not|who|which|that|read|was|were|is|this|last|our|my|your|their|his|her|its)\b|"
    r".*\b(?:and|etc)\b"
)
OR = re.compile(
    r", or (?P<text>(?:an?|the) (?:[a-z’-]+ ){1,5}[a-z’-]+|[a-z’-]+ (?:of|that|for) (?:[a-z’-]+ "
    r"){0,4}[a-z’-]+)(?=[,.])"
)
CLAIM = re.compile(r"(?:just|simply|merely|really|only|nothing|always|never|clearly|obviously)\b")
OR_TERM = re.compile(r"^[^,]{12,}, or (?:simply |also |just )?(?P<term>[a-z][a-z’-]{4,}(?: [a-z-]{4,})?)(?=[,)])")
VAGUE_EXPLANATIONS = ((GLOSS, -0.5), (OR, -0.7), (WHICH_IS, -0.2), (MEANING, -0.2))
THIS_NOUN = re.compile(r"(?:This|These) \w+s? (?:of|that|which|in which|between|to|by) ")
REFER = ("to refer to", "to denote", "to designate", "for ")
WITHIN = re.compile(r" (?:in|within|for|among) (?:the )?[\w-]+$")
WHAT_IS_CALLED = re.compile(
    r"What (?:[\w’-]+ ){1,4}?(?:call|calls|called|term|terms) (?P<term>[^,.;:]{2,50}?) (?:is|are|was|were) "
)
NAMES_OF = r")(?<!".join("idea concept notion term figure practice ideal name word state role".split())
HEADS = r"(?:theory|law|principle|problem|doctrine|paradox|fallacy|argument|rule|method|kingdom|dictatorship|division)"
NAMING_LEADS = frozenset(
    "is are was were be been being what we which that often also sometimes usually generally commonly".split()
)
# A pronoun within the sentence, whose antecedent is unknown.
PRONOUN_SUBJECT = re.compile(
    r"\W\s?(?:it|they|he|she|this|that|these|those)(?: (?:is|are|was|were|has been|have been))?(?: \w+ly| often| "
    r"also)?$"
)
POSSIBLE = re.compile(r"\b(?:might|could|should|would|hardly|not|can|may)(?: \w+)? be$")
ADJECTIVE = re.compile(r"(?:istic|opian|ical|ous|ful|less|able|ible|ive|ian|ial|ine)$")
