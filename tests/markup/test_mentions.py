"""Mentions come from the rendered text: the people who are highlighted are those who are notified."""

import pytest

from lessons.markup.mentions import handle_key, handle_spellings, marked_keys
from lessons.markup.post_markdown import ParsedPost

HANDLES = {"jonas-koch", "josé", "李明", "νίκος", "jonas-koch-2", "x"}


def mentioned(source):
    """Return the keys of the highlighted handles, after checking that all of them were looked up."""
    post = ParsedPost(source)
    looked_for = {spelling for key in post.mention_keys for spelling in handle_spellings(key)}
    html = post.render(HANDLES & looked_for)
    assert marked_keys(html) == marked_keys(ParsedPost(source).render(HANDLES))
    assert html.count('class="mention"') == html.count('<b class="mention">@')
    return marked_keys(html)


@pytest.mark.parametrize(
    "source",
    [
        "@jonas-koch",
        "_@jonas-koch_ and *@jonas-koch*",
        "**@jonas-koch**",
        "~~@jonas-koch~~",
        "(@jonas-koch)",
        "“@jonas-koch”, he said",
        "@jonas-koch's and @jonas-koch’s",
        "@jonas-koch.",
        "End of it.@jonas-koch",
        "@jonas-koch_",
        "@jonas-koch-",
        "@Jonas-Koch and @JONAS-KOCH",
        "@jоnas-kосh",  # with Cyrillic о and с
        "你好@jonas-koch你好",
        "です@jonas-kochさん",
        "> @jonas-koch\n\nyes",
        "- a\n\n  @jonas-koch",
        "| a |\n|-|\n| @jonas-koch |",
        "x[^1]\n\n[^1]: @jonas-koch",
        "# @jonas-koch",
        "[@jonas-koch](https://example.org)",
        "<@jonas-koch>",
        "<b>@jonas-koch</b>",
        "a < b @jonas-koch > c",
        "see https://example.org/ @jonas-koch",
        "`@x` @jonas-koch `",
        "\\@jonas-koch",
    ],
)
def test_a_mention_in_the_text_counts(source):
    assert mentioned(source) == {"jonas-koch"}


@pytest.mark.parametrize(
    "source",
    [
        "`@jonas-koch`",
        "``a ` @jonas-koch``",
        "```\n@jonas-koch\n```",
        "~~~\n@jonas-koch\n~~~",
        "~~~~ python\n@jonas-koch\n~~~\n@jonas-koch\n~~~~",
        "    @jonas-koch",
        "- a\n\n      @jonas-koch",
        "> ~~~\n> @jonas-koch",
        "[x](https://example.org/@jonas-koch)",
        "[x](https://example.org/?u=,@jonas-koch 'title @jonas-koch')",
        "[x][y]\n\n[y]: https://example.org/,@jonas-koch",
        "<https://example.org/?u=(@jonas-koch>",
        "https://example.org/(@jonas-koch)",
        "www.example.org/,@jonas-koch",
        "x ![@jonas-koch](https://example.org/a.png)",
        "lea@jonas-koch.example",
        "lea@jonas-koch",
        "@jonas-koch@example.org",
        "@@jonas-koch",
        "a/@jonas-koch",
        '<a title="@jonas-koch">x</a>',
        "<!-- @jonas-koch -->",
        "@jonas-kochen",
        "@jonas-koch-22",
        "<lea,@jonas-koch.example>",
    ],
)
def test_code_and_addresses_mention_nobody(source):
    assert mentioned(source) == set()


def test_handles_of_all_scripts_match_in_any_case_and_normal_form():
    assert mentioned("@jose\u0301 @JOSE\u0301 @李明你好 @ΝΊΚΟΣ @νίκος") == {"josé", "李明", handle_key("νίκος")}
    assert mentioned("@jonas-koch-2, @jonas-koch") == {"jonas-koch-2", "jonas-koch"}


def test_marked_mentions_are_shown_as_they_were_written():
    html = ParsedPost("Ask @Jonas-Koch.").render({"jonas-koch"})
    assert html == '<p>Ask <b class="mention">@Jonas-Koch</b>.</p>'
