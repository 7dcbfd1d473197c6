from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "lessons.db"

    def ready(self):
        from lessons.db import sqlite  # noqa: F401 - it connects a signal
