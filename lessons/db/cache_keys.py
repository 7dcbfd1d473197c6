"""The keys of the cache."""

from hashlib import blake2b

from django.conf import settings


def hashed_key(key: str, prefix: str, version: int) -> str:
    """Return the key under which a value is stored, Django's KEY_FUNCTION: it reveals nothing about anybody.

    The keys of throttles contain IP addresses and ids of users.
    """
    secret = settings.SECRET_KEY.encode()[: blake2b.MAX_KEY_SIZE]
    return blake2b(f"{prefix}:{version}:{key}".encode(errors="surrogatepass"), digest_size=24, key=secret).hexdigest()
