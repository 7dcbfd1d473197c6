"""Pure: the features that distinguish languages: non-ASCII letters by frequency, common words, usual encodings."""

import math
from dataclasses import dataclass, field

WESTERN = ("cp1252", "iso8859-15", "mac-roman", "cp850")
CENTRAL = ("cp1250", "iso8859-2", "mac-latin2", "cp852")
BALTIC = ("cp1257", "iso8859-13", "iso8859-4")
TURKISH = ("cp1254",)
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "mac-cyrillic", "cp866")
UKRAINIAN = ("cp1251", "koi8-u", "iso8859-5", "mac-cyrillic")
HAN = {"zh-hans", "zh-hant", "ja", "ko"}
# The share of the listed letters among a text's non-ASCII letters in scripts of thousands of characters.
LISTED_SHARE = {"zh-hans": 0.55, "zh-hant": 0.55, "ja": 0.6, "ko": 0.65}


@dataclass(frozen=True, slots=True)
class Language:
    """A language. letters: non-ASCII ones, the most common first. probabilities: log probabilities by letter."""

    code: str
    encodings: tuple[str, ...]
    letters: str
    words: frozenset[str]
    probabilities: dict[str, float] = field(repr=False, compare=False)


def _language(code: str, encodings: tuple[str, ...], letters: str, words: str = "") -> Language:
    letters = letters.replace(" ", "")
    # In most alphabets the letter of rank n has about 1/(n + 2) of the share of the most common one.
    weights = {letter: 1 / (rank + 2) for rank, letter in enumerate(letters)}
    if code in HAN:
        weights = {letter: 1 / (rank + 20) for rank, letter in enumerate(letters)}
    share = LISTED_SHARE.get(code, 0.85) / sum(weights.values())
    probabilities = {letter: math.log(weight * share) for letter, weight in weights.items()}
    return Language(code, encodings, letters, frozenset(words.split()), probabilities)


