"""A campaign's texts filled for one recipient, or the reason why that recipient cannot get them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from viber_messaging.gateway.codec import find_unsendable
from viber_messaging.models import Campaign
from viber_messaging.models.campaign import FILLED_FIELDS
from viber_messaging.models.mixins.content import MAX_LENGTHS
from viber_messaging.models.mixins.fallback import complaint_about_length
from viber_messaging.models.recipient import attributes_of
from viber_messaging.text.placeholders import parse, values_of

_LINKS = frozenset({"url", "image"})


class Obstacle(StrEnum):
    """Why a recipient in the groups gets no message."""

    OPTED_OUT = "opted_out"
    INCOMPLETE = "incomplete"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The content for one recipient; not sent if there is an obstacle."""

    fields: Mapping[str, str]
    missing: tuple[str, ...] = ()
    obstacle: Obstacle | None = None


class Rendering:
    """The parsed texts of a campaign. Raises PlaceholderError if their placeholders cannot be filled."""

    def __init__(self, campaign: Campaign) -> None:
        written = {name: text for name in FILLED_FIELDS if (text := getattr(campaign, name))}
        self._templates = {name: parse(text) for name, text in written.items()}
        filled = {name for name, template in self._templates.items() if template.placeholders}
        self._links = filled & _LINKS
        self.has_placeholders = bool(filled)

    def fill(self, name: str, attributes: Any) -> Filled:
        """Return the content for a recipient with this name and these attributes."""
        values = values_of(name, attributes_of(attributes)) if self.has_placeholders else {}
        fields, missing = dict.fromkeys(FILLED_FIELDS, ""), dict[str, None]()
        for field, template in self._templates.items():
            rendered = template.render(_quoted(values) if field in self._links else values)
            fields[field] = _as_counted(rendered.text)
            missing |= dict.fromkeys(rendered.missing)
        return Filled(fields=fields, missing=tuple(missing), obstacle=self._obstacle(fields, bool(missing)))

    def with_names(self) -> Filled:
        """Return the content with each placeholder's default or, in brackets, its name."""
        names = {part.name for template in self._templates.values() for part in template.placeholders}
        return self.fill("", {name: f"[{name}]" for name in names})

    def _obstacle(self, fields: Mapping[str, str], is_missing: bool) -> Obstacle | None:
        texts = [fields[field] for field in self._templates]
        if is_missing or not all(text.strip() and not find_unsendable(text) for text in texts):
            return Obstacle.INCOMPLETE
        return Obstacle.TOO_LONG if any(_is_too_long(field, fields[field]) for field in self._templates) else None


def _is_too_long(field: str, text: str) -> bool:
    if field == "sms_text":
        return complaint_about_length(text) is not None
    return len(text) > MAX_LENGTHS[field]


def _quoted(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values quoted for use in a link, so that none can lead it elsewhere."""
    return {key: quote(value, safe="", errors="replace") for key, value in values.items()}


def _as_counted(text: str) -> str:
    """Return the text as the gateway counts it: XML reads CR LF as one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
