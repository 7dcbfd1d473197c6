"""Addresses get their normalised spelling. Where two accounts turn out to have the same mailbox, the one that was
used last keeps the address, and the other one has none: an administrator can merge or close it."""

from django.db import migrations

from lessons.accounts.addresses import AddressField, normalise_address


def normalise(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.exclude(email=None)
    addresses = apps.get_model("account", "EmailAddress").objects
    rows = list(users.values_list("pk", "email", "last_login"))
    changed = [row for row in rows if normalise_address(row[1]) != row[1]]
    unchanged = {email: (last_login, pk) for pk, email, last_login in rows if normalise_address(email) == email}
    for pk, email, last_login in changed:
        wanted = normalise_address(email)
        other = unchanged.get(wanted)
        if other and _was_used_before(other[0], last_login):
            users.filter(pk=other[1]).update(email=None)
            addresses.filter(user=other[1], email=wanted).delete()
            other = None
        addresses.filter(user=pk, email=wanted).delete()
        if other:
            users.filter(pk=pk).update(email=None)
            addresses.filter(user=pk, email=email).delete()
        else:
            users.filter(pk=pk).update(email=wanted)
            addresses.filter(user=pk, email=email).update(email=wanted)
            unchanged[wanted] = (last_login, pk)
    for pk, user, email in addresses.values_list("pk", "user", "email"):
        wanted = normalise_address(email)
        if wanted != email and not addresses.filter(user=user, email=wanted).exists():
            addresses.filter(pk=pk).update(email=wanted)


def _was_used_before(one, other) -> bool:
    return other is not None and (one is None or one < other)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("account", "0001_initial")]

    operations = [
        migrations.AlterField(
            "user", "email", AddressField("e-mail address", unique=True, null=True, blank=True, max_length=254)
        ),
        migrations.RunPython(normalise, migrations.RunPython.noop),
    ]
