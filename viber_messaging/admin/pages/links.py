"""Links between our pages. A site may register some of our models only: what has no page there is not linked."""

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html


def url_of(page: str, site_name: str, *args: object) -> str:
    """Return the address of a page, as ``viber_messaging_message_change``, in this admin; empty where it has none."""
    try:
        return reverse(f"admin:{page}", args=args, current_app=site_name)
    except NoReverseMatch:
        return ""


def linked(url: str, text: object) -> str:
    """Return the text as a link; as it is where it leads nowhere."""
    return format_html('<a href="{}">{}</a>', url, text) if url else str(text)
