"""An S3 server on loopback, moto's, for what is run with MEDIA_STORAGE_URL: the whole suite, or several sites.

python -m tests.object_storage PORT    serves until it is stopped
"""

import sys
import time
from threading import Event
from urllib.request import Request, urlopen

BUCKET = "uploads"


def storage_url(port: int, folder: str = "") -> str:
    """Return the MEDIA_STORAGE_URL of a folder in the bucket of the server on that port."""
    return f"s3+http://key:secret@127.0.0.1:{port}/{BUCKET}/{folder}".rstrip("/")


def wait_for(port: int) -> None:
    """Create the bucket as soon as the server answers."""
    for _ in range(300):
        try:
            urlopen(Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The S3 server does not answer.")


def serve(port: int) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    wait_for(port)
    Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
