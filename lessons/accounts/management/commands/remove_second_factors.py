"""Let somebody sign in again who has lost their authenticator app or passkey, and the recovery codes too."""

from allauth.mfa.models import Authenticator
from django.core.management import BaseCommand, CommandError

from lessons.accounts.activity_log import log
from lessons.accounts.models import User


class Command(BaseCommand):
    help = (
        "Removes a user's authenticator app, passkeys and recovery codes. Make sure that it is them who ask: "
        "afterwards their password or a code by e-mail is enough to sign in."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if not removed:
            raise CommandError(f"{user.email} has no second factor.")
        log.info("second factors removed by command", user=user.pk)
        self.stdout.write(f"Removed. {user.email} can sign in with the password, and set up a second factor again.")
