from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "lessons.practice"

    def ready(self) -> None:
        from lessons.practice import indexed_checks  # noqa: F401  (registers what is found of checks)