LANGUAGES = [
    _language("fr", WESTERN, "é è à ê ç ô ù î û â ï ë œ ü æ",
        "les des et est une dans que qui pour pas sur du par plus avec ce cette sont aux être été même très où nous"),
    _language("de", WESTERN, "ü ä ö ß é",
        "der die und das den von zu mit ist des auf ein eine nicht dem für im sich als auch werden wird über können"),
    _language("en", WESTERN, "é è ï ö ü ç ñ ê",
        "the of and to in is that for with as was are this from by which have not be or"),
    _language("es", WESTERN, "ó í á é ñ ú ü",
        "de la que el en los las del por con una para como más pero sus este está también se"),
    _language("pt", WESTERN, "ã á é ç í ó ê õ ú â à ô",
        "que de da do em uma para com não os por mais dos como foi ao ele das seu ou você é são está"),
    _language("it", WESTERN, "è à ù ò é ì",
        "di che il la non per una del con sono gli della nel più anche come dei alla questo è può"),
    _language("ca", WESTERN, "é è ó à í ç ò ú ï ü", "el la els les que amb per una del és i dels no més aquest són"),
    _language("nl", WESTERN, "é ë ï è ö ü", "de het een van en dat niet zijn met voor is op te aan ook worden deze"),
    _language("sv", WESTERN, "ä ö å é", "och att det som en är för med inte av den på ett till kan från"),
    _language("da", WESTERN, "ø å æ é", "og det er at en til af på for den ikke med som der har kan eller fra"),
    _language("fi", WESTERN, "ä ö å", "ja on ei se että oli hän ovat myös kun mutta tai sekä voi ole"),
    _language("is", WESTERN, "ð í á þ ó é ú æ ö ý", "og að er sem til með ekki við það var um af fyrir á í"),
    _language("sq", WESTERN, "ë ç", "dhe të në një për që me nga është të e i"),
    _language("pl", CENTRAL, "ł ą ę ż ó ś ć ń ź",
        "się nie na do jest że to jak przez dla od po są oraz które być może tym ale tego"),
    _language("cs", CENTRAL, "í á é ě ř č ž š ý ů ú ň ó ť ď",
        "se na je že to do ve jsou jako pro být ale které který od po při bylo není také"),
    _language("sk", CENTRAL, "á í é ž č ý š ú ľ ť ň ô ó ď ä ŕ ĺ",
        "sa na je že to do vo sú ako pre byť ale ktoré ktorý od po pri bolo nie tiež alebo"),
    _language("hu", CENTRAL, "é á ö ó ő ü í ú ű",
        "az és hogy nem egy is ez meg van volt csak még már mint vagy lehet kell"),
    _language("ro", CENTRAL, "ă î â ţ ş", "și de la în cu nu care este din pentru că sau mai sunt un pe au fost"),
    _language("hr", CENTRAL, "č š ž ć đ", "je na se da su za od koji nije kao što bi ili ali može sa biti"),
    _language("sl", CENTRAL, "č š ž", "je na se da so za ki ne ni pri kot ali tudi ter lahko v biti"),
    _language("tr", TURKISH, "ı ü ş ğ ç ö İ â î", "ve bir bu için ile da de olarak daha olan gibi çok değil her var"),
    _language("lt", BALTIC, "ė š ž ų ū į č ą ę",
        "ir kad yra su buvo iš tai kaip bet ne jo apie būti per arba turi už gali šis"),
    _language("lv", BALTIC, "ā ī ē š ņ ū ļ ž ķ č ģ",
        "un ir ar no par kas ka uz nav bija tas vai bet tika lai var būt jums"),
    _language("et", ("cp1257", "cp1252"), "ä õ ü ö š ž",
        "ja on ei see et oli kui mis ka aga või tema kuid selle olema saab"),
    _language("ru", CYRILLIC, "оеаинтсрвлкмдпуяызьбгчйхжшюцщэфъё"),
    _language("uk", UKRAINIAN, "оанивіертсклдупмязьбгйчхжїцюєшщфґ"),
    _language("be", UKRAINIAN, "анаіеыртсокдлупмязьбгўчхйцшжэюёф"),
    _language("bg", CYRILLIC, "аоиетнрсвлкдпмзяъгбучцжщхшюфй"),
    _language("sr", ("cp1251", "iso8859-5", "mac-cyrillic"), "аоиенрстјвукдмлпзбгчњцхжшђћљфџ"),
    _language("mk", ("cp1251", "iso8859-5", "mac-cyrillic"), "аоиетнрсвдлкпмзујгбчцшжфќхњџѓљѕ"),
    _language("el", ("cp1253", "iso8859-7"), "αοιετσνηυρπκμλςωάγίθδόέήχβφύξώζψϊϋ"),
    _language("he", ("cp1255", "iso8859-8"), "יוהלארתבשמםנחדקפעכטזצגןסךץףְִֵֶַָֹּ"),
    _language("ar", ("cp1256", "iso8859-6"), "اليمنورتبةعدسفهكقأحجىشصطخإذءضزغثئظآؤً"),
    _language("fa", ("cp1256",), "اینردمهوتسبشکلزفگعخقپجحچصطآضظغذثئژء\u200c"),
    _language("th", ("cp874",), "านรอกเง่มยลวดท้สตัะปบีิคหขใไแจโพื็ูุชำถซณผศธภญึฟฉษฐ์"),
    _language("vi", ("cp1258",), "\u0301\u0300đ\u0323ôưâêơ\u0309ă\u0303",
        "và là không các có được cho trong với người này một khi"),
    _language("ja", ("cp932", "euc-jp"),
        "のにはたをるとしいてがなれでっかすこもらりきまくさんあつけそせめよえう"
        "だおわどみやちろへねひじばほげびぐふむぎごぶずぬべアイウエオカキクケコサシスセソタチツテトナニネノハヒフヘホ"
        "マミムメモラリルレロンガグジズデドバパビピブプボポャュョッーヤユヨ"
        "日一人年大国中本出時上行者事会生分間部自地見学前月下後東方合同的場内長"
        "高小度手立作業力法新理発表明物海水"),
    _language("zh-hans", ("gb18030",),
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然"
        "家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机"
        "十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西"
        "斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打"),
    _language("zh-hant", ("big5hkscs",),
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然"
        "家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機"
        "十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西"
        "斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打"),
    _language("ko", ("cp949",),
        "이다는에의을하고가를은지한로기사서도시어인대자리아스정나라그일해수들원있여전주장으제부구상보소성공동들게만것과"
        "경우와없유국조선관용면적연계신학되물문중세위된무안생화마모영할었않명말려요같또때니합습했내개분방비미반행야재"),
]  # fmt: skip
