"""A resource for sites that use django-import-export; our own admin imports through ``viber_messaging.importing``.

>>> RecipientResource(group="Spring").import_data(dataset)

Its commands work too: ``manage.py import viber_messaging.resources.RecipientResource people.csv``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from import_export import fields, instance_loaders, resources, widgets
from tablib import Dataset

from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.people import groups
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import BATCH_SIZE
from viber_messaging.importing.problems import RecordProblem, sentence_of
from viber_messaging.importing.readers.recipients import VALUE_LENGTH
from viber_messaging.importing.writers import recipients as recipients_writer
from viber_messaging.models import Recipient, RecipientGroup
from viber_messaging.models.database import keyset
from viber_messaging.spreadsheets.headings import RECIPIENT_ROLES, role_of
from viber_messaging.spreadsheets.values.cells import on_one_line, text_of
from viber_messaging.spreadsheets.values.formulas import unguarded
from viber_messaging.text import phones


class PhoneWidget(widgets.CharWidget):
    """Reads a phone as stored in spreadsheets; a wrong one makes its row invalid, with the reason."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the phone as E.164. Raises PhoneError, which is a ValueError."""
        return phones.normalize(value, conf.DEFAULT_REGION)


class TextWidget(widgets.CharWidget):
    """Reads a cell as Excel shows it, on one line, without characters that no message can carry."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the text."""
        return on_one_line(unguarded(text_of(value)))


