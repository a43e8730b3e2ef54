"""The intent of a message, and the reference derived from it."""

from typing import TYPE_CHECKING

from viber_messaging import references
from viber_messaging.models.campaign import Campaign
from viber_messaging.models.connection import Connection

if TYPE_CHECKING:
    from viber_messaging.models.save_rules import Saved

ERASED_KEY = "erased:"


class Intents:
    """Derives the references of messages; reads each seed once from the database with this alias.

    If a campaign is given, its seed is taken from it.
    """

    def __init__(self, database: str, campaign: Campaign | None = None) -> None:
        self._database = database
        self._seeds: dict[int | None, references.Seed] = {}
        if campaign is not None:
            self._seeds[campaign.pk] = references.Seed(campaign.seed)

    def reference(self, message: "Saved", candidate: int = 0) -> int:
        """Return the reference of a message to insert; its phone and key must be in their stored form.

        It is derived from the message that an SMS goes instead of, from the campaign and phone, or from the key; it is
        random if the message has none of them.
        """
        if message.fallback_of_id is not None:
            return self._seed(None).reference(f"sms {message.fallback_of.reference}", candidate)
        if message.campaign_id is not None:
            return self._seed(message.campaign_id).reference(message.phone, candidate)
        if message.key is not None:
            return self._seed(None).reference(f"key {message.key}", candidate)
        return references.draw()

    def of_form(self, content: str) -> int:
        """Return the reference for one form with one content; the content includes the form's ticket."""
        return self._seed(None).reference(f"form {content}")

    def erased(self, key: str) -> str:
        """Return the digest that replaces an erased key, so that the key is still recognized."""
        return ERASED_KEY + self._seed(None).digest(key)

    def _seed(self, campaign_pk: int | None) -> references.Seed:
        if campaign_pk not in self._seeds:
            self._seeds[campaign_pk] = references.Seed(self._read(campaign_pk))
        return self._seeds[campaign_pk]

    def _read(self, campaign_pk: int | None) -> str:
        if campaign_pk is None:
            return Connection.objects.db_manager(self._database).seed()
        campaigns = Campaign._base_manager.using(self._database)
        return campaigns.values_list("seed", flat=True).get(pk=campaign_pk)
