"""Modules of lessons in many scripts, with what stands beside them: glossary, timeline, prompts, tags."""

from random import Random

from django.db.models import F
from django.utils.text import slugify

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.models import CaseStudy, GlossaryTerm, Lesson, LessonTag, Module, ModuleTag, Prompt, TimelineEvent
from lessons.tagging.models import Tag
from tests.load import texts


class LessonMaker:
    """Creates and publishes lessons as an instructor."""

    def __init__(self, pick: Random, scale: float, tags: list[Tag], by: User):
        self.pick, self.scale, self.tags, self.by = pick, scale, tags, by

    def add_module(
        self, course: Course, script: texts.Script, number: int, size: int, *, is_large: bool
    ) -> list[Lesson]:
        """Create a module of `size` lessons, one in ten a case study. In a large course scripts are mixed."""
        pick = self.pick
        module = Module.objects.create(
            course=course,
            title=texts.phrase(pick, script, 3),
            slug=f"module-{number + 1}",
            summary=texts.sentence(pick, script),
            position=number,
            state=Module.State.PUBLISHED,
            licence="CC BY 4.0",
        )
        lessons = []
        for n in range(size):
            written = texts.SCRIPTS[n % 4] if is_large and n % 5 == 4 else script
            is_first = is_large and number == 0 and n < 2
            lessons.append(self._add_lesson(module, written, n, self._text_length(is_first)))
        self._add_reference(module, script, lessons)
        tags = pick.sample(self.tags, min(4, len(self.tags)))
        ModuleTag.objects.bulk_create(ModuleTag(content_object=module, tag=tag) for tag in tags[:2])
        LessonTag.objects.bulk_create(LessonTag(content_object=lesson, tag=tag) for lesson in lessons for tag in tags)
        return lessons

    def _add_lesson(self, module: Module, script: texts.Script, number: int, length: int) -> Lesson:
        """Create a lesson and publish it, every second one twice."""
        pick = self.pick
        title = texts.phrase(pick, script, 3)
        fields = {
            "module": module,
            "title": title,
            "slug": slugify(title, allow_unicode=True)[:80],
            "position": number,
            "summary": texts.sentence(pick, script),
            "body": texts.lesson_body(pick, script, length),
        }
        if number == 9:
            facts = {"location": "Bristol Channel", "began": "1607-01-30", "parties": "Villages\nThe sea"}
            lesson = CaseStudy.objects.create(**fields, **facts, questions=texts.sentence(pick, script))
        else:
            lesson = Lesson.objects.create(**fields)
        publish(lesson=lesson, by=self.by)
        if number % 2:
            self.revise(lesson)
        return Lesson.objects.with_course().get(pk=lesson.pk)

    def _text_length(self, is_long: bool) -> int:
        length = 50_000 if is_long else self.pick.randint(3000, 15_000)
        return length if self.scale > 0.1 else length // 10  # to try it in a second

    def revise(self, lesson: Lesson) -> None:
        body = texts.revised_body(self.pick, lesson.body)
        Lesson.objects.filter(pk=lesson.pk).update(body=body, version=F("version") + 1)
        publish(lesson=lesson, by=self.by)

    def _add_reference(self, module: Module, script: texts.Script, lessons: list[Lesson]) -> None:
        pick = self.pick
        # A term that stands in the texts: readers see it explained there.
        words = dict.fromkeys(pick.sample(script.words, 12))
        GlossaryTerm.objects.bulk_create(
            GlossaryTerm(module=module, term=f"{word} {n}" if n % 3 else word, definition=texts.sentence(pick, script))
            for n, word in enumerate(words)
        )
        for n in range(min(10, max(2, round(500 * self.scale)))):
            event = TimelineEvent(
                module=module, lesson=pick.choice(lessons), date=str(1200 + 80 * n + pick.randrange(80))
            )
            event.event = texts.sentence(pick, script)
            event.clean()
            event.save()
        Prompt.objects.bulk_create(
            Prompt(module=module, lesson=pick.choice(lessons), text=texts.sentence(pick, script), position=n)
            for n in range(3)
        )
