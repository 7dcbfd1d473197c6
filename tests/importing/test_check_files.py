"""Checks in the files of a course: at their place in a lesson's text, and found again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.services import publish
from lessons.models import Lesson
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import frozen_checks
from lessons.practice.writing import add_check, delete_check, save_check
from lessons.progress.completion import rule_of
from tests.factories import make_course, make_lesson, make_module
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks

SEVERAL = Check(Kind.SEVERAL, "Which?", (Option("a", "Yes.", True), Option("b"), Option("c", "", True)))
ORDER = Check(Kind.ORDER, "In order:", (Option("```"), Option("new moon"), Option("full moon")))
FILE = """---
title: Tides
slug: tides
state: published
completed_by: checks
---
The sea rises.

```check
kind: short
question: What is the tide after new moon called?
accepted:
- spring tide
```

It falls.
"""


def command(name, *arguments):
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def files_of(folder):
    return {path.name: path.read_text() for path in folder.rglob("*.md")}


def definitions(lesson):
    return [row.parsed for row in KnowledgeCheck.objects.filter(lesson=lesson, deleted_at=None)]


@pytest.fixture
def module(db):
    return make_module(make_course(slug="shore"), slug="mud", title="Mud")


@pytest.fixture
def folder(module, tmp_path):
    """A module's folder with one lesson, which is not loaded yet."""
    command("export_module", "shore/mud", tmp_path / "mud")
    (tmp_path / "mud/01-tides.md").write_text(FILE)
    return tmp_path / "mud"


def load(folder, *options):
    return command("import_module", folder, "--course", "shore", *options)


def test_checks_of_every_kind_and_place_come_back(module, tmp_path):
    lesson = make_lesson(module, title="Tides", slug="tides")
    rows = [add_check(lesson=lesson, check=check) for check in (SINGLE, SEVERAL, SHORT, ORDER, EXPLAIN)]
    single, several, short, order, explain = (f'<hr data-check="{row.uid}">' for row in rows)
    lesson.body = (
        f'{single}<h2>Tides</h2><p>Two</p><ul><li><p>one</p>{several}</li></ul>{order}<p>x<sup class="footnote-ref">'
        f'<a href="#fn1">1</a></sup></p><aside class="callout callout-tip"><p><strong>Try</strong></p>{short}</aside>'
        '<pre><code class="language-check">kind: short</code></pre>'
        f'{explain}<section class="footnotes"><ol><li id="fn1"><p>Note</p></li></ol></section>'
    )
    lesson.save()
    publish(lesson=lesson, by=None)
    command("export_module", "shore/mud", tmp_path / "one")
    assert "0 created, 0 changed" in load(tmp_path / "one")
    assert KnowledgeCheck.objects.count() == 5

    make_course(slug="copy")
    command("import_module", tmp_path / "one", "--course", "copy")
    command("export_module", "copy/mud", tmp_path / "two")
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")
    copy = Lesson.objects.get(module__course__slug="copy")
    assert definitions(copy) == [SINGLE, SEVERAL, ORDER, SHORT, EXPLAIN]
    assert [check["question"] for check in frozen_checks(copy.current_revision)] == [
        check.question for check in (SINGLE, SEVERAL, ORDER, SHORT, EXPLAIN)
    ]
    assert not {row.uid for row in rows} & set(
        KnowledgeCheck.objects.filter(lesson=copy).values_list("uid", flat=True)
    )


@pytest.mark.thorough
def test_a_check_within_what_markdown_cannot_say_stands_below_it(module, tmp_path):
    lesson = make_lesson(module, title="Tides", slug="tides")
    row = add_check(lesson=lesson, check=SHORT)
    place = f'<hr data-check="{row.uid}">'
    table = f'<table><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c{place}</td></tr></tbody></table>'
    Lesson.objects.update(body=f"{table}<p>After.</p>")
    command("export_module", "shore/mud", tmp_path / "one")
    load(tmp_path / "one")
    lesson.refresh_from_db()
    assert lesson.body.endswith(f"</table>\n{place}\n<p>After.</p>")
    assert "0 created, 0 changed" in load(tmp_path / "one")


def test_what_readers_see_and_its_draft_each_have_their_checks(module, tmp_path):
    lesson = make_lesson(module, title="Tides", slug="tides")
    [row] = publish_with_checks(lesson, SHORT)
    edited = SHORT._replace(accepted=("spring tide", "springs"))
    save_check(row=row, check=edited, version=1)
    command("export_module", "shore/mud", tmp_path / "one")
    files = files_of(tmp_path / "one")
    assert "springs" not in files["01-tides.md"]
    assert "springs" in files["01-tides.draft.md"]
    assert "0 created, 0 changed" in load(tmp_path / "one")

    make_course(slug="copy")
    command("import_module", tmp_path / "one", "--course", "copy")
    copy = Lesson.objects.get(module__course__slug="copy")
    assert [check["accepted"] for check in frozen_checks(copy.current_revision)] == [["spring tide"]]
    assert definitions(copy) == [edited]


