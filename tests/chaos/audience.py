"""Whom the campaigns of the chaos are to reach: known beforehand, without asking the database.

Each campaign goes to two groups. They overlap: each group lists half of the next one's people too, under another
spelling of their phones. Beside those who must be reached each group holds some who must not be, or may be.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

OWN, OPTED_OUT, NAMELESS, TOO_LONG, FICKLE = "+38063", "+38066", "+38073", "+38093", "+380689"
"""How the phones begin, by what becomes of them; the fickle opt out whenever they like."""
IMPORTED = "+38050"
"""How the phones of people begin who are entered while the campaigns run."""
PEOPLE_IN_AN_IMPORT = 10

Row = tuple[str, str, str]
"""Phone, name, city."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """So many campaigns, and as many groups; each group with so many people of its own."""

    campaigns: int
    people: int

    def lasting(self) -> list[int]:
        """Return the numbers of the campaigns that nobody means to cancel."""
        return [number for number in range(self.campaigns) if not is_doomed(number)]

    def wanted(self) -> int:
        """Return how many messages those must come to."""
        return sum(len(self.expected(number)) for number in self.lasting())

    def groups_of(self, campaign: int) -> tuple[int, int]:
        """Return the numbers of the groups that a campaign goes to."""
        return campaign, (campaign + 1) % self.campaigns

    def expected(self, campaign: int) -> set[str]:
        """Return the phones that a campaign must reach, each once."""
        return {phone for group in self.groups_of(campaign) for phone in (*self.own(group), *self.borrowed(group))}

    def own(self, group: int) -> list[str]:
        """Return the phones of a group's own people."""
        return _phones(OWN, group, self.people)

    def borrowed(self, group: int) -> list[str]:
        """Return the phones that stand in the next group too."""
        return self.own((group + 1) % self.campaigns)[: self.people // 2]

    def others(self, beginning: str, group: int) -> list[str]:
        """Return the phones of a group's people whom something keeps from being reached."""
        return _phones(beginning, group, max(1, self.people // 10))

    def rows(self, group: int) -> Iterator[Row]:
        """Yield a group's rows as its spreadsheet has them; the first person stands there twice."""
        own = self.own(group)
        for phone in [*own, *self.others(OPTED_OUT, group), *self.others(FICKLE, group)]:
            yield phone, f"N{phone[-5:]}", "Lviv"
        for phone in [*self.borrowed(group), own[0]]:
            yield respelt(phone), f"N{phone[-5:]}", "Lviv"
        for phone in self.others(NAMELESS, group):
            yield phone, "", "Lviv"
        for phone in self.others(TOO_LONG, group):
            yield phone, f"N{phone[-5:]}", "x" * 1000


def plan_for(messages: int, campaigns: int) -> Plan:
    """Return a plan in which a third of the messages come from campaigns that last."""
    lasting = sum(not is_doomed(number) for number in range(campaigns))
    return Plan(campaigns=campaigns, people=max(2, messages // 3 * 2 // (5 * lasting)) if lasting else 0)


def is_doomed(campaign: int) -> bool:
    """Tell whether somebody means to cancel this campaign."""
    return campaign % 5 == 4


def mark(campaign: int) -> str:
    """Return the name of a campaign, which is the first word of all its texts."""
    return f"c{campaign}"


def spreadsheet(rows: Iterator[Row]) -> io.BytesIO:
    """Return the rows as an upload."""
    text = io.StringIO()
    csv.writer(text).writerows([("phone", "name", "city"), *rows])
    return io.BytesIO(text.getvalue().encode())


def respelt(phone: str) -> str:
    """Return a phone as people write it at home."""
    return f"0{phone[4:6]} {phone[6:9]}-{phone[9:]}"


def newcomers(number: int) -> list[str]:
    """Return the phones that one import brings for the first time."""
    return [f"{IMPORTED}{number:04d}{place:03d}" for place in range(PEOPLE_IN_AN_IMPORT)]


def _phones(beginning: str, group: int, count: int) -> list[str]:
    digits = 13 - len(beginning) - 2
    return [f"{beginning}{group:02d}{place:0{digits}d}" for place in range(count)]
