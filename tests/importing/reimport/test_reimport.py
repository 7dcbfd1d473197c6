"""Reimporting an article: it is recognised, and updates the drafts of its module."""

import pytest

from lessons.courses.models import AuditEntry
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.messages import plan_summary
from lessons.importing.reimport.plan import module_to_update, plan_reimport
from lessons.importing.review import sections
from lessons.importing.review_steps import save_review
from lessons.importing.services import create_module_from_review, publish_module, publish_reimport
from lessons.models import CaseStudy, Lesson, Module
from tests.importing.articles import SALT, SALT_AGAIN

TITLES = ["What Salt Does", "Where Salt Comes From", "Who Paid for Salt", "How Salt Is Sold"]


def lesson(module, title):
    return module.lessons.get(title=title)


def titles(module):
    return list(module.lessons.values_list("title", flat=True))


def statuses(plan):
    return {change.title: change.status for change in plan.changes}


def snapshot(module):
    return list(module.lessons.order_by("pk").values()), Module.objects.filter(pk=module.pk).values().get()


RECOGNISED = {
    "the same source": ({"name": "other.md"}, True),
    "the same file": ({"text": "# Pepper\n\n## It Burns\n\nIt does.\n"}, True),
    "the same file in a folder": ({"text": "# Pepper\n\n## It Burns\n\nIt does.\n", "name": "new/Salt.md"}, True),
    "the same title": ({"text": SALT_AGAIN.replace("Salt on the Table", "SALT on the table"), "name": ""}, True),
    "another article": ({"text": "# Pepper\n\n## It Burns\n\nIt does.\n", "name": "pepper.md"}, False),
    "another paste": ({"text": "# Pepper\n\n## It Burns\n\nIt does.\n", "name": ""}, False),
}


@pytest.mark.parametrize(("article", "is_known"), RECOGNISED.values(), ids=RECOGNISED)
def test_an_article_is_recognised_by_its_source_file_name_or_title(begin, salt, article, is_known):
    imported = begin(**article)
    assert module_to_update(imported) == (salt if is_known else None)
    assert ("reimport" in imported.review) is is_known


def test_pastes_without_a_file_name_are_not_the_same_article(begin, instructor):
    create_module_from_review(by=instructor, article=begin(name=""))
    assert begin("# Pepper\n\n## It Burns\n\nIt does.\n", name="").previous is None


def test_the_same_source_comes_before_a_later_import_of_the_same_title(begin, salt, instructor):
    create_module_from_review(by=instructor, article=begin(SALT_AGAIN, name="", as_new=True))
    assert module_to_update(begin(SALT, name="")) == salt


def test_imports_without_a_module_or_of_another_course_do_not_count(begin, instructor, members_course, salt):
    elsewhere = begin(into=members_course)
    assert elsewhere.previous is None
    salt.delete()
    assert begin().previous is None


def test_an_update_changes_and_adds_lessons_and_keeps_their_slugs(begin, salt, update):
    before = {row.title: row for row in salt.lessons.all()}
    plan = update(begin(SALT_AGAIN))
    assert plan.counts == {"changed": 2, "unchanged": 1, "new": 1, "missing": 1}
    assert titles(salt) == [
        "What Salt Does",
        "Mines and Pans",
        "Salt on the Roads",
        "Who Paid for Salt",
        "How Salt Is Sold",
    ]
    changed, renamed = lesson(salt, "What Salt Does"), lesson(salt, "Mines and Pans")
    assert changed.pk == before["What Salt Does"].pk
    assert "keeps meat" in changed.body
    assert changed.version == 2
    assert (renamed.pk, renamed.slug) == (before["Where Salt Comes From"].pk, "where-salt-comes-from")
    assert lesson(salt, "Who Paid for Salt").version == 1
    assert Module.objects.count() == 1


def test_what_is_published_stays_until_it_is_published_again(begin, salt, update, instructor):
    publish_module(by=instructor, module=salt)
    html = list(Lesson.objects.order_by("pk").values_list("current_revision__html", flat=True))
    plan = update(begin(SALT_AGAIN))
    published = Lesson.objects.filter(current_revision__isnull=False)
    assert list(published.order_by("pk").values_list("current_revision__html", flat=True)) == html
    assert publish_reimport(by=instructor, plan=plan) == 3
    assert "keeps meat" in lesson(salt, "What Salt Does").current_revision.html
    assert lesson(salt, "How Salt Is Sold").revisions.count() == 1


