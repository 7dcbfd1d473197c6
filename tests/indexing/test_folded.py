"""The lookup `folded`, and the columns and the pattern behind it: equal to folding both texts, on both databases."""

import re
from itertools import product

import pytest
from django.db.models import Value

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.indexing.folded import fill_folded, folded_line
from lessons.indexing.folded_pattern import folded_pattern
from lessons.models import GlossaryTerm
from lessons.tagging.models import Tag
from tests import factories

TEXTS = [
    "Straße STRASSE sßsſs",
    "Ægir, cœur, Łódź",
    "e\u0301te\u0301 été ete",
    "ＦＵＬＬ ① m² № 5",
    "ﬁn eﬃcient oﬀ ﬆ",
    "İzmir ısı",
    "Σίσυφος ΣΊΣΥΦΟΣ",
    "العَرَبِيَّة أحمد",
    "ﾊﾝｶﾞｸ ハンガク",
    "한국어 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165",
    "co\u00adoperate zero\u200bwidth",
    "a\u00a0b  c l´été",
    "१२३ हिन्दी",
    "100% a_b \\d (x) [y] ^$ *** {2} a|b #1",
    "集体防御",
]


def test_the_pattern_finds_what_folding_both_finds():
    folded = [folded_line(text) for text in TEXTS]
    spans = [slice(start, start + length) for start, length in product(range(0, 40, 3), (1, 4))]
    for part in {line[span].strip() for line in folded for span in spans} - {""}:
        pattern = re.compile(folded_pattern(part))
        for text, line in zip(TEXTS, folded, strict=True):
            assert bool(pattern.search(text)) == (part in line), (part, text)


@pytest.mark.parametrize("text", ["x" * 900, "ffi" * 300, "st" * 400, "\u0301" * 900, "a b" * 300])
def test_the_pattern_is_linear_in_the_text(text):
    assert len(folded_pattern(text)) < 350 * len(text)


@pytest.mark.parametrize(
    "typed",
    ["strasse", "STRASSE", "straße", "ｓｔｒａｓｓｅ", "e\u0301te\u0301", "ОДЕССА", "%", "_", "\\", "a\x00ete", " "],
)
def test_both_databases_find_what_folding_finds(course, typed):
    module = factories.make_module(course)
    texts = ["Straße", "STRASSE", "Été", "été", "Одесса", "100%", "a_b", "\\d", "aete", "plain  text"]
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(module=module, term=f"{n} {text}", key=str(n)) for n, text in enumerate(texts)
    )
    found = GlossaryTerm.objects.filter(module=module, term__folded=typed).values_list("term", flat=True)
    part = folded_line(typed.replace("\x00", ""))
    assert sorted(found) == [f"{n} {text}" for n, text in enumerate(texts) if part in folded_line(f"{n} {text}")]


def test_names_are_stored_folded_however_they_are_saved(course):
    user = factories.make_user("Zoë Ødegård")
    membership = factories.enrol(user=user, course=course, by=user)
    assert user.folded_name == "zoe odegard"
    assert Membership.objects.get(pk=membership.pk).folded_handle == "zoe-odegard"
    user.display_name = "Łucja"
    user.save(update_fields=["display_name"])
    assert User.objects.get(pk=user.pk).folded_name == "lucja"
    user.display_name = "Anaïs"
    user.save()
    assert User.objects.get(pk=user.pk).folded_name == "anais"


def test_what_was_saved_before_is_folded_by_a_migration(db):
    Tag.objects.get_or_create_named("Élan vital")
    Tag.objects.update(folded_name="")
    fill_folded(Tag)
    assert Tag.objects.get().folded_name == "elan vital"


def test_an_expression_is_compared_with_a_stored_column_only(course):
    user = factories.make_user("Zoë 100%")
    factories.enrol(user=user, course=course, by=user)
    assert course.memberships.named(Value("zoe 100%")).exists()
    assert not course.memberships.named(Value("zoe_100")).exists()
    with pytest.raises(TypeError):
        GlossaryTerm.objects.filter(term__folded=Value("x")).exists()
