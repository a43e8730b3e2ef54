"""What a site has that sends Viber messages without this app: two models of plain fields, on the same tables."""

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils import timezone

from viber_messaging.models import Message, SendAttempt


class Row(models.Model):
    """A message: the same columns, with the validators that anybody would write."""

    phone = models.CharField(max_length=21, validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$")])
    sender = models.CharField(max_length=11)
    type = models.CharField(max_length=10, default="text")
    text = models.TextField(validators=[MaxLengthValidator(1000)])
    button = models.CharField(max_length=19, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    image = models.CharField(max_length=2000, blank=True, default="")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    recipient_id = models.BigIntegerField(null=True, blank=True)
    campaign_id = models.BigIntegerField(null=True, blank=True)
    created_by_id = models.BigIntegerField(null=True, blank=True)
    metadata: "models.JSONField[object, object]" = models.JSONField(blank=True, default=dict)
    about_model = models.CharField(max_length=201, blank=True, default="")
    about_id = models.CharField(max_length=255, blank=True, default="")
    reference = models.BigIntegerField(unique=True)
    state = models.CharField(max_length=12, default="sending")
    attempt_count = models.PositiveIntegerField(default=1)
    claim_token = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    worker_deaths = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    msg_id = models.CharField(max_length=64, blank=True, default="")
    status_code = models.IntegerField(null=True, blank=True)

    class Meta:
        app_label = "by_hand"
        managed = False
        db_table = Message._meta.db_table

    def __str__(self) -> str:
        return f"{self.reference}"


class Attempt(models.Model):
    """An attempt to send one."""

    message = models.ForeignKey(Row, on_delete=models.CASCADE)
    number = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10)
    http_status = models.PositiveSmallIntegerField(null=True)
    status_code = models.IntegerField(null=True)
    msg_id = models.CharField(max_length=64, default="")
    error = models.TextField(default="")
    reply = models.TextField(default="")

    class Meta:
        app_label = "by_hand"
        managed = False
        db_table = SendAttempt._meta.db_table

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
