"""The address of a passage names it by its words, so that the browser scrolls there and highlights it."""

from lessons.search.passage_links import passage_link

PASSAGE = "When the sun and the moon pull in line, the range of the tide is greatest, twice a month."


def test_a_long_passage_is_named_by_its_first_and_last_words():
    link = passage_link("/lessons/1/tides/", "spring-tides", PASSAGE)
    first, last = "When%20the%20sun%20and%20the%20moon", "tide%20is%20greatest%2C%20twice%20a%20month."
    assert link == f"/lessons/1/tides/#spring-tides:~:text={first},{last}"


def test_a_short_passage_is_named_whole_and_its_signs_are_encoded():
    assert passage_link("/", "a", "Neap-tides,\n & more") == "/#a:~:text=Neap%2Dtides%2C%20%26%20more"


def test_a_passage_of_several_cells_or_items_is_named_by_words_within_the_first_and_the_last():
    assert passage_link("/", "", "a boat · oars, two · a rope of hemp") == "/#:~:text=a%20boat,a%20rope%20of%20hemp"
    assert passage_link("/", "", "· oars · ") == "/#:~:text=oars"


def test_a_script_without_spaces_is_named_by_what_stands_between_punctuation():
    link = passage_link("/", "", "潮汐是海水的涨落，" + "月" * 60 + "。太阳也有作用。")
    assert link == passage_link("/", "", "潮汐是海水的涨落，" + "月亮" * 30 + "。太阳也有作用。")
    assert link.startswith("/#:~:text=%E6%BD%AE")
    assert link.count(",") == 1


def test_without_words_the_link_leads_to_the_heading_or_the_text():
    assert passage_link("/x/", "a b", " ") == "/x/#a%20b"
    assert passage_link("/x/", "", "") == "/x/"
