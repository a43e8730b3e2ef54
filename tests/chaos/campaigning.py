"""Campaigns made for the chaos, and what must be true of them afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from tests import doors
from tests.chaos import audience, triggers
from tests.chaos.audience import Plan, mark
from tests.chaos.crowd import LONGEST_COMMIT_SECONDS
from viber_messaging.conf import conf
from viber_messaging.importing import Subject
from viber_messaging.importing.confirmation import confirm
from viber_messaging.importing.intake import receive
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CAMPAIGN_MOVES, HOLDING_STATES, CampaignState, MessageState

OWNER = "before the chaos"


def make(plan: Plan) -> None:
    """Import the groups from spreadsheets, as people do, and draft the campaigns."""
    for group in range(plan.campaigns):
        doors.opt_out(plan.others(audience.OPTED_OUT, group), source="chaos")
        upload = audience.spreadsheet(plan.rows(group))
        options = {"group": mark(group)}
        confirm(receive(upload, "people.csv", owner=OWNER, subject=Subject.RECIPIENTS, options=options), user=None)
    for number in range(plan.campaigns):
        text = mark(number) + " {name} {city|}"
        campaign = Campaign.objects.create(name=mark(number), sender="SMSTest", text=text)
        campaign.groups.set(RecipientGroup.objects.filter(name__in=map(mark, plan.groups_of(number))))


def violations(sandbox: Sandbox, plan: Plan) -> Iterator[str]:
    """Tell every promise of the campaigns that was broken, each in one sentence."""
    yield from _nothing_while_held()
    yield from _over()
    yield from _reached_once(sandbox, plan)
    yield from _silent_once_cancelled(sandbox)
    for campaign in Campaign.objects.order_by("pk"):
        yield from counts_agree(campaign)
        if plan.campaigns and campaign.expanded_at is not None:
            yield from _left_out(campaign, plan)


def _nothing_while_held() -> Iterator[str]:
    """K8: once a pause or a cancellation is committed no message is made or claimed, until a person resumes."""
    states: dict[int, str] = {}
    broken = Counter[str]()
    for campaign, message, previous, state in triggers.moves_of_campaigns():
        if message is None:
            states[campaign] = state
            if state not in CAMPAIGN_MOVES[CampaignState(previous)]:
                yield f"a campaign went from {previous} to {state}"
        elif states.get(campaign) in HOLDING_STATES and (state == MessageState.SENDING or not previous):
            broken[f"{'claimed' if previous else 'made'} while {states[campaign]}"] += 1
    for how, times in broken.items():
        yield f"{times} messages of campaigns were {how}"


def _over() -> Iterator[str]:
    """Each campaign came to its end, and none stopped by itself."""
    ends = (CampaignState.FINISHED, CampaignState.CANCELLED)
    for campaign in Campaign.objects.exclude(state__in=ends):
        yield f"campaign {campaign.name} ended as {campaign.state}: {campaign.error}"


def _reached_once(sandbox: Sandbox, plan: Plan) -> Iterator[str]:
    """K10: a campaign writes to a phone once; to all whom it must reach, and to nobody who opted out before it."""
    reached = _reached(sandbox)
    twice = sum(times > 1 for phones in reached.values() for times in phones.values())
    if twice:
        yield f"{twice} phones got a campaign more than once"
    for number in plan.lasting():
        phones, expected = set(reached[mark(number)]), plan.expected(number)
        if missing := expected - phones:
            yield f"{len(missing)} of {len(expected)} did not get campaign {mark(number)}"
        wrong = [phone for phone in phones - expected if not phone.startswith((audience.IMPORTED, audience.FICKLE))]
        if wrong:
            yield f"{len(wrong)} got campaign {mark(number)} and must not have"


def _reached(sandbox: Sandbox) -> dict[str, Counter[str]]:
    """Count by campaign and phone what the gateway accepted."""
    reached: dict[str, Counter[str]] = defaultdict(Counter)
    for message in sandbox.accepted.values():
        name = message.text.split()[0]
        if name.startswith("c"):
            reached[name][message.phone] += 1
    return reached


def _silent_once_cancelled(sandbox: Sandbox) -> Iterator[str]:
    """What was claimed before a campaign was cancelled may still arrive while that claim lives, and no later."""
    life = timedelta(seconds=conf.CLAIM_TIMEOUT + LONGEST_COMMIT_SECONDS)
    cancelled = Campaign.objects.filter(state=CampaignState.CANCELLED)
    ends = {campaign.name: (campaign.finished_at + life).timestamp() for campaign in cancelled}
    arrived = [(message.text.split()[0], message.received_at) for message in sandbox.accepted.values()]
    if late := sum(moment > ends[name] for name, moment in arrived if name in ends):
        yield f"{late} arrived long after their campaign had been cancelled"
    queued = Message.objects.filter(campaign__in=cancelled, state=MessageState.QUEUED).count()
    if queued:
        yield f"{queued} messages of cancelled campaigns are still queued"


def counts_agree(campaign: Campaign, *, is_whole: bool = True) -> Iterator[str]:
    """K17: what is shown of a campaign is what a count of its rows, and of its history, comes to.

    If messages were deleted, it is not whole: only what is shown can be compared.
    """
    of_campaign = Message.objects.filter(campaign=campaign)
    rows = Counter(of_campaign.by_viber().values_list("state", flat=True))
    by_sms = Counter(of_campaign.by_sms().values_list("state", flat=True))
    shown = doors.measure(campaign)
    if (shown.by_state, shown.by_sms) != (rows, by_sms):
        yield f"campaign {campaign.name} shows {shown} and has {dict(rows)}, and by SMS {dict(by_sms)}"
    left_out = campaign.opted_out_count + campaign.incomplete_count + campaign.too_long_count
    is_counted = is_whole and campaign.expanded_at is not None
    if is_counted and rows.total() + left_out != campaign.audience_count:
        yield (
            f"campaign {campaign.name} counted {campaign.audience_count} recipients, made {rows.total()} messages "
            f"and left {left_out} out"
        )


def _left_out(campaign: Campaign, plan: Plan) -> Iterator[str]:
    """K15, K17: those left out are those who had to be; of each import all newcomers are of the audience, or none."""
    groups = plan.groups_of(int(campaign.name[1:]))
    nameless, too_long = (
        sum(len(plan.others(beginning, group)) for group in groups)
        for beginning in (audience.NAMELESS, audience.TOO_LONG)
    )
    if (campaign.incomplete_count, campaign.too_long_count) != (nameless, too_long):
        yield f"campaign {campaign.name} left {campaign.incomplete_count} and {campaign.too_long_count} people out"
    phones = Message.objects.filter(campaign=campaign, phone__startswith=audience.IMPORTED)
    imports = Counter(phone[: len(audience.IMPORTED) + 4] for phone in phones.values_list("phone", flat=True))
    if parts := {beginning for beginning, times in imports.items() if times != audience.PEOPLE_IN_AN_IMPORT}:
        yield f"campaign {campaign.name} took {len(parts)} imports in part"
    known = Recipient.objects.filter(groups__in=campaign.groups.all(), pk__lte=campaign.audience_until)
    if (members := known.distinct().count()) != campaign.audience_count:
        yield f"campaign {campaign.name} counted {campaign.audience_count} recipients where {members} are known"
