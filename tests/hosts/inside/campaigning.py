"""A campaign written, reviewed and started in the admin, and sent by the worker."""

import re

from browsing import ours, read
from django.test import Client
from sending import work

from viber_messaging.models import Campaign, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox

PHONES = ("+380631110001", "+380631110002", "+380631110003")
NOTHING = dict.fromkeys(("button", "url", "image", "start_at_0", "start_at_1", "quiet_from", "quiet_until"), "")


def run(client: Client, sandbox: Sandbox) -> None:
    """Send one text to three people."""
    group = RecipientGroup.objects.create(name="Spring")
    for number, phone in enumerate(PHONES):
        Recipient.objects.create(phone=phone, name=f"Person {number}").groups.add(group)
    campaign = draft(client, group)
    start(client, campaign)
    work()
    campaign.refresh_from_db()
    sent = {message.phone: sandbox.times_accepted(message.reference) for message in campaign.messages.all()}
    assert sent == dict.fromkeys(PHONES, 1), (campaign.state, sent)
    read(client, ours("campaign_change", campaign.pk))


def draft(client: Client, group: RecipientGroup) -> Campaign:
    written = {"name": "Spring", "sender": "SMSTest", "type": "text", "text": "{name}, come!", "groups": [group.pk]}
    response = client.post(ours("campaign_add"), {**NOTHING, **written})
    assert response.status_code == 302, response.content.decode()[:3000]
    return Campaign.objects.get(name="Spring")


def start(client: Client, campaign: Campaign) -> None:
    """Press the button of the review, with what that page says that it showed."""
    stamp = re.search(r'name="stamp" value="([^"]*)"', read(client, ours("campaign_review", campaign.pk)))
    assert stamp is not None
    client.post(ours("campaign_act", campaign.pk), {"do": "start", "stamp": stamp[1]})
    campaign.refresh_from_db()
    assert campaign.state != "draft", "the review did not let it start"
