"""Recipients for a site's own use of django-import-export; the admin imports through ``viber_messaging.importing``."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from import_export import fields, resources, widgets
from tablib import Dataset

from viber_messaging import keyset, phones
from viber_messaging.conf import conf
from viber_messaging.models import Recipient
from viber_messaging.spreadsheets.headings import RECIPIENT_ROLES, role_of


class PhoneWidget(widgets.CharWidget):
    """Reads a phone as spreadsheets leave it; a wrong one is an error of its row, with the reason."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return phones.normalize(value, conf.DEFAULT_REGION)


class RecipientResource(resources.ModelResource):
    """Recipients by phone: new ones are made, known ones updated; other columns become ``attributes``."""

    phone = fields.Field(attribute="phone", column_name="phone", widget=PhoneWidget())

    class Meta:
        model = Recipient
        fields = ("phone", "name")
        import_id_fields = ("phone",)
        skip_unchanged = True
        use_transactions = True

    def iter_queryset(self, queryset: "QuerySet[Recipient]") -> Iterator[Recipient]:
        """Yield the recipients without a cursor on the server, which a pooler of connections would lose."""
        if queryset.query.is_sliced:
            yield from queryset
            return
        for keys in keyset.pieces(queryset):
            yield from queryset.filter(pk__in=keys).order_by("pk").distinct()

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Name the known columns as the fields are named. Raises ValueError when none holds phones, or two do."""
        found = list(dataset.headers or [])
        dataset.headers = [role_of(header, RECIPIENT_ROLES) or str(header or "") for header in found]
        if dataset.headers.count("phone") != 1:
            raise ValueError(
                "Exactly one column must be headed 'Phone' (or 'Телефон'). "
                f"The headers found are: {', '.join(map(str, found)) or 'none'}."
            )

    def import_instance(self, instance: Recipient, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Keep the spreadsheet's other columns as attributes; an empty cell empties nothing."""
        super().import_instance(instance, row, **kwargs)
        others = {header: str(value) for header, value in row.items() if header not in ("phone", "name") and value}
        instance.attributes = {**instance.attributes, **others}

    def import_field(self, field: fields.Field, instance: Recipient, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Leave a known name alone where the cell is empty."""
        if field.column_name != "name" or row.get("name"):
            super().import_field(field, instance, row, **kwargs)

    def skip_row(
        self, instance: Recipient, original: Recipient, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Skip a row only where the attributes are unchanged too."""
        same = instance.attributes == original.attributes
        return same and bool(super().skip_row(instance, original, row, import_validation_errors))
