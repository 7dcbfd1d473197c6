"""Words and widths in scripts that have no spaces, and in those that have."""

import pytest

from lessons.markup.scripts import count_words, display_width


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Two words", 2),
        ("Zwei Wörter — mehr nicht", 5),
        ("潮汐的故事。", 5),
        ("潮は一日に二度", 7),
        ("바닷물은 하루에 두 번", 4),
        ("コンピュータ・ゲーム", 9),
        ("ﾃｽﾄ", 3),
        ("NATO 的 3 个国家", 6),
        ("น้ำทะเลขึ้นและลง", 3),
    ],
)
def test_words_are_counted_as_the_script_writes_them(text, count):
    assert count_words(text) == count


def test_full_width_characters_take_two_columns_and_accents_none():
    assert [display_width("abc"), display_width("潮汐"), display_width("e\u0301")] == [3, 4, 1]
