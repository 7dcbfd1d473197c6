from django.core.management import BaseCommand, CommandError

from lessons.people.actions.handing_over import MustHandOver
from lessons.people.models import User
from lessons.privacy.actions.erasing import erase


class Command(BaseCommand):
    help = "Erases a person for good: name and address, memberships, notes. Their posts become a former member's."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--texts", action="store_true", help="What they wrote goes too.")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="Do not ask.")

    def handle(self, *, email, texts, interactive, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        if interactive and input(f"This cannot be undone. Type {user.email} to erase {user}: ") != user.email:
            raise CommandError("Not erased.")
        try:
            erase(user=user, by=None, texts_too=texts)
        except MustHandOver as refusal:
            raise CommandError(f"Not erased. {refusal}") from None
        self.stdout.write("Erased.")
