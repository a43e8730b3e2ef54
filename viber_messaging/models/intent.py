"""What a message is meant to be, and the reference that follows from it."""

from typing import TYPE_CHECKING

from viber_messaging import references
from viber_messaging.models.campaign import Campaign
from viber_messaging.models.connection import Connection

if TYPE_CHECKING:
    from viber_messaging.models.save_rules import Saved

ERASED_KEY = "erased:"


class Intents:
    """Tells the references of messages; reads each seed once from the database of this alias.

    The seed of a campaign that is given was read with it.
    """

    def __init__(self, database: str, campaign: Campaign | None = None) -> None:
        self._database = database
        self._seeds: dict[int | None, references.Seed] = {}
        if campaign is not None:
            self._seeds[campaign.pk] = references.Seed(campaign.seed)

    def reference(self, message: "Saved", candidate: int = 0) -> int:
        """Return the reference of a message to insert, whose phone and key are as they will be stored.

        It follows from its campaign and phone, or from its key; it is random if the message has neither.
        """
        if message.campaign_id is not None:
            return self._seed(message.campaign_id).reference(message.phone, candidate)
        if message.key is not None:
            return self._seed(None).reference(f"key {message.key}", candidate)
        return references.draw()

    def of_form(self, content: str) -> int:
        """Return the reference of what one form with one content makes; the content holds the form's ticket."""
        return self._seed(None).reference(f"form {content}")

    def erased(self, key: str) -> str:
        """Return what stands for a key that is erased with its person, so that it is still recognized."""
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
