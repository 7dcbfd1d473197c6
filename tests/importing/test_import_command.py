"""`import_article`: creates a module from an article, and updates its drafts when the article is imported again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lessons.importing.models import ArticleImport
from lessons.models import Lesson, Module, Revision
from tests.importing.articles import ARTICLES, SALT, SALT_AGAIN


def command(*arguments):
    out = StringIO()
    call_command("import_article", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def import_salt(course, instructor, tmp_path):
    """Return a function that imports `text` from the same file each time."""

    def import_text(text, *options):
        file = tmp_path / "salt.md"
        file.write_text(text)
        return command(file, "--course", course.slug, "--author", instructor.email, *options)

    return import_text


def test_the_command_imports_and_publishes(course, instructor):
    output = command(ARTICLES / "tides.md", "--course", course.slug, "--author", instructor.email, "--publish")
    assert "words of the article are here" in output
    module = Module.objects.get()
    assert (module.title, module.state) == ("Reading the Tide Table", "published")
    assert [lesson.current_revision.number for lesson in module.lessons.all()] == [1, 1, 1]


def test_published_lessons_link_to_the_urls_of_other_lessons(import_salt):
    linked = "\n\nSee also [the end](#end).\n\n## The end {#end}\n\nSalt is cheap today, and it was not before.\n"
    import_salt(SALT + linked, "--publish")
    import_salt(SALT + linked.replace("cheap", "very cheap"), "--publish")
    end = Lesson.objects.get(title="The end")
    assert end.current_revision.number == 2
    assert any(f'href="{end.get_absolute_url()}"' in html for html in Revision.objects.values_list("html", flat=True))


def test_the_command_leaves_drafts_without_publish(course, instructor):
    command(ARTICLES / "bees.txt", "--course", course.slug, "--author", instructor.email)
    assert Module.objects.get().state == "draft"
    assert Module.objects.get().glossaryterms.count() > 1


@pytest.mark.parametrize(("option", "message"), [("--course", "no course"), ("--author", "No account")])
def test_an_unknown_course_or_author_is_an_error(course, instructor, option, message):
    arguments = {"--course": course.slug, "--author": instructor.email, option: "unknown"}
    with pytest.raises(CommandError, match=message):
        command(ARTICLES / "bees.txt", *[part for pair in arguments.items() for part in pair])
    assert not ArticleImport.objects.exists()


@pytest.mark.parametrize("person", ["learner", "assistant", "outsider"])
def test_the_author_must_be_allowed_to_edit_the_course(course, person, request):
    author = request.getfixturevalue(person)
    with pytest.raises(CommandError, match="may not edit “Tides and shores”. Name one of its instructors"):
        command(ARTICLES / "bees.txt", "--course", course.slug, "--author", author.email)
    assert not ArticleImport.objects.exists()


def test_an_administrator_may_be_the_author(course, administrator):
    assert command(ARTICLES / "bees.txt", "--course", course.slug, "--author", administrator.email)


def test_the_same_article_again_updates_and_counts(import_salt):
    import_salt(SALT, "--publish")
    output = import_salt(SALT_AGAIN)
    assert "Salt on the Table: 2 changed, 1 unchanged, 1 new, 1 no longer in the article." in output
    lesson = Module.objects.get().lessons.get(title="What Salt Does")
    assert "keeps meat" in lesson.body
    assert "keeps food" in lesson.current_revision.html


def test_publishing_an_update_publishes_only_what_it_changed(import_salt):
    import_salt(SALT, "--publish")
    module = Module.objects.get()
    module.lessons.filter(title="Who Paid for Salt").update(state="withdrawn")
    module.lessons.filter(title="How Salt Is Sold").update(body="<p>Mine, half done.</p>")
    output = import_salt(SALT_AGAIN.replace("Kings", "Queens") + SALT[SALT.index("\n## How") :], "--publish")
    assert "Drafts edited here were kept: How Salt Is Sold." in output
    numbers = dict(module.lessons.values_list("title", "current_revision__number"))
    assert numbers == {
        "What Salt Does": 2,
        "Mines and Pans": 2,
        "Salt on the Roads": 1,
        "Who Paid for Salt": 1,
        "How Salt Is Sold": 1,
    }
    assert module.lessons.get(title="Who Paid for Salt").state == "withdrawn"


def test_the_identical_article_changes_nothing_and_can_still_be_published(import_salt):
    import_salt(SALT)
    assert "Nothing has changed since " in import_salt(SALT, "--publish")
    module = Module.objects.get()
    assert module.state == "published"
    assert set(module.lessons.values_list("version", "current_revision__number")) == {(1, 1)}


def test_an_edited_draft_is_kept_and_named_unless_overwrite_is_set(import_salt):
    import_salt(SALT)
    Module.objects.get().lessons.filter(title="What Salt Does").update(body="<p>Mine.</p>")
    output = import_salt(SALT_AGAIN)
    assert "1 changed, 2 unchanged, 1 new, 1 no longer in the article." in output
    assert "Drafts edited here were kept: What Salt Does." in output
    assert "1 changed, 3 unchanged" in import_salt(SALT_AGAIN, "--overwrite")
    assert "keeps meat" in Module.objects.get().lessons.get(title="What Salt Does").body


def test_new_creates_a_second_module(import_salt):
    import_salt(SALT)
    import_salt(SALT, "--new")
    assert sorted(Module.objects.values_list("slug", flat=True)) == ["salt-on-the-table", "salt-on-the-table-2"]
