"""Reimporting an article after its module was edited: the edits stay."""

import pytest

from lessons.importing.models import ImportedLesson
from lessons.importing.reimport.apply import PlanOutdated
from lessons.importing.reimport.messages import kept_messages
from lessons.importing.reimport.plan import plan_reimport
from lessons.importing.review import reimport_choice, sections, suggestions
from lessons.importing.review_steps import save_review
from lessons.importing.services import create_module_from_review
from lessons.models import CaseStudy, Lesson, Module
from tests.factories import make_lesson
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


def test_a_draft_that_was_edited_here_is_kept(begin, salt, update, edit):
    edited = edit(salt, "What Salt Does", body="<p>My own words.</p>")
    plan = update(begin(SALT_AGAIN))
    assert lesson(salt, "What Salt Does").body == "<p>My own words.</p>"
    assert lesson(salt, "What Salt Does").version == edited.version + 1
    assert kept_messages(plan) == ["Drafts edited here were kept: What Salt Does."]
    assert lesson(salt, "Mines and Pans")


def test_an_edited_draft_takes_the_articles_text_where_that_is_chosen(begin, salt, update, edit):
    edit(salt, "What Salt Does", body="<p>My own words.</p>")
    article = begin(SALT_AGAIN)
    save_review(article=article, review=reimport_choice.choose_version(article.review, "s1", "article"), version=1)
    assert update(article).counts["changed"] == 2
    assert "keeps meat" in lesson(salt, "What Salt Does").body


def test_a_draft_that_was_kept_once_still_counts_as_edited(begin, salt, update, edit):
    edit(salt, "What Salt Does", body="<p>My own words.</p>")
    update(begin(SALT_AGAIN))
    plan = update(begin(SALT_AGAIN.replace("Kings", "Queens")))
    assert plan.counts == {"changed": 1, "unchanged": 3, "new": 0, "missing": 1}
    assert lesson(salt, "What Salt Does").body == "<p>My own words.</p>"


def test_overwrite_replaces_every_edited_draft(begin, salt, update, edit):
    edit(salt, "What Salt Does", title="Mine", body="<p>My own words.</p>")
    update(begin(SALT_AGAIN), overwrite=True)
    assert "keeps meat" in lesson(salt, "What Salt Does").body


def test_an_edit_that_equals_the_article_is_not_a_conflict(begin, salt, update, edit):
    edit(salt, "What Salt Does", body=lesson(salt, "What Salt Does").body.replace("keeps food", "keeps meat"))
    plan = update(begin(SALT_AGAIN))
    assert statuses(plan)["What Salt Does"] == "unchanged"
    assert not kept_messages(plan)


def test_a_deleted_lesson_comes_back_only_where_that_is_chosen(begin, salt, update):
    lesson(salt, "How Salt Is Sold").delete()
    plan = update(begin())
    assert plan.is_empty
    assert kept_messages(plan) == ["Lessons removed here were not added again: How Salt Is Sold."]
    article = begin(SALT.replace("blue", "green"))
    save_review(article=article, review=reimport_choice.choose_version(article.review, "s4", "article"), version=1)
    update(article)
    assert "green boxes" in lesson(salt, "How Salt Is Sold").body


def test_other_lessons_of_the_module_follow_those_of_the_article(begin, salt, update):
    own = make_lesson(salt, title="My own", position=0)
    update(begin(SALT_AGAIN))
    assert titles(salt)[-2:] == ["How Salt Is Sold", "My own"]
    own.refresh_from_db()
    assert own.version == 1


def test_the_modules_order_stays_until_the_article_has_another(begin, salt, update):
    Lesson.objects.filter(module=salt, title="How Salt Is Sold").update(position=0)
    order = titles(salt)
    update(begin(SALT.replace("blue", "green")))
    assert titles(salt) == order
    head, parts = SALT.split("\n## ", 1)[0], SALT.split("\n## ")[1:]
    update(begin("\n## ".join([head, *reversed(parts)])))
    assert titles(salt) == TITLES[::-1]


def test_a_lesson_keeps_its_kind(begin, salt, update):
    article = begin(SALT.replace("blue", "green"))
    save_review(article=article, review=sections.set_kind(article.review, "s4", "case_study"), version=1)
    plan = update(article)
    assert plan.changes[3].keeps_kind
    assert "green" in lesson(salt, "How Salt Is Sold").body
    assert not CaseStudy.objects.exists()


def test_edited_facts_are_kept_like_other_edits(begin, instructor, update):
    article = begin()
    state = sections.set_facts(sections.set_kind(article.review, "s4", "case_study"), "s4", location="Stade")
    save_review(article=article, review=state, version=1)
    module = create_module_from_review(by=instructor, article=article)
    CaseStudy.objects.update(outcome="The boxes stayed.")
    assert not kept_messages(update(begin(SALT.replace("blue", "green"))))
    assert CaseStudy.objects.get().outcome == "The boxes stayed."
    CaseStudy.objects.update(location="Hamburg")
    assert kept_messages(update(begin(SALT.replace("blue", "red"))))
    assert "green" in CaseStudy.objects.get(module=module).body


def test_deleted_terms_and_tags_are_not_added_again(begin, update, instructor):
    text = SALT + "\nBrine refers to water that holds as much salt as it can. In 1790, France ended the tax on salt.\n"
    module = create_module_from_review(by=instructor, article=begin(text, accept_all=True))
    module.glossaryterms.all().delete()
    module.tags.clear()
    assert update(begin(text, accept_all=True)).is_empty
    article = begin(text)
    save_review(article=article, review=suggestions.accept_all(article.review, "glossary"), version=1)
    update(article)
    assert module.glossaryterms.count() == 1


def test_an_update_other_than_the_one_shown_is_refused_and_writes_nothing(begin, salt, update, edit):
    article = begin(SALT_AGAIN)
    digest = plan_reimport(article, salt).digest
    edit(salt, "What Salt Does", body="<p>My own words.</p>")
    before = snapshot(salt)
    with pytest.raises(PlanOutdated):
        update(article, expected_digest=digest)
    assert snapshot(salt) == before
    assert not ImportedLesson.objects.filter(article=article).exists()
    update(article, expected_digest=plan_reimport(article, salt).digest)


def test_a_module_without_import_records_keeps_every_draft_that_differs(begin, salt, update):
    ImportedLesson.objects.all().delete()
    plan = update(begin(SALT_AGAIN))
    assert kept_messages(plan) == ["Drafts edited here were kept: What Salt Does, Where Salt Comes From."]
    assert plan.counts["changed"] == 0
    assert plan.counts["new"] == 1


def test_only_the_latest_module_of_a_review_is_updated(begin, update, instructor):
    article = begin()
    create_module_from_review(by=instructor, article=article).delete()
    module = create_module_from_review(by=instructor, article=article)
    assert update(begin(SALT_AGAIN)).counts == {"changed": 2, "unchanged": 1, "new": 1, "missing": 1}
    assert module.lessons.count() == 5