def test_an_edit_in_the_file_is_the_next_version_of_the_check(folder, learner):
    load(folder)
    lesson = Lesson.objects.get()
    assert rule_of(lesson) == "checks"
    [row] = KnowledgeCheck.objects.all()
    answer_by(learner, row, "spring tide")
    assert "0 created, 0 changed" in load(folder)

    for number, (old, new) in enumerate((("spring tide\n", "springs\n"), ("What is", "How is")), 2):
        (folder / "01-tides.md").write_text((folder / "01-tides.md").read_text().replace(old, new))
        assert "0 created, 1 changed" in load(folder)
        [row] = KnowledgeCheck.objects.all()
        assert (row.version, row.published_version) == (number, number)
    assert row.answers.get().version == 1
    assert lesson.revisions.count() == 3

    (folder / "01-tides.md").write_text((folder / "01-tides.md").read_text().replace("completed_by: checks\n", ""))
    assert "0 created, 0 changed" in load(folder)
    assert rule_of(lesson) == "checks"


@pytest.mark.thorough
def test_a_check_that_is_no_longer_in_the_file_stays_with_its_answers(folder, learner):
    load(folder)
    row = KnowledgeCheck.objects.get()
    answer_by(learner, row, "spring tide")
    start, _fence, rest = FILE.partition("```check")
    (folder / "01-tides.md").write_text(start + rest.partition("```\n")[2])
    load(folder)
    assert frozen_checks(Lesson.objects.get().current_revision) == []
    assert row.answers.count() == 1
    (folder / "01-tides.md").write_text(FILE)
    delete_check(row=row)
    load(folder)
    [row] = KnowledgeCheck.objects.all()
    assert (row.deleted_at, row.version, row.published_version) == (None, 1, 1)


def test_a_place_without_a_check_is_removed(folder):
    uid = "01234567-89ab-cdef-0123-456789abcdef"
    (folder / "01-tides.md").write_text(f'{FILE}\n<hr data-check="{uid}">\n\nEnd.\n')
    load(folder)
    assert uid not in Lesson.objects.get().body


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("accepted:", "answer:", "Check 1: A check of the kind “short” has no key “answer”. You can use: kind,"),
        ("by: checks", "by: magic", "completed_by is “magic”. You can use: marked, end, checks, note."),
        ("It falls.", "```check\n```\n" * 2, "Check 2: Write the check as “key: value” lines"),
    ],
)
def test_an_error_names_the_file_and_the_check(folder, old, new, sentence):
    (folder / "01-tides.md").write_text(FILE.replace(old, new))
    with pytest.raises(CommandError) as refusal:
        load(folder)
    assert "01-tides.md: " in str(refusal.value)
    assert sentence in str(refusal.value)
    assert not Lesson.objects.exists()


@pytest.mark.thorough
def test_a_text_has_a_limited_number_of_checks(folder):
    check = "```check\n{kind: short, question: a, accepted: [b]}\n```\n"
    (folder / "01-tides.md").write_text(FILE + check * 200)
    with pytest.raises(CommandError, match="too many checks"):
        load(folder)


@pytest.mark.thorough
def test_many_checks_take_as_many_queries_as_one(module, tmp_path):
    def queries(name):
        with CaptureQueriesContext(connection) as captured:
            command("export_module", "shore/mud", tmp_path / name)
        return len(captured)

    publish_with_checks(make_lesson(module, title="Tides", slug="tides"), SHORT)
    few = queries("few")
    for n in range(4):
        publish_with_checks(make_lesson(module, title=f"Tide {n}", slug=f"tide-{n}"), SHORT, SINGLE)
    assert queries("many") == few


def test_checks_that_stand_in_no_text_come_back_too(module, tmp_path):
    lesson = make_lesson(module, title="Tides", slug="tides")
    placed, other = publish_with_checks(lesson, SHORT, SHORT._replace(question="And after full moon?"))
    Lesson.objects.update(body=lesson.body.replace(f'<hr data-check="{other.uid}">', ""))
    add_check(lesson=lesson, check=SEVERAL)
    delete_check(row=add_check(lesson=lesson, check=EXPLAIN))
    command("export_module", "shore/mud", tmp_path / "one")
    assert "And after full moon?" in (tmp_path / "one/checks.yaml").read_text()
    assert "0 created, 0 changed" in load(tmp_path / "one")
    delete_check(row=other)
    assert "1 changed" in load(tmp_path / "one")
    assert KnowledgeCheck.objects.filter(deleted_at=None).count() == 3

    make_course(slug="copy")
    command("import_module", tmp_path / "one", "--course", "copy")
    command("export_module", "copy/mud", tmp_path / "two")
    for name in ("checks.yaml", "01-tides.md", "01-tides.draft.md"):
        assert (tmp_path / "two" / name).read_text() == (tmp_path / "one" / name).read_text()
    copy = Lesson.objects.get(module__course__slug="copy")
    assert definitions(copy) == [placed.parsed, other.parsed, SEVERAL]
    assert [check["question"] for check in frozen_checks(copy.current_revision)] == [
        SHORT.question,
        other.parsed.question,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- lesson: tides\n  check: 'kind: short'\n", "checks.yaml, 1: check: Check 1:"),
        ("- check: 'kind: short'\n", "checks.yaml, 1: lesson is missing"),
        ("- lesson: ebb\n  check: 'kind: short'\n", "no lesson here has the slug “ebb”"),
    ],
)
def test_a_file_of_checks_that_is_wrong_is_refused_with_its_place(folder, text, message):
    (folder / "checks.yaml").write_text(text)
    with pytest.raises(CommandError, match=message):
        load(folder)