class AheadLoader(instance_loaders.BaseInstanceLoader):
    """Loads the recipients for many rows at once, ahead of the current row."""

    def __init__(self, resource: "RecipientResource", dataset: Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        self.ahead: Iterator[Any] = iter([])
        if dataset is not None and "phone" in (dataset.headers or []):
            self.ahead = iter(dataset["phone"])
        self.known: dict[str, Recipient | None] = {}

    def get_instance(self, row: Mapping[str, Any]) -> Recipient | None:
        """Return the recipient of a row; None for a new one, or a wrong phone, which is reported when it is read."""
        phone = phone_in(row.get("phone"))
        if phone is None:
            return None
        while phone not in self.known:
            self.load(list(islice(self.ahead, BATCH_SIZE)) or [phone])
        return self.known[phone]

    def load(self, cells: Sequence[Any]) -> None:
        """Look up the phones in ``cells``, replacing the earlier ones."""
        found = {phone for phone in map(phone_in, cells) if phone is not None}
        self.known = dict.fromkeys(found)
        stored = self.resource.get_queryset().using(tables.alias()).filter(phone__in=found)
        self.known.update({each.phone: each for each in stored})


class RecipientResource(resources.ModelResource):
    """Recipients by phone: new ones are created, known ones updated; other columns become ``attributes``.

    ``group`` is a group, or the name of one, that all of them are added to. Nobody is opted in again, and blank cells
    change nothing. The first row of each phone counts, and the others are invalid. Rows are written in bulk, and rows
    inserted by others meanwhile stay.
    """

    phone = fields.Field(attribute="phone", column_name="phone", widget=PhoneWidget())
    name = fields.Field(attribute="name", column_name="name", widget=TextWidget())

    class Meta:
        model = Recipient
        fields = ("phone", "name")
        import_id_fields = ("phone",)
        instance_loader_class = AheadLoader
        skip_unchanged = True
        # Copying each recipient would take longer than everything else; ``skip_row`` finds unchanged rows without it.
        skip_diff = True
        use_transactions = True
        use_bulk = True
        batch_size = BATCH_SIZE

    def __init__(self, group: RecipientGroup | str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.group = group
        self.rows: dict[str, int] = {}
        """The number of the first valid row for each phone."""
        self.titles: list[str] = []
        """The attributes that are exported."""

    def get_db_connection_name(self) -> str:
        """Return the database in which a dry run is rolled back: the one that recipients are written to."""
        return tables.alias()

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Rename known columns to the fields' names. Raises ValueError unless exactly one column has phones."""
        self.rows = {}
        found = list(dataset.headers or [])
        dataset.headers = [role_of(header, RECIPIENT_ROLES) or str(header or "") for header in found]
        if dataset.headers.count("phone") != 1:
            dataset.headers = found
            raise ValueError(
                "Exactly one column must have the heading 'Phone' (or 'Телефон'). The headings found are: "
                f"{', '.join(map(str, found)) or 'none'}."
            )

    def after_init_instance(self, instance: Recipient, new: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Remember the stored values of a recipient."""
        instance.as_stored = None if new else (instance.name, dict(instance.attributes))  # type: ignore[attr-defined]

    def import_instance(self, instance: Recipient, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Read a row. Raises ValidationError for a wrong or repeated phone, and for texts that are too long."""
        if "phone" not in row:
            raise ValidationError({"phone": str(phones.PhoneError(phones.PhoneProblem.EMPTY))})
        super().import_instance(instance, row, **kwargs)
        first = self.rows.get(instance.phone)
        if first is not None:
            repeated = sentence_of(RecordProblem.REPEATED, row=first)
            raise ValidationError({"phone": ValidationError(repeated, code="repeated")})
        Recipient._meta.get_field("name").run_validators(instance.name)
        instance.attributes = {**instance.attributes, **attributes_in(row)}
        self.rows[instance.phone] = kwargs.get("row_number", 0)

    def import_field(self, field: fields.Field, instance: Recipient, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Keep a known name if the cell is empty."""
        if field.column_name != "name" or text_of(row.get("name")):
            super().import_field(field, instance, row, **kwargs)

    def skip_row(
        self, instance: Recipient, original: Recipient, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Skip an unchanged recipient."""
        is_stored: bool = (instance.name, instance.attributes) == instance.as_stored  # type: ignore[attr-defined]
        return is_stored and not import_validation_errors

    def bulk_create(self, using_transactions: bool, dry_run: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Insert new recipients; one that was inserted meanwhile stays as it is."""
        insert = partial(tables.recipients().bulk_create, ignore_conflicts=True)
        self.write(insert, self.create_instances, using_transactions or not dry_run, raise_errors, **kwargs)

    def bulk_update(self, using_transactions: bool, dry_run: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Write only names and attributes, by phone, so that an opt-out recorded meanwhile stays."""
        self.write(update, self.update_instances, using_transactions or not dry_run, raise_errors, **kwargs)

    def write(self, write: Any, instances: list[Recipient], may: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Write instances and clear the list; report failures as errors of the whole import."""
        try:
            if instances and may:
                write(instances)
        except DatabaseError as error:
            self.handle_import_error(kwargs.get("result"), error, raise_errors)
        finally:
            instances.clear()

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """Add the people to the group; a dry run rolls this back too."""
        super().after_import(dataset, result, **kwargs)
        if (
            self.group is None
            or result.has_errors()
            or (kwargs.get("dry_run") and not kwargs.get("using_transactions"))
        ):
            return
        with tables.atomic():
            group = self.group
            if isinstance(group, str):
                group, _is_new = tables.groups().get_or_create(name=group)
            audience.lock([group.pk])
            groups.join(group, self.rows)

    def before_export(self, queryset: Any, **kwargs: Any) -> None:
        """Collect the attributes; each becomes a column."""
        found = self.get_queryset() if queryset is None else queryset
        stored = (attributes for (attributes,) in keyset.values(found, "attributes"))
        self.titles = list(dict.fromkeys(chain.from_iterable(stored)))

    def iter_queryset(self, queryset: Any) -> Iterator[Recipient]:
        """Yield the recipients without a server-side cursor, which a connection pooler would lose."""
        yield from keyset.objects(queryset)

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        """Return the headings of the fields and the attributes."""
        return [*super().get_export_headers(selected_fields), *self.titles]

    def export_resource(self, instance: Recipient, selected_fields: Any = None, **kwargs: Any) -> list[Any]:
        """Return a recipient's cells."""
        cells = super().export_resource(instance, selected_fields, **kwargs)
        return [*cells, *(text_of(instance.attributes.get(title)) for title in self.titles)]


def phone_in(cell: Any) -> str | None:
    """Return the phone in a cell, None if there is none."""
    try:
        return phones.normalize(cell, conf.DEFAULT_REGION)
    except phones.PhoneError:
        return None


def attributes_in(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the other columns that are filled, by heading. Raises ValidationError if a text is too long."""
    found = {}
    for title, value in row.items():
        if title in ("phone", "name") or not title or value is None:
            continue
        text = unguarded(text_of(value))
        if len(text) > VALUE_LENGTH:
            sentence = sentence_of(RecordProblem.LONG_VALUE, cell=title)
            raise ValidationError({"attributes": ValidationError(sentence, code="long")})
        if text:
            found[title] = text
    return found


def update(recipients: Iterable[Recipient]) -> None:
    """Update names and attributes of existing recipients, by phone."""
    recipients_writer.update(
        [Recipient(phone=each.phone, name=each.name, attributes=each.attributes) for each in recipients]
    )
