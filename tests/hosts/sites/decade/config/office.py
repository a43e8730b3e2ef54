from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class Office(AdminSite):
    site_header = "Back office"

    def __init__(self, name="backoffice"):
        super().__init__(name)


class OfficeConfig(AdminConfig):
    default_site = "config.office.Office"
