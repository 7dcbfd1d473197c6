"""An article becomes a module, every suggestion accepted."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.importing.actions import NotReady, create_module, publish_module, start_import
from lessons.importing.management.commands.outline import read_file
from lessons.importing.review.state import statement
from lessons.importing.review.suggestions import accept_everything
from lessons.people.models import Course, User


class Command(BaseCommand):
    help = "Imports FILE as a module of a course, every suggestion accepted."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--author", required=True, metavar="EMAIL")
        parser.add_argument("--publish", action="store_true", help="Publish the module and its lessons.")

    @transaction.atomic
    def handle(self, *, file, course, author, publish, **options):
        reading = read_file(file)
        article = start_import(by=author_of(author), course=course_of(course), name=file, reading=reading)
        article.state = accept_everything(article.state)
        article.save(update_fields=["state"])
        try:
            module = create_module(by=article.author, article=article)
        except NotReady as error:
            raise CommandError(f"{file}: {error}") from None
        if publish:
            publish_module(by=article.author, module=module)
        self.stdout.write(f"{module.title}: {module.lessons.count()} lessons. {statement(article.state)}")


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
