"""Remove the demo class that `quickstart` has loaded."""

from django.core.management import BaseCommand

from lessons.demo.removal import Removed, remove_demo


class Command(BaseCommand):
    help = (
        "Removes the demo class: its notes, discussions, people and due dates. What somebody has replied to or "
        "changed stays, as do the course and the accounts with which you can sign in."
    )

    def handle(self, **options):
        removed = remove_demo()
        if removed == Removed():
            self.stdout.write("There is no demo class here.")
            return
        self.stdout.write(
            f"Removed {removed.notes} notes, {removed.discussions} discussions and {removed.people} people, and the "
            "due dates that were as loaded."
        )
        self.list("Somebody has replied to or changed these conversations, so they stay:", removed.conversations_left)
        self.list("Their authors, or those who use their accounts, stay too:", removed.people_left)
        self.stdout.write("The course and the accounts with which you can sign in stay.")

    def list(self, heading, names):
        if names:
            self.stdout.write("\n  ".join([heading, *names]))
