"""*Send me a test*: send the current draft once to the writer's own phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from viber_messaging.admin.message.compose.save import TICKET, AlreadySaved, insert
from viber_messaging.admin.message.status_sentences import describe
from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.states import MessageState
from viber_messaging.text import phones

TRIAL_BUTTON = "_test"
TRIAL_PHONE = "trial_phone"


def send_trial(request: HttpRequest, draft_pk: int) -> tuple[int, str]:
    """Send a copy of the draft to the given phone; return the level and the sentence for the result."""
    try:
        phone = phones.normalize(request.POST.get(TRIAL_PHONE, ""), conf.DEFAULT_REGION)
    except phones.PhoneError as error:
        return messages.ERROR, _("The draft is saved, but no test was sent. %(why)s") % {"why": error}
    trial = _copy_of(tables.messages().get(pk=draft_pk), phone, request.user.pk)
    try:
        with tables.atomic():
            insert(trial, f"{request.POST.get(TICKET, '')} {TRIAL_BUTTON}")
    except AlreadySaved:
        return messages.WARNING, _("The draft is saved. This test was already sent.")
    level, sentence = describe(tables.messages().get(pk=trial.pk))
    return level, _("The draft is saved. Test to %(phone)s: %(what)s") % {"phone": phone, "what": sentence}


def _copy_of(draft: Message, phone: str, user_id: Any) -> Message:
    content = {name: getattr(draft, name) for name in CONTENT_FIELDS}
    return Message(**content, phone=phone, created_by_id=user_id, state=MessageState.QUEUED)
