"""The app's configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ViberMessagingConfig(AppConfig):
    """`viber_messaging` in INSTALLED_APPS; its primary keys have 64 bits, whatever the site's DEFAULT_AUTO_FIELD."""

    name = "viber_messaging"
    label = "viber_messaging"
    verbose_name = _("Viber messaging")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks and the receivers by importing them."""
        import_module("viber_messaging.checks")
        import_module("viber_messaging.receivers")
