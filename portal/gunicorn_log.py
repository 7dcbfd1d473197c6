"""Gunicorn's own messages in the form of all others: workers that start, time out or are killed."""

import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal.logs import FORMATS, formatter


class StructuredLogger(Logger):
    """Writes to the error log in LOG_FORMAT. There is no access log: it would have addresses with query strings."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        style = os.environ.get("LOG_FORMAT", "json")
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(style if style in FORMATS else "json"))
