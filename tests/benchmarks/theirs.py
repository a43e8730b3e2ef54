"""A site with django-import-export's admin as it comes."""

from django.contrib import admin
from django.urls import path
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource

from viber_messaging.models import Recipient


class RecipientResource(ModelResource):
    """Recipients by phone."""

    class Meta:
        model = Recipient
        fields = ("phone", "name")
        import_id_fields = ("phone",)


class RecipientAdmin(ImportExportModelAdmin):
    """The page that uploads, previews and confirms."""

    resource_classes = [RecipientResource]


site = admin.AdminSite()
site.register(Recipient, RecipientAdmin)
urlpatterns = [path("admin/", site.urls)]