def test_the_identical_article_changes_nothing_at_all(begin, salt, update):
    before, entries = snapshot(salt), AuditEntry.objects.count()
    article = begin()
    plan = update(article)
    assert plan.is_empty
    assert plan_summary(plan, article).startswith("Nothing has changed since ")
    assert snapshot(salt) == before
    assert AuditEntry.objects.count() == entries


def test_the_identical_article_changes_nothing_after_a_thorough_review(begin, update, instructor):
    article = begin()
    state = sections.merge(sections.omit(article.review, "s3"), "s2")
    state = sections.set_kind(sections.rename(state, "s4", "Shops"), "s4", "case_study")
    save_review(article=article, review=state, version=1)
    module = create_module_from_review(by=instructor, article=article)
    assert update(begin()).is_empty
    assert titles(module) == ["What Salt Does", "Shops"]


def test_decisions_of_the_previous_review_apply_to_a_changed_article(begin, update, instructor):
    article = begin()
    state = sections.merge(sections.omit(article.review, "s3"), "s2")
    state = sections.set_kind(sections.rename(state, "s4", "Shops"), "s4", "case_study")
    save_review(article=article, review=state, version=1)
    module = create_module_from_review(by=instructor, article=article)
    plan = update(begin(SALT.replace("blue boxes", "green boxes")))
    assert statuses(plan) == {"What Salt Does": "unchanged", "Shops": "changed"}
    assert "green boxes" in CaseStudy.objects.get(module=module).body


def test_a_section_that_returns_to_the_article_finds_its_lesson(begin, salt, update):
    old = lesson(salt, "How Salt Is Sold")
    update(begin(SALT_AGAIN))
    plan = update(begin(SALT))
    assert plan.counts == {"changed": 2, "unchanged": 2, "new": 0, "missing": 1}
    assert titles(salt) == [*TITLES, "Salt on the Roads"]
    assert lesson(salt, "How Salt Is Sold").pk == old.pk


def test_only_items_that_the_module_does_not_have_are_added(begin, update, instructor):
    text = SALT + "\nBrine refers to water that holds as much salt as it can. In 1790, France ended the tax on salt.\n"
    module = create_module_from_review(by=instructor, article=begin(text, accept_all=True))
    term = module.glossaryterms.get(term__iexact="brine")
    type(term).objects.filter(pk=term.pk).update(definition="Mine.")
    more = text + "\nHalite refers to salt as a stone that is dug out of a mine.\n"
    article = begin(more, accept_all=True)
    plan = update(article)
    assert "Added: 1 term" in plan_summary(plan, article)
    assert "Mine." in module.glossaryterms.values_list("definition", flat=True)
    assert module.timelineevents.count() == 1


def test_an_update_is_in_the_audit_log(begin, salt, update):
    update(begin(SALT_AGAIN))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.target_name) == ("import", salt.title)
    assert (entry.detail["changed"], entry.detail["new"]) == (2, 1)


def test_a_deleted_or_moved_module_is_not_updated(begin, salt, members_course):
    article = begin(SALT_AGAIN)
    Module.objects.filter(pk=salt.pk).update(course=members_course)
    assert module_to_update(ArticleImport.objects.get(pk=article.pk)) is None
    Module.objects.get(pk=salt.pk).delete()
    assert module_to_update(ArticleImport.objects.get(pk=article.pk)) is None


def test_equal_headings_find_their_lessons_in_order(begin, instructor, update):
    text = "# Twins\n\n## Summary\n\nOne thing.\n\n## Between\n\nWords.\n\n## Summary\n\nAnother.\n"
    module = create_module_from_review(by=instructor, article=begin(text, name="twins.md"))
    before = list(module.lessons.values_list("pk", "body"))
    assert update(begin(text, name="twins.md")).is_empty
    assert list(module.lessons.values_list("pk", "body")) == before


def test_a_plan_takes_as_many_queries_for_a_long_article(begin, salt, instructor, django_assert_num_queries):
    long = SALT + "".join(f"\n## Part {n}\n\nThis is what part {n} says.\n" for n in range(20))
    module = create_module_from_review(by=instructor, article=begin(long, name="long.md", as_new=True))
    for target, article in ((salt, begin(SALT)), (module, begin(long, name="long.md"))):
        article = ArticleImport.objects.select_related("previous__module").get(pk=article.pk)
        with django_assert_num_queries(7):
            plan_reimport(article, target)
