from django.apps import AppConfig


class TaggingConfig(AppConfig):
    name = "lessons.tagging"
    label = "tagging"
