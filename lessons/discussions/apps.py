from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "lessons.discussions"
    label = "discussions"
