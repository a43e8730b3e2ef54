"""The numbers of parts of SMS, as the gateway counted them: what it charges for."""

from collections import defaultdict
from collections.abc import Mapping

from viber_messaging.delivery.storage import tables


def save(counts: Mapping[int, int | None]) -> None:
    """Save the number of parts by message key, for SMS that lack it; one statement for each number.

    Call it in the transaction that writes what else the answer says.
    """
    by_count = defaultdict[int, list[int]](list)
    for pk, count in counts.items():
        if count:
            by_count[count].append(pk)
    for count, pks in by_count.items():
        tables.messages().by_sms().filter(pk__in=pks, sms_count=None).update(sms_count=count)
