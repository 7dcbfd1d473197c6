from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lessons.people"
    label = "people"
