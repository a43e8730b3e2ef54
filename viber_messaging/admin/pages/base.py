"""What every admin of ours shares: the banner, the looks, one way to render a page, and a border around each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from viber_messaging.admin.pages import address
from viber_messaging.admin.pages.banner import read_banner
from viber_messaging.admin.pages.changelist import CappedPaginator, List
from viber_messaging.admin.pages.error_privacy import discreet
from viber_messaging.admin.pages.form_recovery import typed_by
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.permissions import may_send

if TYPE_CHECKING:
    from viber_messaging.admin.pages.view import AdminView

NOTHING = "–"
"""Stands where there is nothing to show."""

AS_NEW = "_saveasnew"
"""Django shows the page of an object that is not there yet, if this button is pressed where there is none."""

FORMS = ("_add", "_change", "_changelist", "_delete")
"""How the names of Django's own pages end: their forms tell what is wrong with what is posted."""


class BaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin whose pages say at once when nothing can be sent."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = CappedPaginator

    class Media:
        css = {"all": ["viber_messaging/themes.css", "viber_messaging/admin.css"]}
        js = ["viber_messaging/typed.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[List]:
        """Return the list that is never counted to its end."""
        return List

    @property
    def urls(self) -> list[URLPattern]:
        """Return Django's URLs and ours, each behind the border that no phone and no text crosses in an error mail."""
        patterns = self.get_urls()
        for pattern in patterns:
            is_form = str(pattern.name).endswith(FORMS)
            pattern.callback = discreet(address.keepable(pattern.callback, is_form=is_form))
        return patterns

    def page(self, route: str, view: "type[AdminView]", name: str) -> URLPattern:
        """Return the URL of a page of ours, for ``get_urls``: the view is given this admin, and asks for a login."""
        wrapped = self.admin_site.admin_view(view.as_view(model_admin=self))
        return path(route, wrapped, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def url_to(self, page: str, *args: object) -> str:
        """Return the address of one of this model's pages in this admin."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let an address ask for what a filter of this list asks for: other lookups may read every row for long."""
        named = {name for field in self.opts.get_fields() for name in (field.name, getattr(field, "attname", ""))}
        is_of_rows = lookup.partition("__")[0] in {*named, "pk"}
        is_asked = not is_of_rows or address.is_asked_by(self.get_list_filter(request), lookup)
        return is_asked and bool(super().lookup_allowed(lookup, value, request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the object; an empty name of a field in the address names none."""
        return super().get_object(request, object_id, from_field or None)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new form with what the address holds for its fields, as far as they accept it."""
        return address.initial_of(self.get_form(request), super().get_changeform_initial_data(request))

    def formfield_for_manytomany(self, *args: Any, **kwargs: Any) -> Any:
        """Return the field of Django's, in a form that any key may be posted to."""
        return super().formfield_for_manytomany(*args, **{"form_class": address.KeysField, **kwargs})

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Offer to delete many, also by an action of our own, only where the site has not switched that off."""
        # Django 6.1 says where the actions will stand; the versions before it do not know the word.
        where = {} if action_location is None else {"action_location": action_location}
        actions: dict[str, Any] = super().get_actions(request, **where)
        if "delete_selected" not in [name for name, _action in self.admin_site.actions]:
            actions.pop("delete_selected", None)
        return actions

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the template of the list needs beside Django's own; the buttons above it, for example."""
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, under the banner where there is one."""
        request.POST = address.with_possible_keys(self.model, request.POST)  # type: ignore[assignment]
        context = {**self.list_context(request), **(extra_context or {})}
        return super().changelist_view(request, self._with_banner(request, context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form, under the banner where there is one."""
        if AS_NEW in request.POST and not self.save_as:
            request.POST = address.without(request.POST, AS_NEW)  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, self._with_banner(request, extra_context))

    def render_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """Show a page of ours inside the admin, under the banner where there is one."""
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        request.current_app = self.admin_site.name
        name = f"admin/viber_messaging/{template}"
        return TemplateResponse(request, name, self._with_banner(request, {**shared, **context}))

    def render_gone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Tell that what was asked for is not there, and lead home, as Django's own pages do."""
        lead_home: Any = getattr(self, "_get_obj_does_not_exist_redirect")  # noqa: B009 (the stubs do not know it)
        response: HttpResponse = lead_home(request, self.opts, object_id)
        return response

    def say(self, request: HttpRequest, sentences: Iterable[Sentence]) -> None:
        """Tell the person what was done, on the next page."""
        for level, sentence in sentences:
            self.message_user(request, sentence, level)

    def _with_banner(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> dict[str, Any]:
        banner = read_banner(request, self.admin_site.name, may_try=may_send(request))
        return {"viber_banner": banner, "viber_typed": typed_by(request), **(extra_context or {})}
