"""`import_article`: a module of an article, and its drafts brought up to the same article when it comes again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lessons.importing.models import ArticleImport
from lessons.models import Module
from tests.importing.samples import ARTICLES, SALT, SALT_AGAIN


def command(*arguments):
    out = StringIO()
    call_command("import_article", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def salted(course, instructor, tmp_path):
    """Imports `text` out of the same file."""

    def imported(text, *options):
        file = tmp_path / "salt.md"
        file.write_text(text)
        return command(file, "--course", course.slug, "--author", instructor.email, *options)

    return imported


def test_the_command_imports_and_publishes(course, instructor):
    said = command(ARTICLES / "tides.md", "--course", course.slug, "--author", instructor.email, "--publish")
    assert "letters and digits are here" in said
    module = Module.objects.get()
    assert (module.title, module.state) == ("Reading the Tide Table", "published")
    assert [lesson.current_revision.number for lesson in module.lessons.all()] == [1, 1, 1]


def test_the_command_leaves_drafts_without_publish(course, instructor):
    command(ARTICLES / "bees.txt", "--course", course.slug, "--author", instructor.email)
    assert Module.objects.get().state == "draft"
    assert Module.objects.get().glossaryterms.count() > 1


@pytest.mark.parametrize(("option", "words"), [("--course", "no course"), ("--author", "Nobody here")])
def test_the_command_says_who_or_what_is_unknown(course, instructor, option, words):
    arguments = {"--course": course.slug, "--author": instructor.email, option: "unknown"}
    with pytest.raises(CommandError, match=words):
        command(ARTICLES / "bees.txt", *[part for pair in arguments.items() for part in pair])
    assert not ArticleImport.objects.exists()


@pytest.mark.parametrize("person", ["learner", "assistant", "outsider"])
def test_only_who_may_write_in_the_course_is_taken_as_the_author(course, person, request):
    somebody = request.getfixturevalue(person)
    with pytest.raises(CommandError, match="may not write in “Tides and shores”. Name one of its instructors"):
        command(ARTICLES / "bees.txt", "--course", course.slug, "--author", somebody.email)
    assert not ArticleImport.objects.exists()


def test_an_administrator_may_be_the_author(course, administrator):
    assert command(ARTICLES / "bees.txt", "--course", course.slug, "--author", administrator.email)


def test_the_same_article_again_updates_and_counts(salted):
    salted(SALT, "--publish")
    said = salted(SALT_AGAIN)
    assert "Salt on the Table: 2 changed, 1 unchanged, 1 new, 1 no longer in the article." in said
    lesson = Module.objects.get().lessons.get(title="What Salt Does")
    assert "keeps meat" in lesson.body
    assert "keeps food" in lesson.current_revision.html


def test_publishing_an_update_publishes_what_it_changed_and_no_more(salted):
    salted(SALT, "--publish")
    module = Module.objects.get()
    module.lessons.filter(title="Who Paid for Salt").update(state="withdrawn")
    module.lessons.filter(title="How Salt Is Sold").update(body="<p>Mine, half done.</p>")
    said = salted(SALT_AGAIN.replace("Kings", "Queens") + SALT[SALT.index("\n## How") :], "--publish")
    assert "Kept as edited here: How Salt Is Sold." in said
    numbers = dict(module.lessons.values_list("title", "current_revision__number"))
    assert numbers == {
        "What Salt Does": 2,
        "Mines and Pans": 2,
        "Salt on the Roads": 1,
        "Who Paid for Salt": 1,
        "How Salt Is Sold": 1,
    }
    assert module.lessons.get(title="Who Paid for Salt").state == "withdrawn"


def test_the_identical_article_is_said_to_be_so_and_can_still_be_published(salted):
    salted(SALT)
    assert "Nothing has changed since " in salted(SALT, "--publish")
    module = Module.objects.get()
    assert module.state == "published"
    assert set(module.lessons.values_list("version", "current_revision__number")) == {(1, 1)}


def test_a_draft_edited_here_is_kept_and_named_unless_it_is_to_be_overwritten(salted):
    salted(SALT)
    Module.objects.get().lessons.filter(title="What Salt Does").update(body="<p>Mine.</p>")
    said = salted(SALT_AGAIN)
    assert "1 changed, 2 unchanged, 1 new, 1 no longer in the article." in said
    assert "Kept as edited here: What Salt Does." in said
    assert "1 changed, 3 unchanged" in salted(SALT_AGAIN, "--overwrite")
    assert "keeps meat" in Module.objects.get().lessons.get(title="What Salt Does").body


def test_a_second_module_is_made_on_demand(salted):
    salted(SALT)
    salted(SALT, "--new")
    assert sorted(Module.objects.values_list("slug", flat=True)) == ["salt-on-the-table", "salt-on-the-table-2"]
