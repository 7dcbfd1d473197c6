from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lessons.accounts"

    def ready(self) -> None:
        from lessons.accounts import activity_log  # noqa: F401  (connects its receivers)
