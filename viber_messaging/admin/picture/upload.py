"""Exchange an uploaded picture for its link: the gateway takes a link only."""

import logging
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.picture.content import ending_of
from viber_messaging.admin.picture.field import FIELD, LINK
from viber_messaging.admin.picture.place import Place, place_of
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)


class PictureView(AdminView):
    """Stores a picture while the form is still being filled in, and returns its link or what is wrong with it."""

    is_outside_transactions = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store it, for users who may write what the form is for."""
        self.require(may_write(self.model_admin, request))
        answer = {"link": "", "error": ""}
        try:
            answer["link"] = store(place_of(request), request.FILES.get(FIELD))
        except ValidationError as error:
            answer["error"] = " ".join(error.messages)
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def take_upload(model_admin: Any, request: HttpRequest) -> None:
    """Store the picture in a posted form and put its link there, so that an error in the form does not lose it."""
    upload = request.FILES.get(FIELD) if request.method == "POST" else None
    place = None if upload is None else place_of(request)
    if place is None:
        return
    if not may_write(model_admin, request):
        raise PermissionDenied
    try:
        link = store(place, upload)
    except ValidationError as refusal:
        request.viber_picture_refusal = refusal  # type: ignore[attr-defined]
    else:
        _exchange(request, link)


def store(place: Place | None, upload: "UploadedFile[Any] | None") -> str:
    """Store a picture and return its link. Raises ValidationError, with one sentence."""
    if place is None:
        raise ValidationError(_("Pictures cannot be uploaded to this site: give a link instead."), code="off")
    picture: UploadedFile[Any] = forms.FileField().clean(upload)
    ending = ending_of(picture)
    try:
        return place.keep(picture, ending)
    except Exception as error:
        extra = facts("picture_not_stored")
        logger.error("A picture could not be stored (%s).", type(error).__name__, extra=extra)
        logger.debug("How the storage failed:", exc_info=True, extra=extra)
        sentence = _("The picture could not be stored on this site. Try again later, or give a link to it.")
        raise ValidationError(sentence, code="storage") from error


def may_write(model_admin: Any, request: HttpRequest) -> bool:
    """Return whether this user may write what the form is for."""
    return bool(model_admin.has_add_permission(request) or model_admin.has_change_permission(request))


def _exchange(request: HttpRequest, link: str) -> None:
    posted = request.POST.copy()
    posted[LINK] = link
    request.POST = posted  # type: ignore[assignment]
    for upload in request.FILES.pop(FIELD):  # Django closes those that it finds at the end of the request
        upload.close()
