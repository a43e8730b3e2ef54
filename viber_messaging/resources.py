"""Recipients for a site's own use of django-import-export; the admin imports through ``viber_messaging.importing``.

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
    """Reads a phone as spreadsheets leave it; a wrong one makes its row invalid, with the reason."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the phone as E.164. Raises PhoneError, which is a ValueError."""
        return phones.normalize(value, conf.DEFAULT_REGION)


class TextWidget(widgets.CharWidget):
    """Reads a cell as Excel shows it, on one line, without what no message could carry."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the text."""
        return on_one_line(unguarded(text_of(value)))


class AheadLoader(instance_loaders.BaseInstanceLoader):
    """Loads the recipients of many rows at once, ahead of the row that asks."""

    def __init__(self, resource: "RecipientResource", dataset: Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        self.ahead: Iterator[Any] = iter([])
        if dataset is not None and "phone" in (dataset.headers or []):
            self.ahead = iter(dataset["phone"])
        self.known: dict[str, Recipient | None] = {}

    def get_instance(self, row: Mapping[str, Any]) -> Recipient | None:
        """Return the recipient of a row; None for a new one, and for a wrong phone: that is told where it is read."""
        phone = phone_in(row.get("phone"))
        if phone is None:
            return None
        while phone not in self.known:
            self.load(list(islice(self.ahead, BATCH_SIZE)) or [phone])
        return self.known[phone]

    def load(self, cells: Sequence[Any]) -> None:
        """Look up the phones in ``cells``, in place of those before."""
        found = {phone for phone in map(phone_in, cells) if phone is not None}
        self.known = dict.fromkeys(found)
        stored = self.resource.get_queryset().using(tables.alias()).filter(phone__in=found)
        self.known.update({each.phone: each for each in stored})


class RecipientResource(resources.ModelResource):
    """Recipients by phone: new ones are made, known ones updated; other columns become ``attributes``.

    ``group`` is a group, or the name of one, that all of them go to. Nobody is opted in again, and no blank cell
    empties anything. The first row of each phone counts, and the others are invalid. Rows are written in bulk, and
    what somebody else inserts meanwhile stays.
    """

    phone = fields.Field(attribute="phone", column_name="phone", widget=PhoneWidget())
    name = fields.Field(attribute="name", column_name="name", widget=TextWidget())

    class Meta:
        model = Recipient
        fields = ("phone", "name")
        import_id_fields = ("phone",)
        instance_loader_class = AheadLoader
        skip_unchanged = True
        # A copy of each recipient would take longer than all else; ``skip_row`` knows by itself what is unchanged.
        skip_diff = True
        use_transactions = True
        use_bulk = True
        batch_size = BATCH_SIZE

    def __init__(self, group: RecipientGroup | str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.group = group
        self.rows: dict[str, int] = {}
        """The first row of each phone that can be written."""
        self.titles: list[str] = []
        """Attributes that are exported."""

    def get_db_connection_name(self) -> str:
        """Return the database that a dry run is rolled back in: the one that people are written to."""
        return tables.alias()

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Name the known columns as the fields are named. Raises ValueError when none holds phones, or two do."""
        self.rows = {}
        found = list(dataset.headers or [])
        dataset.headers = [role_of(header, RECIPIENT_ROLES) or str(header or "") for header in found]
        if dataset.headers.count("phone") != 1:
            dataset.headers = found
            raise ValueError(
                "Exactly one column must be headed 'Phone' (or 'Телефон'). "
                f"The headers found are: {', '.join(map(str, found)) or 'none'}."
            )

    def after_init_instance(self, instance: Recipient, new: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Remember a recipient as it was."""
        instance.as_stored = None if new else (instance.name, dict(instance.attributes))  # type: ignore[attr-defined]

    def import_instance(self, instance: Recipient, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Read a row. Raises ValidationError for a wrong phone, one that an earlier row has, and texts too long."""
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
        """Leave a known name alone where the cell is empty."""
        if field.column_name != "name" or text_of(row.get("name")):
            super().import_field(field, instance, row, **kwargs)

    def skip_row(
        self, instance: Recipient, original: Recipient, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Skip a recipient who is as stored."""
        is_stored: bool = (instance.name, instance.attributes) == instance.as_stored  # type: ignore[attr-defined]
        return is_stored and not import_validation_errors

    def bulk_create(self, using_transactions: bool, dry_run: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Insert new recipients; one whom somebody else has inserted meanwhile stays as that one wrote it."""
        insert = partial(tables.recipients().bulk_create, ignore_conflicts=True)
        self.write(insert, self.create_instances, using_transactions or not dry_run, raise_errors, **kwargs)

    def bulk_update(self, using_transactions: bool, dry_run: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Write names and attributes by phone, and nothing else: an opt-out that was noted meanwhile stays."""
        self.write(update, self.update_instances, using_transactions or not dry_run, raise_errors, **kwargs)

    def write(self, write: Any, instances: list[Recipient], may: bool, raise_errors: bool, **kwargs: Any) -> None:
        """Write instances and forget them; keep what goes wrong as an error of the whole import."""
        try:
            if instances and may:
                write(instances)
        except DatabaseError as error:
            self.handle_import_error(kwargs.get("result"), error, raise_errors)
        finally:
            instances.clear()

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """Put the people into the group; a dry run is rolled back with it."""
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
            audience.hold([group.pk])
            groups.join(group, self.rows)

    def before_export(self, queryset: Any, **kwargs: Any) -> None:
        """Look for the attributes, each of which is a column."""
        found = self.get_queryset() if queryset is None else queryset
        stored = (attributes for (attributes,) in keyset.values(found, "attributes"))
        self.titles = list(dict.fromkeys(chain.from_iterable(stored)))

    def iter_queryset(self, queryset: Any) -> Iterator[Recipient]:
        """Yield the recipients without a cursor on the server, which a pooler of connections would lose."""
        yield from keyset.objects(queryset)

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        """Return the headings: of the fields, and of the attributes."""
        return [*super().get_export_headers(selected_fields), *self.titles]

    def export_resource(self, instance: Recipient, selected_fields: Any = None, **kwargs: Any) -> list[Any]:
        """Return a recipient's cells."""
        cells = super().export_resource(instance, selected_fields, **kwargs)
        return [*cells, *(text_of(instance.attributes.get(title)) for title in self.titles)]


def phone_in(cell: Any) -> str | None:
    """Return the phone in a cell, None where there is none."""
    try:
        return phones.normalize(cell, conf.DEFAULT_REGION)
    except phones.PhoneError:
        return None


def attributes_in(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the other columns that hold anything, by heading. Raises ValidationError for a text too long."""
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
    """Write names and attributes of recipients that exist, by phone."""
    recipients_writer.update(
        [Recipient(phone=each.phone, name=each.name, attributes=each.attributes) for each in recipients]
    )
