"""The names of all permissions that the admin checks, and checks shared by several pages."""

from django.http import HttpRequest

from viber_messaging.conf import conf

SEND_MESSAGE = "viber_messaging.send_message"
SEND_SMS = "viber_messaging.send_sms"
ADD_MESSAGE = "viber_messaging.add_message"
VIEW_MESSAGE = "viber_messaging.view_message"
CHANGE_MESSAGE = "viber_messaging.change_message"
SEND_CAMPAIGN = "viber_messaging.send_campaign"
ADD_CAMPAIGN = "viber_messaging.add_campaign"
VIEW_CAMPAIGN = "viber_messaging.view_campaign"
CHANGE_CAMPAIGN = "viber_messaging.change_campaign"
VIEW_RECIPIENT = "viber_messaging.view_recipient"
ADD_RECIPIENT = "viber_messaging.add_recipient"
CHANGE_RECIPIENT = "viber_messaging.change_recipient"
IMPORT_RECIPIENT = "viber_messaging.import_recipient"
EXPORT_RECIPIENT = "viber_messaging.export_recipient"
"""Required for every export of phones, including messages."""
ADD_SENDER = "viber_messaging.add_sender"
ADD_GROUP = "viber_messaging.add_recipientgroup"


def has(request: HttpRequest, *permissions: str) -> bool:
    """Return whether this user has all of these permissions."""
    return bool(request.user.has_perms(permissions))


def has_any(request: HttpRequest, *permissions: str) -> bool:
    """Return whether this user has one of these permissions."""
    return any(request.user.has_perm(permission) for permission in permissions)


def may_send(request: HttpRequest) -> bool:
    """Return whether this user may send messages."""
    return has(request, SEND_MESSAGE)


def may_send_sms(request: HttpRequest) -> bool:
    """Return whether this user may send SMS, on a site that sends them."""
    return conf.SMS and has(request, SEND_SMS)


def may_see_messages(request: HttpRequest) -> bool:
    """Return whether this user may view messages; also used on pages of attempts."""
    return has_any(request, VIEW_MESSAGE, CHANGE_MESSAGE)


def may_see_campaigns(request: HttpRequest) -> bool:
    """Return whether this user may view campaigns; also used on pages about messages."""
    return has_any(request, VIEW_CAMPAIGN, CHANGE_CAMPAIGN)


def may_see_people(request: HttpRequest) -> bool:
    """Return whether this user may find people's phones by name."""
    return has(request, VIEW_RECIPIENT)


def may_import_opt_outs(request: HttpRequest) -> bool:
    """Return whether this user may opt out the phones in a spreadsheet."""
    return has(request, IMPORT_RECIPIENT, CHANGE_RECIPIENT)


def may_export_messages(request: HttpRequest) -> bool:
    """Return whether this user may export messages, such as those of a campaign."""
    return has(request, EXPORT_RECIPIENT, VIEW_MESSAGE)
