"""An article becomes a module, every suggestion accepted; the same article again updates it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.importing.management.commands.outline import parse_file
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.apply import apply_reimport
from lessons.importing.reimport.messages import kept_messages, plan_summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.state import completeness
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.services import create_module_from_review, publish_module, publish_reimport, start_import
from lessons.permissions import can_edit_course


class Command(BaseCommand):
    help = "Imports FILE as a module, every suggestion accepted. The same article again updates that module's drafts."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--author", required=True, metavar="EMAIL", help="An instructor of the course.")
        parser.add_argument("--publish", action="store_true", help="Publish the module and its lessons.")
        again = parser.add_mutually_exclusive_group()
        again.add_argument("--new", action="store_true", help="Make a second module of an article imported before.")
        again.add_argument("--overwrite", action="store_true", help="Replace drafts that were edited here, too.")

    @transaction.atomic
    def handle(self, *, file, course, author, publish=False, new=False, overwrite=False, **options):
        by, into, reading = get_author(author), get_course(course), parse_file(file)
        if not can_edit_course(by, into):
            raise CommandError(
                f"{author} may not write in “{into.title}”. Name one of its instructors, or seat them as one first."
            )
        article = start_import(by=by, course=into, name=Path(file).name, parsed=reading, accept_all=True, as_new=new)
        try:
            self.stdout.write(_import(article, publish=publish, overwrite=overwrite))
        except ReviewIncomplete as error:
            raise CommandError(f"{file}: {error}") from None


def _import(article: ArticleImport, *, publish: bool, overwrite: bool) -> str:
    """Makes or updates the module; what was done, in words."""
    if module_to_update(article):
        plan = apply_reimport(by=article.author, article=article, overwrite=overwrite)
        if publish:
            publish_reimport(by=article.author, plan=plan)
        return " ".join(
            [f"{plan.module.title}: {plan_summary(plan, article)}", *kept_messages(plan), completeness(article.review)]
        )
    module = create_module_from_review(by=article.author, article=article)
    if publish:
        publish_module(by=article.author, module=module)
    return f"{module.title}: {module.lessons.count()} lessons. {completeness(article.review)}"


def get_course(slug: str) -> Course:
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise CommandError(f"There is no course with the address “{slug}”. Make it first, or check the spelling.")
    return course


def get_author(email: str) -> User:
    author = User.objects.filter(email__iexact=email).first()
    if author is None:
        raise CommandError(f"Nobody here has the address {email}. Make the account first, or check the spelling.")
    return author
