"""The place where uploaded pictures are stored, if the gateway may load them from there."""

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from viber_messaging.admin.pages.digests import mark_of
from viber_messaging.conf import conf
from viber_messaging.models.validators import validate_picture_link

FOLDER = "viber"
SAMPLE = f"{FOLDER}/picture.png"
"""A name whose link tells what all links of a storage are like; no such file is made."""
NAME_LENGTH = 32
"""Letters of a name, each one of sixteen."""
PRIVATE_ENDINGS = (".localhost", ".local", ".localdomain", ".internal", ".lan", ".home.arpa", ".test", ".invalid")
"""Names of hosts that only one machine or one network knows: RFC 2606, 6761, 6762 and 8375, and common use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A storage, and the request whose host completes the links to it."""

    storage: Storage
    request: HttpRequest

    def link_to(self, name: str) -> str:
        """Return the absolute link to a file."""
        return self.request.build_absolute_uri(self.storage.url(name))

    def keep(self, picture: "UploadedFile[Any]", ending: str) -> str:
        """Store a picture and return its link. Raises whatever the storage raises.

        The same picture has the same link, so that a form that is posted twice is the same message.
        """
        name = f"{FOLDER}/{_unguessable(picture)}{ending}"
        is_stored = self.storage.exists(name)
        if is_stored and self.storage.size(name) == picture.size:
            return self.link_to(name)
        if is_stored:  # in part: the disk was full, or the process was killed
            self.storage.delete(name)
        return self.link_to(self._save(name, picture))

    def _save(self, name: str, picture: "UploadedFile[Any]") -> str:
        # The file alone: some storages would serve it under the type that the browser named.
        stored = self.storage.save(name, File(picture.file))
        if stored != name and self.storage.exists(name):  # the same picture was stored meanwhile
            self.storage.delete(stored)
            return name
        return stored


def place_of(request: HttpRequest) -> Place | None:
    """Return the place; None if uploads are switched off, or the gateway could not load a picture from there."""
    if not hasattr(request, "viber_picture_place"):
        request.viber_picture_place = _find(request)  # type: ignore[attr-defined]
    place: Place | None = request.viber_picture_place  # type: ignore[attr-defined]
    return place


def is_public(link: str) -> bool:
    """Return whether the gateway may load a picture from a link, as far as the link itself tells."""
    try:
        validate_picture_link(link)
    except ValidationError:
        return False
    parts = urlsplit(link)
    return not parts.query and _is_public_host(parts.hostname or "")  # signatures in a query expire


def _find(request: HttpRequest) -> Place | None:
    try:
        name = conf.IMAGE_STORAGE
        place = Place(storage=storages[name], request=request) if name else None
        is_usable = place is not None and _has_home(place.storage) and is_public(place.link_to(SAMPLE))
    except Exception:  # noqa: BLE001 (what a storage of the site raises, for example that it has no links)
        return None
    return place if is_usable else None


def _has_home(storage: Storage) -> bool:
    """Return whether a storage on this machine has a folder and an address; Django's defaults are neither."""
    if not isinstance(storage, FileSystemStorage):
        return True
    return bool(storage.base_location) and bool((storage.base_url or "").strip("/"))


def _is_public_host(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        return "." in name and not name.endswith(PRIVATE_ENDINGS)


def _unguessable(picture: "UploadedFile[Any]") -> str:
    """Return a name that only this site can derive from the picture."""
    digest = hashlib.sha256()
    for chunk in picture.chunks():
        digest.update(chunk)
    return mark_of("picture", digest.hexdigest())[:NAME_LENGTH]
