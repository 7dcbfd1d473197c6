"""Names, titles, posts and lesson texts in four scripts, from a seeded generator: the same in each run."""

from itertools import pairwise
from random import Random
from typing import NamedTuple


class Script(NamedTuple):
    """How a language is written: `space` separates words, `stop` ends a sentence."""

    language: str
    words: list[str]
    names: list[str]
    surnames: list[str]
    space: str = " "
    stop: str = "."


LATIN = Script(
    "en",
    "the range of a tide is greatest when sun and moon pull in line and least when they pull across each other so "
    "harbours print tables years ahead while storms raise or lower what was printed by a metre and more because the "
    "shallow coast gathers water that no table knows naïve engineers of the façade measure an étale".split(),
    "Ada Bram Chiara Dušan Élise Fergus Greta Håkon Inès João Katarína Łukasz Maren Nuala Ödön Petra".split(),
    "Almeida Bakker Černý Duval Eriksson Fischer Garcia Horváth Ionescu Jansen Kowalska Lindqvist Moreau".split(),
)
CYRILLIC = Script(
    "ru",
    "прилив приходит дважды в день когда луна и солнце стоят на одной линии вода поднимается выше а в мелком море она "
    "собирается у берега и стоит дольше чем обещали таблицы которые гавань печатает за несколько лет вперёд".split(),
    "Анна Борис Вера Глеб Дарья Егор Жанна Зоя Игорь Кира Лев Мария".split(),
    "Алексеева Белов Волкова Громов Дорошенко Ершов Зайцева Ильин Климова".split(),
)
ARABIC = Script(
    "ar",
    "يرتفع المد مرتين في اليوم حين تقف الشمس والقمر على خط واحد ويكون الماء أعلى من كل يوم وفي البحر الضحل يتجمع "
    "الماء عند الساحل ويبقى أطول مما وعدت به الجداول التي يطبعها الميناء قبل سنوات".split(),
    "أمينة باسم جميلة حسن خديجة رامي زينب سامي ليلى مريم".split(),
    "الأحمد البغدادي التونسي الحداد الخطيب الشامي العلوي النجار".split(),
)
JAPANESE = Script(
    "ja",
    "潮は 一日に 二度 満ちる 月と 太陽が 一直線に 並ぶとき 海面は もっとも 高くなり 浅い海では "
    "水が 岸に 集まり 港の 表よりも 長く とどまる 嵐が 来れば 印刷された 値より 一メートル 以上 変わる 𠮷野".split(),
    "愛 健太 さくら 翔 美咲 大輔 結衣 陽菜".split(),
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本".split(),
    space="",
    stop="。",
)
SCRIPTS = (LATIN, CYRILLIC, ARABIC, JAPANESE)


def phrase(pick: Random, script: Script, count: int) -> str:
    """Return `count` words without a stop: a title, a quote, a term."""
    return script.space.join(pick.choices(script.words, k=count)).capitalize()


def sentence(pick: Random, script: Script) -> str:
    return phrase(pick, script, pick.randint(6, 22)) + script.stop


def paragraph(pick: Random, script: Script) -> str:
    return script.space.join(sentence(pick, script) for _ in range(pick.randint(2, 5)))


def person_name(pick: Random, script: Script) -> str:
    return f"{pick.choice(script.names)} {pick.choice(script.surnames)}"


def lesson_body(pick: Random, script: Script, length: int) -> str:
    """Return HTML with a text of about `length` characters, with headings, lists, tables and quotes."""
    parts, written = [], 0
    while written < length:
        text = paragraph(pick, script)
        written += len(text)
        number = len(parts)
        if number % 8 == 7:
            parts.append(f"<h2>{phrase(pick, script, 4)}</h2>")
        if number % 13 == 12:
            items = "".join(f"<li><p>{sentence(pick, script)}</p></li>" for _ in range(4))
            parts.append(f"<ul>{items}</ul>")
        if number % 29 == 28:
            rows = "".join(f"<tr><td><p>{a}</p></td><td><p>{b}</p></td></tr>" for a, b in pairwise(script.words[:5]))
            parts.append(f"<table><tbody>{rows}</tbody></table>")
        parts.append(f"<blockquote><p>{text}</p></blockquote>" if number % 17 == 16 else f"<p>{text}</p>")
    return "".join(parts)


def revised_body(pick: Random, body: str) -> str:
    """Return the body as its author revises it: some paragraphs gone, some new, some moved, some changed."""
    parts = body.split("<p>")
    for _ in range(max(1, len(parts) // 12)):
        at = pick.randrange(1, len(parts))
        act = pick.random()
        if act < 0.2 and parts[at].endswith("</p>") and len(parts) > 4:
            del parts[at]
        elif act < 0.5:
            parts.insert(at, f"{paragraph(pick, LATIN)}</p>")
        elif act < 0.7 and at + 1 < len(parts) and parts[at].endswith("</p>") and parts[at + 1].endswith("</p>"):
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
        else:
            parts[at] = f"{phrase(pick, LATIN, 3)} {parts[at]}"
    return "<p>".join(parts)


def post_source(pick: Random, script: Script) -> str:
    """Return the Markdown of a post: usually a paragraph or two, sometimes with a quote, a list, a link or code."""
    parts = [paragraph(pick, script) for _ in range(pick.choice([1, 1, 1, 2, 2, 3]))]
    extra = pick.random()
    if extra < 0.15:
        parts.insert(0, f"> {sentence(pick, script)}")
    elif extra < 0.25:
        parts.append("\n".join(f"- {phrase(pick, script, 4)}" for _ in range(3)))
    elif extra < 0.35:
        parts.append(f"See [the table](https://example.org/{pick.randrange(1000)}), **please**.")
    elif extra < 0.4:
        parts.append(f"`{phrase(pick, script, 2)}` 🦑")
    return "\n\n".join(parts)
