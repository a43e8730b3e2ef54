"""System checks: each has one concern, its own id, and a hint. Importing this package registers them.

No check reads a value that another check reports, raises an exception, or shows the key or the address.
"""

from viber_messaging.checks.address import (
    check_address,
    check_address_secrets,
    check_encryption,
    check_live_address,
    check_only_phones,
    check_stand_in_address,
)
from viber_messaging.checks.database import check_character_set, check_router, check_router_migrates, check_tables
from viber_messaging.checks.dispatch import check_celery, check_dispatch, check_sqlite, check_task_backend, check_tasks
from viber_messaging.checks.durations import check_claim_timeout, check_request_timeouts, check_resend_window
from viber_messaging.checks.extensions import check_gateway, check_resolver
from viber_messaging.checks.setting_values import (
    check_deployed_key,
    check_dict,
    check_key_is_clean,
    check_key_is_written,
    check_names,
    check_setting_name,
    check_values,
)
from viber_messaging.checks.site import (
    check_image_storage,
    check_import_export,
    check_region,
    check_time_zone,
    check_use_tz,
)

__all__ = [
    "check_address",
    "check_address_secrets",
    "check_celery",
    "check_character_set",
    "check_claim_timeout",
    "check_deployed_key",
    "check_dict",
    "check_dispatch",
    "check_encryption",
    "check_gateway",
    "check_image_storage",
    "check_import_export",
    "check_key_is_clean",
    "check_key_is_written",
    "check_live_address",
    "check_names",
    "check_only_phones",
    "check_region",
    "check_request_timeouts",
    "check_resend_window",
    "check_resolver",
    "check_router",
    "check_router_migrates",
    "check_setting_name",
    "check_sqlite",
    "check_stand_in_address",
    "check_tables",
    "check_task_backend",
    "check_tasks",
    "check_time_zone",
    "check_use_tz",
    "check_values",
]
