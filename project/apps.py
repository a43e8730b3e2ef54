"""The demo site as an app, so that it can have a command of its own."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"
