# Keys of authenticator apps and recovery codes were stored as they are.

from django.db import migrations

from lessons.db.encryption import decrypt, encrypt

PURPOSE = "lessons.accounts: second factors"


def convert(apps, change):
    for authenticator in apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]):
        secrets = {name: authenticator.data[name] for name in ("secret", "seed") if name in authenticator.data}
        authenticator.data |= {name: change(secret, purpose=PURPOSE) for name, secret in secrets.items()}
        authenticator.save(update_fields=["data"])


def encrypt_all(apps, schema_editor):
    convert(apps, encrypt)


def decrypt_all(apps, schema_editor):
    convert(apps, decrypt)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_folded_names"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(encrypt_all, decrypt_all)]
