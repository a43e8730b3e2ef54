"""The rows of the list of messages, with the names of the recipients."""

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from viber_messaging.admin.pages.changelist import List
from viber_messaging.admin.permissions import may_see_people
from viber_messaging.models import Recipient


class MessageList(List):
    """A list of messages that names the recipient of each phone, in the same query."""

    def get_results(self, request: HttpRequest) -> None:
        """Read a page; with names for users who may view people. Actions get the rows without them."""
        if may_see_people(request):
            people = Recipient.objects.filter(phone=OuterRef("phone"))
            self.queryset = self.queryset.annotate(recipient_name=Subquery(people.values("name")))
        super().get_results(request)
