"""Everything that changes what readers see of a course's texts, as acts on a small world."""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from random import Random
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lessons.annotations.services import publish, republish
from lessons.authoring.bin.emptying import delete_for_good
from lessons.authoring.bin.services import move_to_bin, restore
from lessons.authoring.moving.services import MoveRefused, move_lesson, move_module
from lessons.authoring.publishing import scheduling
from lessons.copying.services import copy_course, copy_lesson, copy_module
from lessons.courses.models import Course, Membership
from lessons.courses.services import enrol
from lessons.importing.readers import read_paste
from lessons.importing.reimport.apply import apply_reimport
from lessons.importing.services import create_module_from_review, publish_module
from lessons.models import BinEntry, GlossaryTerm, Lesson, Module, PublicationSchedule, TimelineEvent
from lessons.practice.checks import Check, Kind
from lessons.services import reorder_lessons, restore_draft, set_module_state, withdraw
from tests import factories
from tests.conftest import client_of
from tests.forms import forms_on
from tests.practice.make import publish_with_checks

ARTICLE = (
    "How lights changed the coast\n\nShips followed lights.\n\nWhat a light does\n\nA light is seen from far {n}.\n"
)


class World:
    """Two courses with texts, and an instructor of both, who does what `ACTS` name."""

    def __init__(self, seed: int):
        self.random, self.count = Random(seed), 0
        self.by = factories.make_user("Ines", is_superuser=True)
        self.client = client_of(self.by)
        for visibility in ("public", "members"):
            course = factories.make_course(visibility=visibility)
            enrol(user=self.by, course=course, role=Membership.Role.INSTRUCTOR, by=self.by)
            for _n in range(2):
                module = factories.make_module(course, state="draft")
                lesson = factories.make_published(module=module)
                factories.make_published(factories.make_case_study(module))
                factories.make_term(module, "ebb", lesson=lesson)
                factories.make_event(module, lesson=lesson)
                set_module_state(module=module, state="published", by=self.by)

    def one(self, rows):
        rows = list(rows.order_by("pk"))
        return self.random.choice(rows) if rows else None

    def words(self) -> str:
        self.count += 1
        return f"word{self.count}"

    def submit(self, url: str, contains: str = "", **changes) -> None:
        """Submit the form of a page that has the field `contains`, with the changes."""
        response = self.client.get(url)
        form = next(form for form in forms_on(response) if (contains or next(iter(changes))) in form.fields)
        answer = self.client.post(form.url, form.fields | changes)
        assert answer.status_code == 302, answer.content.decode()

    def admin(self, row, **changes) -> None:
        name = (
            "casestudy" if Lesson.objects.filter(pk=row.pk, casestudy__isnull=False).exists() else row._meta.model_name
        )
        name = name if isinstance(row, Lesson) else row._meta.model_name
        self.submit(reverse(f"admin:{row._meta.app_label}_{name}_change", args=[row.pk]), **changes)


def act(*models):
    """Choose a row of each of the models; the act is not done where there is none."""

    def decorate(function):
        def run(world: World) -> None:
            rows = [world.one(model.objects.all()) for model in models]
            if all(rows):
                function(world, *rows)

        run.__name__ = function.__name__
        ACTS.append(run)
        return run

    return decorate


ACTS: list = []


@act(Lesson)
def edit_and_publish(world, lesson):
    lesson.body = f"<p>{world.words()}</p><h2>{world.words()}</h2><p>{world.words()}</p>" + lesson.body
    lesson.title = world.words()
    lesson.save()
    publish(lesson=lesson, by=world.by)


@act(Lesson)
def publish_with_a_check(world, lesson):
    check = Check(Kind.SHORT, f"{world.words()}?", accepted=(world.words(),))
    publish_with_checks(lesson, check, by=world.by)


@act(Lesson)
def publish_again(world, lesson):
    publish(lesson=lesson, by=world.by)


@act(Lesson)
def republish_with_other_html(world, lesson):
    if lesson.current_revision:
        republish(lesson=lesson, html=f"<p>{world.words()}</p>", by=world.by)


@act(Lesson)
def withdraw_lesson(world, lesson):
    withdraw(lesson=lesson, by=world.by)


@act(Lesson)
def restore_an_earlier_draft(world, lesson):
    if lesson.current_revision:
        restore_draft(revision=lesson.current_revision, by=world.by)


@act(Lesson)
def publish_as_scheduled(world, lesson):
    now = timezone.now()
    later = now + timedelta(hours=1)
    scheduling.schedule(
        lesson=lesson,
        action=PublicationSchedule.Action.PUBLISH,
        due_at=later,
        by=world.by,
        now=now,
        publishes_module=True,
    )
    scheduling.run_due(later)


@act(Module)
def change_the_state_of_a_module(world, module):
    set_module_state(module=module, state=world.random.choice(Module.State.values), by=world.by)


@act(Module)
def publish_all_of_a_module(world, module):
    lesson = world.one(module.lessons.all())
    if lesson:
        Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>{world.words()}</p>")
    publish_module(by=world.by, module=module)


@act(Lesson)
def delete_lesson(world, lesson):
    move_to_bin(row=lesson, by=world.by)


@act(Module)
def delete_module(world, module):
    move_to_bin(row=module, by=world.by)


@act(GlossaryTerm)
def delete_term(world, term):
    move_to_bin(row=term, by=world.by)


@act(TimelineEvent)
def delete_event(world, event):
    move_to_bin(row=event, by=world.by)


