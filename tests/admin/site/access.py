"""Who is let in where: the tables that the matrix is tested against. Whoever is not named is refused."""

from collections.abc import Mapping

OWN = ("send_message", "send_sms", "send_campaign", "import_recipient", "export_recipient")
ROLES = ("anonymous", "nothing", "view", "add", "change", "delete", *OWN, "view and own", "superuser")
"""``view``, ``add``, ``change`` and ``delete`` are that of every model and nothing else; of ``OWN`` each is alone."""

ALL = "superuser"
NOBODY: frozenset[str] = frozenset()
ADD, CHANGE, DELETE = (frozenset({name, ALL}) for name in ("add", "change", "delete"))
SEE = frozenset({"view", "change", "view and own", ALL})
VIEW = frozenset({"view", "view and own", ALL})
VIEW_AND_OWN = frozenset({"view and own", ALL})
IMPORT, SEND, CAMPAIGN = (
    frozenset({name, "view and own", ALL}) for name in ("import_recipient", "send_message", "send_campaign")
)
SEVERAL = frozenset({ALL})
"""What takes permissions of more than one kind."""

EDITED = ("message", "campaign", "recipient", "recipientgroup", "sender")
READ = ("sendattempt", "consentchange")

_DJANGO_S: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    **{f"{name}_{page}": (SEE, SEE) for name in EDITED for page in ("changelist", "history")},
    **{f"{name}_add": (ADD, ADD) for name in EDITED},
    **{f"{name}_change": (SEE, CHANGE) for name in EDITED},
    **{f"{name}_delete": (DELETE, DELETE) for name in EDITED},
    **{f"{name}_add": (NOBODY, NOBODY) for name in READ},
    **{f"{name}_delete": (NOBODY, NOBODY) for name in READ},
    **{f"sendattempt_{page}": (SEE, SEE) for page in ("changelist", "history")},
    **{f"consentchange_{page}": (VIEW, VIEW) for page in ("changelist", "history")},
    "sendattempt_change": (SEE, NOBODY),
    "consentchange_change": (VIEW, NOBODY),
}

_IMPORTS = ("import", "import_preview", "import_columns", "import_wrong")

_OURS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    **{f"recipient_{page}": (IMPORT, IMPORT) for page in _IMPORTS},
    **{f"{name}_{page}": (SEVERAL, SEVERAL) for name in ("message", "consentchange") for page in _IMPORTS},
    "campaign_act": (NOBODY, VIEW_AND_OWN),
    "campaign_export": (NOBODY, VIEW_AND_OWN),
    "campaign_progress": (SEE, SEE),
    "campaign_review": (VIEW_AND_OWN, VIEW_AND_OWN),
    "campaign_retry": (VIEW_AND_OWN, VIEW_AND_OWN),
    "campaign_stop_all": (CAMPAIGN, CAMPAIGN),
    "message_act": (NOBODY, VIEW_AND_OWN),
    "message_balance": (NOBODY, SEND),
    "message_export": (VIEW_AND_OWN, VIEW_AND_OWN),
    **{f"{name}_preview": (NOBODY, frozenset({"add", "change", ALL})) for name in ("message", "campaign")},
    **{f"{name}_picture": (NOBODY, frozenset({"add", "change", ALL})) for name in ("message", "campaign")},
    **{f"{name}_search": (NOBODY, SEE) for name in ("message", "recipient", "sendattempt")},
    "consentchange_search": (NOBODY, VIEW),
    "message_report": (VIEW, VIEW),
    "message_resend": (SEND, SEND),
    "message_report_group": (NOBODY, SEVERAL),
    "message_report_messages": (NOBODY, VIEW_AND_OWN),
    "message_stats": (VIEW, VIEW),
    "message_try_now": (NOBODY, SEND),
    "recipient_consent": (NOBODY, CHANGE),
    "recipient_export": (VIEW_AND_OWN, VIEW_AND_OWN),
    "recipient_opt_out_list": (CHANGE, CHANGE),
    "recipientgroup_add_numbers": (SEVERAL, SEVERAL),
    "recipientgroup_copy": (SEVERAL, SEVERAL),
}

DOORS = {**_DJANGO_S, **_OURS}
"""By ``model_page``: whom a GET lets in, and whom a POST."""

ACTIONS = {
    **dict.fromkeys((f"{name}.delete_selected" for name in EDITED), SEVERAL),
    **dict.fromkeys((f"message.{name}_selected" for name in ("send", "retry", "cancel", "refresh")), VIEW_AND_OWN),
    **dict.fromkeys((f"message.{name}" for name in ("mark_sent", "send_again", "trust_account")), VIEW_AND_OWN),
    "message.send_by_sms": VIEW_AND_OWN,
    **dict.fromkeys(("recipient.opt_out", "recipient.opt_in"), CHANGE),
    "recipientgroup.merge_selected": SEVERAL,
}
"""By ``model.action``: to whom it is offered. Deleting takes seeing the list, too."""

_MESSAGE = {"sender": "SMSTest", "phone": "0971234567", "type": "text", "text": "Changed"}
_CAMPAIGN = {"name": "Changed", "sender": "SMSTest", "type": "text", "text": "Changed"}
_PASTED = {"numbers": "0971234567"}
_PERSON = {"phone": "0971234568", "name": "Changed", "attributes": "{}"}

ASKED: Mapping[str, dict[str, str]] = {
    "message_act": {"action": "refresh_selected"},
    "campaign_act": {"do": "pause"},
}
"""What a view has to be asked before it says whether it lets anybody in."""

POSTED: Mapping[str, dict[str, str]] = {
    **ASKED,
    **{f"message_{page}": {**_MESSAGE, "_send": "1"} for page in ("add", "change")},
    **{f"campaign_{page}": _CAMPAIGN for page in ("add", "change")},
    **{f"recipient_{page}": _PERSON for page in ("add", "change")},
    **{f"{name}_{page}": {"name": "New"} for name in ("sender", "recipientgroup") for page in ("add", "change")},
    **{f"{name}_delete": {"post": "yes"} for name in (*EDITED, *READ)},
    **{name: {**_PASTED, "_confirm": "1"} for name in ("recipient_opt_out_list", "recipientgroup_add_numbers")},
    **{f"{name}_import_preview": {"_import": "1"} for name in ("message", "recipient", "consentchange")},
    "recipientgroup_copy": {"name": "New"},
    "recipient_consent": {"opt_out": "1"},
    "campaign_stop_all": {"do": "stop"},
}
"""What would change something, for those who must not be let in."""
