"""Links between our pages. A site may register only some of our models; pages that it lacks are not linked."""

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html


def url_of(page: str, site_name: str, *args: object) -> str:
    """Return the URL of a page, such as ``viber_messaging_message_change``, in this admin; empty if there is none."""
    try:
        return reverse(f"admin:{page}", args=args, current_app=site_name)
    except NoReverseMatch:
        return ""


def linked(url: str, text: object) -> str:
    """Return the text as a link; unchanged if there is no URL."""
    return format_html('<a href="{}">{}</a>', url, text) if url else str(text)
