"""People who start campaigns, pause them and let them go on, and cancel some."""

from tests import doors
from tests.chaos import audience
from tests.chaos.person import Person
from viber_messaging.models import Campaign
from viber_messaging.states import CampaignState

AT_ONCE = 3
"""Campaigns that run beside each other."""


class Starter(Person):
    """Starts campaign after campaign, a few beside each other."""

    seconds = 0.5

    def act(self) -> None:
        if Campaign.objects.filter(state=CampaignState.RUNNING).count() < AT_ONCE:
            self._start(1)

    def finish(self) -> None:
        self._start(None)

    def _start(self, limit: int | None) -> None:
        for campaign in Campaign.objects.filter(state=CampaignState.DRAFT).order_by("pk")[:limit]:
            doors.start(campaign)


class Pauser(Person):
    """Pauses one campaign after another, and lets each go on."""

    seconds = 0.4

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._paused: Campaign | None = None

    def act(self) -> None:
        if self._paused is not None:
            doors.resume(self._paused)
            self._paused = None
        elif running := list(Campaign.objects.filter(state=CampaignState.RUNNING)):
            campaign = self._random.choice(running)
            if doors.pause(campaign):
                self._paused = campaign
                self.done["pauses"] += 1

    def finish(self) -> None:
        """Resume also what a database that went back in time holds paused; what paused itself stays so."""
        for campaign in Campaign.objects.filter(state=CampaignState.PAUSED, error=""):
            doors.resume(campaign)


class Canceller(Person):
    """Cancels each campaign that is doomed, once some of its messages are made."""

    seconds = 0.4

    def act(self) -> None:
        for campaign in self._doomed():
            if campaign.messages.exists() and self._random.random() < 0.4:
                self._cancel(campaign)

    def finish(self) -> None:
        for campaign in self._doomed():
            self._cancel(campaign)

    def _doomed(self) -> list[Campaign]:
        alive = Campaign.objects.filter(state__in=(CampaignState.RUNNING, CampaignState.PAUSED))
        return [campaign for campaign in alive if audience.is_doomed(int(campaign.name[1:]))]

    def _cancel(self, campaign: Campaign) -> None:
        if doors.cancel_campaign(campaign) is not None:
            self.done["campaigns cancelled"] += 1
