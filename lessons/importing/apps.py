from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "lessons.importing"
    label = "importing"
