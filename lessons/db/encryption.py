"""Encryption of what a copy of the database must not give away.

The keys are derived from SECRET_KEY, one for each purpose. What was encrypted with one of SECRET_KEY_FALLBACKS is
still read.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was encrypted with a SECRET_KEY that is no longer known."""


def encrypt(text: str, *, purpose: str) -> str:
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Return what was encrypted for this purpose; raise Unreadable."""
    try:
        return _cipher(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _cipher(purpose: str) -> MultiFernet:
    return _cipher_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


@lru_cache(maxsize=8)
def _cipher_of(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_derive_key(secret, purpose)) for secret in secrets])


def _derive_key(secret: str, purpose: str) -> bytes:
    key = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
    return urlsafe_b64encode(key)