@act(BinEntry)
def restore_from_bin(world, entry):
    for kind in (entry.kind, BinEntry.Kind.MODULE):
        chosen = world.one(BinEntry.objects.filter(kind=kind))
        if chosen:
            restore(entry=chosen, by=world.by, new_name=world.words() if kind == BinEntry.Kind.TERM else "")


@act(BinEntry)
def delete_from_bin(world, entry):
    if world.random.random() < 0.3:
        delete_for_good(entry=entry, by=world.by)


@act(Lesson, Module)
def move_a_lesson(world, lesson, module):
    move_lesson(lesson=lesson, module=module, position=1, by=world.by)


@act(Module, Course)
def move_a_module(world, module, course):
    with suppress(MoveRefused):
        move_module(module=module, course=course, by=world.by)


@act(Module)
def reorder(world, module):
    reorder_lessons(module=module, lesson_ids=list(module.lessons.order_by("-pk").values_list("pk", flat=True)))


@act(Module, Course)
def copy_a_module(world, module, course):
    copy_module(by=world.by, module=module, course=course)


@act(Lesson, Module)
def copy_a_lesson(world, lesson, module):
    copy_lesson(by=world.by, lesson=lesson, module=module)


@act(Course)
def copy_a_course(world, course):
    if Course.objects.count() < 4:
        copy_course(by=world.by, course=course, title=world.words(), slug=world.words())


@act(Course)
def change_who_can_read_a_course(world, course):
    visibility = world.random.choice([value for value in Course.Visibility.values if value != course.visibility])
    world.admin(course, visibility=visibility, join_policy="invitation")


@act(Course)
def change_the_language_of_a_course(world, course):
    world.admin(course, language="fr" if course.language == "en" else "en")


@act(Course)
def delete_a_course(world, course):
    if Course.objects.count() > 2:
        url = reverse("admin:courses_course_delete", args=[course.pk])
        assert world.client.post(url, {"post": "yes"}).status_code == 302


@act(Module)
def tag_a_module(world, module):
    world.admin(module, tags=world.random.choice(["", "sea", "sea, moon"]), title=world.words())


@act(Lesson)
def tag_a_lesson(world, lesson):
    world.admin(lesson, tags=world.random.choice(["", "ebb", "ebb, moon"]), body="<p>A draft.</p>")


@act(Lesson)
def publish_from_the_form(world, lesson):
    world.admin(lesson, title=world.words(), body=f"<p>{world.words()}</p>", _publish="1")


@act(Lesson, Module)
def move_a_lesson_by_its_form(world, lesson, module):
    if lesson.module.course_id == module.course_id:
        world.admin(lesson, module=module.pk)


@act(GlossaryTerm)
def edit_a_term(world, term):
    world.admin(term, term=world.words(), definition=world.words())


@act(TimelineEvent)
def edit_an_event(world, event):
    world.admin(event, event=world.words(), date="1953-01-31", lesson="")


@act(Module)
def add_an_event(world, module):
    url = reverse("admin:lessons_timelineevent_add") + f"?module={module.pk}"
    world.submit(url, module=module.pk, event=world.words(), date="1900")


@act(Module)
def add_a_term_in_the_editor(world, module):
    data = {"module": module.pk, "term": world.words(), "definition": world.words()}
    answer = world.client.post(reverse("admin:lessons_lesson_terms"), data)
    assert answer.status_code == 200, answer.content


@act(Module)
def edit_the_table_of_terms(world, module):
    url = reverse("admin:lessons_module_glossary", args=[module.pk])
    new = {"new-0-term": world.words(), "new-0-definition": world.words()}
    terms = {f"row-{term.pk}-definition": world.words() for term in module.glossaryterms.all()}
    world.submit(url, contains="new-0-term", **new, **terms)


@act(Module)
def publish_the_ticked_lessons(world, module):
    Lesson.objects.filter(module=module).update(body=f"<p>{world.words()}</p>")
    url = reverse("admin:lessons_module_publish", args=[module.pk])
    data = {"lesson": [row.pk for row in module.lessons.all()], "publishes_module": "1"}
    assert world.client.post(url, data).status_code in (200, 302)


@act(Course)
def import_an_article_twice(world, course):
    if Module.objects.count() > 8:
        return
    article = factories.start_import(
        by=world.by, course=course, name="lights.txt", parsed=read_paste(ARTICLE.format(n=world.words()))
    )
    module = create_module_from_review(by=world.by, article=article)
    publish_module(by=world.by, module=module)
    again = factories.start_import(
        by=world.by, course=course, name="lights.txt", parsed=read_paste(ARTICLE.format(n=world.words()))
    )
    again.review["tags"] = [{"id": "t", "name": world.words(), "accepted": True}]
    again.review["glossary"] = [
        {"id": "g", "term": world.words(), "definition": "It shines.", "section": "", "accepted": True}
    ]
    again.save()
    assert apply_reimport(by=world.by, article=again).new_items["tags"]


@act(Course)
def import_files_twice(world, course):
    for _n in range(2):
        files = {
            "module.md": f"---\ntitle: Mud\nslug: mud\nstate: published\ntags: [{world.words()}]\n---\n",
            "01-silt.md": "---\ntitle: Silt\nslug: silt\nstate: published\ntags: [mud]\n---\nIt falls.\n",
            "glossary.yaml": f"- term: silt\n  definition: {world.words()}\n",
            "timeline.yaml": f"- date: 1953\n  event: {world.words()}\n",
        }
        data = BytesIO()
        with ZipFile(data, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        upload = {"file": SimpleUploadedFile("files.zip", data.getvalue()), "course": course.pk}
        answer = world.client.post(reverse("admin:import_files"), upload)
        world.submit(answer.url, contains="form_key", publish="yes")
