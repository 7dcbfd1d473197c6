"""Import an article as a module, with every suggestion accepted; the same article again updates the module."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.importing.images import written_files
from lessons.importing.management.commands.outline import parse_file
from lessons.importing.reimport.apply import apply_reimport
from lessons.importing.reimport.messages import kept_messages, plan_summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.completeness import completeness
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.services import (
    PreparedImport,
    create_module_from_review,
    prepare_import,
    prepare_module,
    publish_module,
    publish_reimport,
    store_import,
)
from lessons.memo import memoizing
from lessons.permissions import can_edit_course


class Command(BaseCommand):
    help = (
        "Imports FILE as a module with every suggestion accepted. The same article again updates that module's drafts."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--author", required=True, metavar="EMAIL", help="An instructor of the course.")
        parser.add_argument("--publish", action="store_true", help="Publish the module and its lessons.")
        reimport = parser.add_mutually_exclusive_group()
        reimport.add_argument(
            "--new", action="store_true", help="Create another module of an article that was imported before."
        )
        reimport.add_argument("--overwrite", action="store_true", help="Also replace drafts that were edited here.")

    def handle(self, *, file, course, author, publish=False, new=False, overwrite=False, **options):
        by, target, parsed = get_author(author), get_course(course), parse_file(file)
        if not can_edit_course(by, target):
            raise CommandError(
                f"{author} may not edit “{target.title}”. Name one of its instructors, or make {author} one first."
            )
        name = Path(file).name
        prepared = prepare_import(by=by, course=target, name=name, parsed=parsed, accept_all=True, as_new=new)
        try:
            with memoizing(), written_files(*prepared):
                prepare_module(prepared.article, prepared.article.review)
                imported = _import(prepared, overwrite=overwrite)
        except ReviewIncomplete as error:
            raise CommandError(f"{file}: {error}") from None
        if publish:  # in a transaction of its own: links have their addresses only now
            imported.publish()
        self.stdout.write(imported.report)


class Imported(NamedTuple):
    """What was done, in sentences, and a function that publishes it."""

    report: str
    publish: Callable[[], int]


@transaction.atomic
def _import(prepared: PreparedImport, *, overwrite: bool) -> Imported:
    """Save the import, and create or update the module."""
    article = store_import(prepared)
    proof = completeness(article.review, article.text.word_counts)
    if module_to_update(article):
        plan = apply_reimport(by=article.author, article=article, overwrite=overwrite)
        summary = f"{plan.module.title}: {plan_summary(plan, article)}"
        report = " ".join([summary, *kept_messages(plan), proof])
        return Imported(report, partial(publish_reimport, by=article.author, plan=plan))
    module = create_module_from_review(by=article.author, article=article)
    report = f"{module.title}: {module.lessons.count()} lessons. {proof}"
    return Imported(report, partial(publish_module, by=article.author, module=module))


def get_course(slug: str) -> Course:
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise CommandError(f"There is no course with the slug “{slug}”. Create it first, or check the spelling.")
    return course


def get_author(email: str) -> User:
    author = User.objects.filter(email=email).first()
    if author is None:
        raise CommandError(f"No account has the e-mail address {email}. Create it first, or check the spelling.")
    return author
