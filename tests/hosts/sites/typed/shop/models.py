import uuid

from django.db import models

from viber_messaging.models import Recipient


class Customer(models.Model):
    viber_recipient = models.OneToOneField(Recipient, on_delete=models.PROTECT, related_name="customer")


class Order(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
