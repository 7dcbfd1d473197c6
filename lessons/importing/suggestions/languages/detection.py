"""Detect the language of a text by its most frequent words.

There are also profiles of languages without rules, so that Dutch is not mistaken for German, nor Catalan for French.
"""

import re
from collections import Counter

PROFILES = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the of and to in is that for with as was are by this from which be it on not have has or an at they a",
        "fr": "le la les des du de et est une un dans que qui pour par sur au aux ce cette sont pas plus avec ou se "
        "il elle ne l d en à été ces leur",
        "de": "der die das und ist ein eine den dem des von zu mit sich auf für nicht im auch es werden wird als an "
        "bei nach oder einer durch wurde sind aus in",
        "es": "el la los las de del y en que es un una por con para se no su al lo como más son está fue entre o",
        "pt": "o a os as de do da dos das em no na e que um uma para com não por é ao mais são foi ou se",
        "it": "il lo la gli le di del della dei che in un una per con non è si sono come da nel alla ed anche i",
        "ca": "el la els les de del i que en un una per amb no és són a al com més va dels",
        "oc": "lo la los las de del e que un una per amb non es son dins aquò las",
        "ro": "și de la în a cu pe care nu este din pentru o un sau mai sunt fost al prin",
        "nl": "de het een en van in is dat op te zijn voor met niet aan er door worden werd ook of wordt als bij",
        "af": "die en van is in het nie dat vir met op te ’n deur wat was ook om",
        "lb": "de den d ass an eng vun mat op fir och dat déi net ginn gëtt zu et sech en",
        "sv": "och att det som en på är av för med den till inte ett har om de i var från",
        "da": "og at det som en på er af for med den til ikke et har om de i var fra blev",
        "no": "og at det som en på er av for med den til ikke et har om de i var fra ble",
        "pl": "i w na z do się że nie jest to o jak od po za przez są oraz dla który",
        "cs": "a v na se je že s z do to jako pro by ale jsou o k byl které",
        "hr": "i je u na se da su za od s koji kao ne to bio iz",
        "fi": "ja on ei se että oli hän mutta ovat kuin tai joka myös sekä",
        "hu": "a az és hogy nem is egy van volt meg ez de mint azt vagy",
        "tr": "ve bir bu da de için ile olarak olan gibi daha çok en ne",
        "id": "yang dan di dengan untuk dari ini pada adalah tidak itu dalam ke sebagai",
        "la": "et in est non ad ut cum quod qui sed ex de quae sunt per esse",
        "eo": "la kaj de en estas al por kun ne oni ke el sur",
    }.items()
}
CODES_OF_WORD = {
    word: [code for code, profile in PROFILES.items() if word in profile]
    for word in frozenset().union(*PROFILES.values())
}
WORD = re.compile(r"[^\W\d_]+")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
MIN_LATIN = 0.8
MIN_SHARE = 0.14
MIN_LEAD = 1.2
MIN_FOUND = 3
# The number of characters at the beginning of a text by which its language is detected.
MAX_LENGTH = 20_000


def detect_language(text: str, *, min_words: int = 8) -> str | None:
    """Return the code of the language: None if the text is too short, or in no language of PROFILES."""
    text = text[:MAX_LENGTH]
    letters = sum(map(str.isalpha, text))
    found = WORD.findall(text.lower())
    if len(found) < min_words or len(LATIN.findall(text)) < MIN_LATIN * letters:
        return None
    counts = Counter(found)
    scores = Counter({"": 0, "-": 0})
    for word, count in counts.items():
        for code in CODES_OF_WORD.get(word, ()):
            scores[code] += count
    (best, score), (_second, next_score) = scores.most_common(2)
    is_clear = score >= max(MIN_FOUND, MIN_SHARE * len(found)) and score >= MIN_LEAD * next_score
    return best if is_clear else None
