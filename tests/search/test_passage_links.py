"""The address of a passage names it by its words, so that the browser scrolls there and highlights it."""

from lessons.search.passage_links import passage_link

PASSAGE = "When the sun and the moon pull in line, the range of the tide is greatest, twice a month."


def test_a_long_passage_is_named_by_its_first_and_last_words():
    link = passage_link("/lessons/1/tides/", "spring-tides", PASSAGE, f"Before. {PASSAGE} After.")
    assert link == "/lessons/1/tides/#spring-tides:~:text=When%20the%20sun%20and,greatest%2C%20twice%20a%20month."


def test_more_words_are_named_where_the_text_begins_alike_elsewhere():
    link = passage_link("/", "", PASSAGE, f"When the sun and the moon are away. {PASSAGE}")
    assert link.startswith("/#:~:text=When%20the%20sun%20and%20the%20moon%20pull,")


def test_a_short_passage_is_named_whole_and_its_signs_are_encoded():
    assert passage_link("/", "a", "Neap-tides, & more", "") == "/#a:~:text=Neap%2Dtides%2C%20%26%20more"


def test_a_script_without_spaces_is_named_by_what_stands_between_punctuation():
    passage = "潮汐是海水的涨落，" + "月亮" * 30 + "。太阳也有作用。"
    link = passage_link("/", "", passage, passage)
    assert link == passage_link("/", "", passage.replace("月亮" * 30, "月" * 60), "")
    assert link.count(",") == 1 and link.startswith("/#:~:text=%E6%BD%AE")


def test_without_words_the_link_leads_to_the_heading_or_the_text():
    assert passage_link("/x/", "a b", " ", "") == "/x/#a%20b"
    assert passage_link("/x/", "", "", "") == "/x/"
