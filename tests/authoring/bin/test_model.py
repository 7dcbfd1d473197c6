"""Whatever is deleted, restored, published, moved and copied, in whatever order: lists are what they should be."""

import random
from dataclasses import dataclass, field

import pytest

from lessons.annotations.services import publish
from lessons.authoring.bin.emptying import delete_for_good
from lessons.authoring.bin.services import restore
from lessons.authoring.lessons.drafts import finish_module_move
from lessons.copying.services import copy_module
from lessons.models import BinEntry, Lesson, Module
from lessons.services import set_module_state, withdraw
from tests import factories
from tests.authoring.bin.make import binned
from tests.environment import examples

STEPS = 25


@dataclass
class Part:
    """A module, or a lesson of `module`: its state, and its entry in the bin, if any."""

    pk: int
    state: str
    module: "Part | None" = None
    entry: int = 0

    @property
    def is_deleted(self) -> bool:
        return bool(self.entry or (self.module and self.module.entry))


@dataclass
class World:
    """What the course should be, and the steps that change both it and the database."""

    course: object
    by: object
    random: random.Random
    parts: list[Part] = field(default_factory=list)

    def there(self, *, is_lesson=None):
        wanted = [part for part in self.parts if not part.is_deleted]
        return [part for part in wanted if is_lesson is None or bool(part.module) == is_lesson]

    def pick(self, parts):
        return self.random.choice(parts) if parts else None

    def add(self):
        module = self.pick(self.there(is_lesson=False))
        if module is None or self.random.random() < 0.3:
            self.parts.append(Part(factories.make_module(self.course).pk, "published"))
        else:
            self.parts.append(Part(factories.make_lesson(row_of(module)).pk, "draft", module))

    def delete(self):
        if part := self.pick(self.there()):
            part.entry = binned(row_of(part), self.by).pk

    def restore(self):
        if part := self.pick([part for part in self.parts if part.entry]):
            restore(entry=BinEntry.objects.get(pk=part.entry), by=self.by)
            part.entry = 0
            if part.module:
                part.module.entry = 0

    def publish(self):
        if part := self.pick(self.there(is_lesson=True)):
            publish(lesson=row_of(part), by=self.by)
            part.state = "published"

    def withdraw(self):
        if part := self.pick(self.there(is_lesson=True)):
            withdraw(lesson=row_of(part), by=self.by)
            part.state = "withdrawn"

    def hide(self):
        if part := self.pick(self.there(is_lesson=False)):
            part.state = self.random.choice(Module.State.values)
            set_module_state(module=row_of(part), state=part.state, by=self.by)

    def move(self):
        part, module = self.pick(self.there(is_lesson=True)), self.pick(self.there(is_lesson=False))
        if part and module:
            lesson = row_of(part)
            lesson.module_id = module.pk
            lesson.save(update_fields=["module"])
            finish_module_move(lesson=lesson, by=self.by)
            part.module = module

    def copy(self):
        module = self.pick(self.there(is_lesson=False))
        if module and len(self.parts) < 20:
            copied = copy_module(by=self.by, module=row_of(module), course=self.course)
            new = Part(copied.pk, "draft")
            self.parts += [new, *(Part(lesson.pk, lesson.state, new) for lesson in copied.lessons.all())]

    def purge(self):
        if part := self.pick([part for part in self.parts if part.entry]):
            delete_for_good(entry=BinEntry.objects.get(pk=part.entry), by=self.by)
            self.parts = [other for other in self.parts if part not in (other, other.module)]

    def check(self, reader):
        modules, lessons = ({part.pk for part in self.there(is_lesson=is_lesson)} for is_lesson in (False, True))
        assert set(Module.objects.values_list("pk", flat=True)) == modules
        assert set(Lesson.objects.values_list("pk", flat=True)) == lessons
        read = {part.pk for part in self.there(is_lesson=True) if part.state == "published"}
        read -= {part.pk for part in self.there(is_lesson=True) if part.module.state == "draft"}
        assert set(Lesson.objects.visible_to(reader).values_list("pk", flat=True)) == read
        # Queries that do not start at lessons go by these columns.
        joined = Lesson.all_objects.filter(state="published").exclude(module__state="draft")
        assert set(joined.values_list("pk", flat=True)) == read
        assert set(BinEntry.objects.values_list("pk", flat=True)) == {p.entry for p in self.parts if p.entry}
        assert Lesson.all_objects.count() + Module.all_objects.count() == len(self.parts)


def row_of(part):
    return (Lesson if part.module else Module).objects.get(pk=part.pk)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(examples(9)))
def test_lists_are_right_after_any_steps(course, instructor, learner, seed):
    world = World(course, instructor, random.Random(seed))
    often = [world.add, world.delete, world.restore]
    others = [world.publish, world.publish, world.withdraw, world.hide, world.move, world.copy, world.purge]
    for _n in range(4):
        world.add()
    for _n in range(STEPS):
        world.random.choice([*often, *often, *others])()
        world.check(learner)
