"""English words for the rules of suggestions."""

import re

from lessons.importing.suggestions.languages.base import Language, numbered, words

MONTHS = numbered(
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
    "november nov|december dec"
)
FUNCTION_WORDS = words(
    "a an the and or nor but so yet if in of on at to by as is be am are was were been being it its do does did done",
    "has have had having not no for with without into from onto that this these those what when where which who whom",
    "whose how why about above across after again against all almost alone along already also although always among",
    "another any anybody anyone anything around away back because before behind below beneath beside besides between",
    "beyond both can cannot could despite down during each either else enough especially even ever every everybody",
    "everyone everything everywhere few fewer first former furthermore generally he hence her here hers herself him",
    "himself his however i indeed inside instead itself just last later latter least less like likewise many may me",
    "meanwhile mere merely might mine more moreover most mostly much must my myself namely near nearly neither never",
    "nevertheless next nobody none nonetheless noone nothing now nowhere off often once one ones only other others",
    "otherwise our ours ourselves out outside over own per perhaps please quite rather really same several shall she",
    "should since some somebody someone something sometimes somewhat somewhere soon still such than their theirs them",
    "themselves then there thereby therefore they though through throughout thus together too toward towards "
    "twice two",
    "under unless unlike until up upon us usually various very via well whatever whenever whereas wherever whether",
    "while whoever will within would you your yours yourself yourselves second third three four five six seven eight",
    "nine ten hundred thousand million today tomorrow yesterday vs etc ms mr mrs dr let lets ok okay yes don didn",
    "due owing regarding concerning compared contrary isn doesn won ll ve re et al eg ie cf thing things directly "
    "simply exactly actually certainly clearly rarely",
    "vice versa called known named termed dubbed refers argues",
    "it’s that’s there’s he’s she’s what’s who’s i’m you’re we’re they’re don’t doesn’t isn’t can’t won’t we they",
)
EVERYDAY_WORDS = words(
    "mean means create creates forces force struggle tutorial organisation organization movement movements "
    "developer developers testing team teams nation nations able account act action activity addition advantage "
    "advice age aim amount answer answers approach area argument",
    "article aspect aspects attempt attention author base basis beginning belief best better bit body book books box",
    "building business case cases cause cause center centre century challenge challenges chance change changes "
    "chapter",
    "character child children choice choices city class code collaboration collection combination commitment common",
    "communication community company comparison concept conclusion condition conditions consequence content context",
    "contrast control conversation cooperation cost country course day days deal decade decision degree description",
    "detail details development difference differences difficulty direction discussion distance document earth "
    "edition",
    "effect effects effort element elements end environment era essay event events evidence example examples",
    "exception exercise experience explanation expression fact factor facts family feature features feeling figure",
    "file first form forms friend function future game general goal goals good government great group groups growth",
    "hand head heart help history home hope hour house idea ideas image impact importance important improvement",
    "increase individual influence information interest introduction issue issues item items job key kind kinds",
    "knowledge lack language large law learning leader lesson letter level levels life light limit line lines list",
    "look lot love machine main major making man manner material matter meaning means measure meeting member members",
    "men method methods mind minute mistake model moment money month months name names nature need new news note "
    "notes",
    "notion number numbers object objective objects option order origin outcome output page pages paper paragraph "
    "part",
    "participants parts past path pattern people percent period person perspective phase phrase piece place places",
    "plan point points population position possibility power practice presence present price principle problem",
    "problems process product program progress project purpose quality quantity question questions range rate reader",
    "reality reason reasons record relation relationship report requirement research researchers resource resources",
    "response rest result results right rise role rule rules scale scholars school science section security sense",
    "sentence series service set side sign situation size skills society solution source space stage standard state",
    "statement step steps story strategy structure study stuff style subject success sum support surface system",
    "systems table task team technique technology term terms test text theory thought time times title today tool",
    "tools topic total training treatment trouble trust truth type types understanding unit use user users value",
    "values variety version view views war water way ways week weeks woman women word words work works world writer",
    "writing year years young",
    "bad big clear different difficult early easy entire equal final full high human huge interesting late little",
    "long low modern necessary normal old original particular possible real recent short significant similar simple",
    "single small social special specific strong true typical useful usual whole wide",
    "call called come comes get gets getting give given go goes going know known make makes say says see seen seem",
    "take takes think want become becomes keep used using based related include includes including following",
    "master wealth freedom politics philosophy party agreement agreements marriage memory culture status "
    "production ruling",
    "leadership comment comments claim claims remark remarks domination international extension software hardware",
    "parasite parasites million millions thousands billion ",
    "next previous chapter mentioned aforementioned above-mentioned so-called",
)
PERSON_WORDS = words(
    "philosopher philosophers writer author poet king queen emperor president politician scientist physicist chemist",
    "mathematician historian economist sociologist psychologist theologian composer musician singer painter artist",
    "actor actress director architect engineer inventor explorer general admiral soldier officer leader founder",
    "student teacher professor scholar researcher journalist activist lawyer judge priest bishop pope saint monk",
    "son daughter brother sister father mother wife husband man woman boy girl child friend member programmer",
    "developer hacker critic novelist playwright biologist astronomer physician doctor nurse statesman diplomat",
    "user person people guy",
)
NOT_NAMES = words(
    "january february march april may june july august september october november december monday tuesday wednesday",
    "thursday friday saturday sunday article chapter section figure table part appendix note example page volume",
    "winter spring summer autumn god internet web english latin greek mr mrs ms dr prof sir",
)
DANGLING = re.compile(
    r"[“‘\"'(\[]*(?:(?:[A-Z][a-z]+ly|However|Thus|Hence|So|And|But|Or|Yet|Then|Also|Still|Moreover|Furthermore|"
    r"Therefore|Nevertheless|Nonetheless|Instead|Indeed|For example|For instance|In addition|As a result|In fact|In "
    r"this (?:case|way|sense|context|example)|Here|There),? )?(?:this|these|those|that|it|its|it’s|it's|they|their|"
    r"them|he|his|him|she|her|hers|such|both|either|neither|another|others|some|the (?:latter|former|other|others|"
    r"same|second|third|two|three|result|following|above|next|rest|answer|reason|difference|first|last|idea)|one of "
    r"(?:them|these|those)|one (?:such|example|way|reason)|here|there|in (?:this|that|these|those|such|both|each|"
    r"other|contrast|it|them)|at (?:this|that) \w+|by (?:this|that|doing)|after (?:this|that)|for (?:this|these|"
    r"that|those|it|them)|of (?:these|those)|from (?:this|these|there|then)|on (?:this|these|the other)|to (?:this|"
    r"do (?:this|so))|with (?:this|these|that|it)|as (?:such|mentioned|noted|we|you)|like (?:this|these)|i|we|you|"
    r"my|our|your|let|let’s|please|see|note|consider|imagine|suppose|what|which|who|why|how|when asked)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"[^,]{2,80}, (?:it|they|he|she|this|these|those|his|her|their|its|that)\b|"
    r"(?:In|On|By|From|Since|At|After|During|Around)\b[^,]{0,30}\d{4}s?\b[^,]{0,25}? "
    r"(?:it|they|he|she|this|his|her|their|its)\b"
)
CONNECTIVE = re.compile(
    r"(?:However|Thus|Hence|Therefore|Moreover|Furthermore|Nevertheless|Nonetheless|Finally|Similarly|Likewise|"
    r"Instead|Indeed|Consequently|Accordingly|Basically|Essentially|Simply put|Of course|In fact|In short|In addition|"
    r"Additionally|As a result|In other words|In contrast|By contrast|On the other hand|First|Second|Third|Firstly|"
    r"Secondly|In summary|In conclusion|To sum up|In practice|For example|For instance|Meanwhile|Today|Also|Then|"
    r"Again|Put simply|In general|Generally|Roughly|Historically),\s+|"
    r"(?:And|But|So|Yet)\s+(?!for\b)",
)
CITATION = re.compile(
    r"\b(?:retrieved|accessed|archived|last (?:modified|updated|edited|changed|reviewed)|posted|updated|(?:first |"
    r"originally )?published (?:on|by|in|online|at)|copyright|all rights reserved|isbn|issn|doi|arxiv|et al|ibid|"
    r"op\. cit|pp?\. ?\d|vol\. ?\d|no\. ?\d|edited by|translated by|written by|trans\.|eds?\.|university press|"
    r"photo(?:graph)?(?: by|:)|image(?: by|:|credit)|credit:|source:|see also|reprint(?:ed)?|licen[sc]ed under|"
    r"creative commons|press release|read more|sign up|subscribe|minutes? read)\b|©|\(c\)\s*\d|https?://|www\.",
    re.IGNORECASE,
)

ENGLISH = Language(
    code="en",
    function_words=FUNCTION_WORDS,
    everyday_words=EVERYDAY_WORDS,
    person_words=PERSON_WORDS,
    not_names=NOT_NAMES,
    months=MONTHS,
    dangling=DANGLING,
    pronoun=PRONOUN,
    connective=CONNECTIVE,
    citation=CITATION,
)
