"""Checks in an article in Markdown become checks of its lessons, and are found when it is imported again."""

import pytest

from lessons.importing.services import create_module_from_review
from lessons.models import Lesson
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids
from lessons.practice.writing import save_check

CHECK = """```check
kind: single
question: "What <melts> ice?"
answers:
  - right: Salt & water
  - wrong: Sand
```
"""
BROKEN = "```check\nkind: single\npoints: 3\n```\n"
ARTICLE = f"""# Salt

## What salt does

It keeps meat and fish through the winter.

{CHECK}
## Where salt comes from

It comes from mines, and from the sea.
"""


def bodies():
    return list(Lesson.objects.order_by("position").values_list("body", flat=True))


def test_a_check_stands_in_the_lesson_where_the_article_has_it(begin, instructor, update):
    module = create_module_from_review(by=instructor, article=begin(ARTICLE))
    [row] = KnowledgeCheck.objects.all()
    assert row.parsed == Check(Kind.SINGLE, "What <melts> ice?", (Option("Salt & water", "", True), Option("Sand")))
    lesson = module.lessons.get(title="What salt does")
    assert row.lesson_id == lesson.pk
    assert lesson.body.endswith(f'<hr data-check="{row.uid}">')
    assert lesson.draft_versions.get().body == lesson.body
    before = bodies()
    assert update(begin(ARTICLE)).is_empty
    assert bodies() == before


def test_an_edit_in_the_article_is_the_next_version(begin, instructor, update):
    create_module_from_review(by=instructor, article=begin(ARTICLE))
    plan = update(begin(ARTICLE.replace("Sand", "Snow")))
    assert plan.counts == {"changed": 1, "unchanged": 1, "new": 0, "missing": 0}
    [row] = KnowledgeCheck.objects.all()
    assert (row.version, [option.text for option in row.parsed.options]) == (2, ["Salt & water", "Snow"])
    assert update(begin(ARTICLE.replace("Sand", "Snow"))).is_empty


@pytest.mark.thorough
def test_a_check_that_was_edited_here_is_an_edit_of_the_draft(begin, instructor, update):
    create_module_from_review(by=instructor, article=begin(ARTICLE))
    row = KnowledgeCheck.objects.get()
    save_check(row=row, check=row.parsed._replace(explanation="Mine."), version=1)
    plan = update(begin(ARTICLE.replace("meat and fish", "meat")))
    assert [change.title for change in plan.changes if change.keeps_draft] == ["What salt does"]
    row.refresh_from_db()
    assert row.parsed.explanation == "Mine."
    update(begin(ARTICLE.replace("meat and fish", "meat")), overwrite=True)
    row.refresh_from_db()
    assert row.parsed.explanation == ""
    assert KnowledgeCheck.objects.count() == 1


@pytest.mark.thorough
def test_a_check_in_a_new_section_is_added(begin, instructor, update):
    create_module_from_review(by=instructor, article=begin(ARTICLE))
    update(begin(f"{ARTICLE}\n## Who paid for salt\n\nKings did, and everybody else.\n\n{CHECK}"))
    first, _second, third = bodies()
    assert KnowledgeCheck.objects.count() == 2
    assert len({*check_uids(first), *check_uids(third)}) == 2


def test_what_is_no_check_stays_code_and_the_review_says_why(begin, instructor):
    article = begin(ARTICLE.replace(CHECK, CHECK + BROKEN))
    assert article.review["notices"] == [
        "Check 2 stays a block of code until it is mended: A check of the kind “single” has no key “points”. "
        "You can use: kind, question, explanation, answers."
    ]
    create_module_from_review(by=instructor, article=article)
    assert '<pre><code class="language-check">kind: single\npoints: 3' in bodies()[0]
    assert KnowledgeCheck.objects.count() == 1
