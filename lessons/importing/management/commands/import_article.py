"""An article becomes a module, every suggestion accepted; the same article again updates it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.importing.management.commands.outline import read_file
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.apply import update_module
from lessons.importing.reimport.messages import kept, summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.state import statement
from lessons.importing.review.texts import NotReady
from lessons.importing.services import create_module, publish_module, publish_update, start_import
from lessons.permissions import can_edit


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
        by, into, reading = author_of(author), course_of(course), read_file(file)
        if not can_edit(by, into):
            raise CommandError(
                f"{author} may not write in “{into.title}”. Name one of its instructors, or seat them as one first."
            )
        article = start_import(by=by, course=into, name=Path(file).name, reading=reading, accept_all=True, as_new=new)
        try:
            self.stdout.write(_made(article, publish=publish, overwrite=overwrite))
        except NotReady as error:
            raise CommandError(f"{file}: {error}") from None


def _made(article: ArticleImport, *, publish: bool, overwrite: bool) -> str:
    """Makes or updates the module; what was done, in words."""
    if module_to_update(article):
        plan = update_module(by=article.author, article=article, overwrite=overwrite)
        if publish:
            publish_update(by=article.author, plan=plan)
        return " ".join([f"{plan.module.title}: {summary(plan, article)}", *kept(plan), statement(article.state)])
    module = create_module(by=article.author, article=article)
    if publish:
        publish_module(by=article.author, module=module)
    return f"{module.title}: {module.lessons.count()} lessons. {statement(article.state)}"


def course_of(slug: str) -> Course:
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise CommandError(f"There is no course with the address “{slug}”. Make it first, or check the spelling.")
    return course


def author_of(email: str) -> User:
    author = User.objects.filter(email__iexact=email).first()
    if author is None:
        raise CommandError(f"Nobody here has the address {email}. Make the account first, or check the spelling.")
    return author
