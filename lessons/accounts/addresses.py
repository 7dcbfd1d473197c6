"""E-mail addresses in one spelling, wherever they come from: one mailbox is one person."""

import re
import unicodedata

from allauth.account import fields as allauth_fields
from django.db import models
from django.db.models.lookups import Contains, Lookup

from lessons.markup.characters import BLANK_LETTERS, INVISIBLE_MARKS, is_invisible

BLANK = re.compile(f"[{BLANK_LETTERS}]")


def normalise_address(raw: str) -> str:
    """Return the address as it is stored and compared, whether it is valid or not.

    It is in NFKC (full-width letters are ordinary ones) and lower case, without spaces around it and characters that
    nobody sees. Its domain is ASCII: `münchen.example` and `xn--mnchen-3ya.example` are the same.
    """
    visible = INVISIBLE_MARKS.sub("", BLANK.sub("", raw))
    visible = "".join(c for c in visible if not is_invisible(c))
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).lower())
    name, at, domain = BLANK.sub("", lower).strip().rpartition("@")
    return f"{name}{at}{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    """Return an internationalised domain as DNS and mail servers write it; anything else as it is."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode().lower()
    except UnicodeError:
        return domain


def normalise_part(text: str) -> str:
    """Return a part of an address, as typed, in the spelling of addresses."""
    return normalise_address(text) if "@" in text else normalise_address(f"{text}@").removesuffix("@")


def verified_domains(user) -> frozenset[str]:
    """Return the domains of the user's verified e-mail addresses. One query, once a request."""
    if user._verified_domains is None:
        addresses = user.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        user._verified_domains = frozenset(normalise_address(address).rpartition("@")[2] for address in addresses)
    return user._verified_domains


class AddressFormField(allauth_fields.EmailField):
    """A field of a form for an e-mail address, which is normalised before it is validated."""

    def to_python(self, value):
        return normalise_address(super().to_python(value) or "") or self.empty_value

    def clean(self, value):
        address = super(allauth_fields.EmailField, self).clean(value)
        return address or self.empty_value


class AddressField(models.EmailField):
    """A column of e-mail addresses: what is saved and what is looked up is normalised alike."""

    def to_python(self, value):
        return normalise_address(value) if isinstance(value, str) else super().to_python(value)

    def get_prep_value(self, value):
        return super().get_prep_value(self.to_python(value))

    def pre_save(self, model_instance, add):
        address = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, address)
        return address

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": AddressFormField, **kwargs})


@AddressField.register_lookup
class AddressContains(Lookup):
    """The address contains a text. An expression to compare with must be a `normalise_part` already."""

    lookup_name = "folded"

    def get_prep_lookup(self):
        return self.rhs if hasattr(self.rhs, "resolve_expression") else normalise_part(self.rhs.replace("\x00", ""))

    def as_sql(self, compiler, connection):
        return compiler.compile(Contains(self.lhs, self.rhs))
