"""What there may be one of: a second one is refused by a sentence that says what it is."""

import pytest
from django.core.exceptions import ValidationError

from viber_messaging.models import Recipient, RecipientGroup, Sender

TOLD = [
    (RecipientGroup, {"name": "Весна"}, "A group with this name already exists."),
    (Recipient, {"phone": "+380971234567"}, "A recipient with this phone number already exists."),
    (Sender, {"name": "SMSTest"}, "A sender with this name already exists."),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "fields", "sentence"), TOLD)
def test_a_second_one_is_refused_in_words_that_fit_what_it_is(model, fields, sentence):
    model.objects.create(**fields)
    with pytest.raises(ValidationError) as refused:
        model(**fields).full_clean()
    assert refused.value.message_dict == {next(iter(fields)): [sentence]}
