"""Erase a user for good, as the user can do on their own page."""

from django.core.management import BaseCommand, CommandError

from lessons.accounts.models import User
from lessons.courses.services.last_owner_guard import HandoverRequired
from lessons.privacy.erasure import erase_user


class Command(BaseCommand):
    help = "Erases a user: name, e-mail address, memberships and private notes. Posts stay as a former member's."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--delete-posts", action="store_true", help="Delete the user's posts, too.")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="Do not ask to confirm.")

    def handle(self, *, email, delete_posts, interactive, **options):
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        if interactive and not self.is_confirmed(user):
            raise CommandError("Not erased.")
        try:
            erase_user(user=user, by=None, delete_posts=delete_posts)
        except HandoverRequired as refusal:
            raise CommandError(f"Not erased. {refusal}") from None
        self.stdout.write("Erased.")

    def is_confirmed(self, user: User) -> bool:
        try:
            return input(f"This cannot be undone. Type {user.email} to erase {user}: ") == user.email
        except EOFError:
            raise CommandError("Not erased. Without a terminal, confirm with --no-input.") from None
