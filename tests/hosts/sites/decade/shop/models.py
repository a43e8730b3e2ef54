import uuid

from django.conf import settings
from django.db import models

from viber_messaging.api import send_message


class Order(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    def tell_customer(self):
        return send_message(
            self.customer, "Замовлення готове", sender="Kvitka", metadata={"order": self.pk}, about=self
        )
