"""Uploaded files in S3-compatible storage. Loaded only if MEDIA_STORAGE_URL is set.

Objects have no ACL, so they are as private as their bucket. Nobody is ever sent to their addresses: the site reads
them and passes them on, after it has checked who asks.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END, BufferedReader, RawIOBase
from typing import Any, NoReturn

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.utils.functional import cached_property
from storages.backends.s3 import S3Storage

from lessons.db.availability import StorageUnavailable

BUFFER = 1 << 18
# One attempt on a connection that may be stale, and one on a new one, as for Redis.
ANSWERS_QUICKLY = {"connect_timeout": 2, "read_timeout": 5, "retries": {"total_max_attempts": 2, "mode": "standard"}}
# Other servers than Amazon's do not know the checksums that its client sends unasked.
WITHOUT_CHECKSUMS = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


@contextmanager
def _own_errors(name: str = "") -> Iterator[None]:
    """Raise FileNotFoundError for an object that is not there, and StorageUnavailable for whatever else is wrong."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
            raise FileNotFoundError(f"There is no file {name}.") from error
        raise StorageUnavailable from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageUnavailable from error


class PrivateS3Storage(S3Storage):
    """The files of one bucket, below `location`. A new file never replaces another one."""

    def __init__(self, *, addressing_style: str = "path", **options: Any):
        config = Config(
            s3={"addressing_style": addressing_style},
            signature_version="s3v4",
            **ANSWERS_QUICKLY,
            **WITHOUT_CHECKSUMS,
        )
        super().__init__(
            client_config=config,
            # No threads for each upload: these files are small, and the errors are raised in the caller's.
            transfer_config=TransferConfig(use_threads=False),
            file_overwrite=False,
            **options,
        )

    @cached_property
    def connection(self) -> Any:
        """Return one connection for all threads: to make one takes 0.1 s, and its client may be shared."""
        return super().connection

    def _open(self, name: str, mode: str = "rb") -> "StoredObject":
        if mode != "rb":
            raise ValueError(f"Uploaded files are opened to read their bytes only, not as “{mode}”.")
        key = self._normalize_name(name)

        def get(start: int) -> dict[str, Any]:
            part = {"Range": f"bytes={start}-"} if start else {}
            with _own_errors(name):
                return self.bucket.meta.client.get_object(Bucket=self.bucket_name, Key=key, **part)

        return StoredObject(name, get)

    def _save(self, name: str, content: File) -> str:
        with _own_errors(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _own_errors(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _own_errors(name):
            return super().exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _own_errors(path):
            return super().listdir(path)

    def size(self, name: str) -> int:
        with _own_errors(name):
            return super().size(name)

    def get_modified_time(self, name: str):
        with _own_errors(name):
            return super().get_modified_time(name)

    def is_public(self, name: str) -> bool:
        """Return whether anybody may read a file at its address, without the site: the bucket is not private then."""
        try:
            self.unsigned_connection.meta.client.head_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
        except (ClientError, BotoCoreError):
            return False
        return True

    def url(self, name: str | None, *_arguments: Any, **_options: Any) -> NoReturn:
        raise ValueError("Uploaded files have no address of their own: a view reads them and passes them on.")


class StoredObject(File):
    """An object opened for reading, which arrives as it is read. It may be opened again once it is closed."""

    def __init__(self, name: str, get: Callable[[int], dict[str, Any]]):
        self._get = get
        self._reader = _ObjectReader(get)
        super().__init__(BufferedReader(self._reader, BUFFER), name)

    @property
    def size(self) -> int:
        return self._reader.size

    def open(self, mode: str | None = None, *_arguments: Any, **_options: Any) -> "StoredObject":
        if self.closed:
            self.__init__(self.name or "", self._get)  # type: ignore[misc]
        else:
            self.seek(0)
        return self


class _ObjectReader(RawIOBase):
    """The bytes of an object. One request serves all reads in a row; a read elsewhere begins another one there."""

    def __init__(self, get: Callable[[int], dict[str, Any]]):
        self._get = get
        answer = get(0)
        self.size: int = answer["ContentLength"]
        self._body = answer["Body"]
        # Where the next byte is read, and where the body that is open has the next one.
        self._position = self._body_position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = max(0, offset + {SEEK_CUR: self._position, SEEK_END: self.size}.get(whence, 0))
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self.size:
            return 0
        if self._position != self._body_position:
            self._body.close()
            self._body, self._body_position = self._get(self._position)["Body"], self._position
        with _own_errors():
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        self._body_position = self._position
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
