"""What axe-core finds wrong with a page for those who cannot see it well, or use no mouse."""

from collections.abc import Iterator
from typing import Any

GRAVE = ("serious", "critical")

NOT_OURS = {
    "link-in-text-block": ".breadcrumbs, .delete-confirmation, #changelist-search",
    "label-title-only": "#searchbar",
    "aria-prohibited-attr": ".selector .help-tooltip",
}
"""Rules by which Django's own parts of a page fall short, and those parts: links without an underline, a search whose
label is a picture with a text, tooltips of the two boxes beside each other."""

RUN = """async notOurs => {
    const found = await axe.run(document, {resultTypes: ["violations"], elementRef: true});
    const isOurs = (id, element) => !(id in notOurs && element && element.closest(notOurs[id]));
    return found.violations.map(({id, impact, nodes}) => ({id, impact, nodes: nodes
        .filter(({element}) => isOurs(id, element))
        .map(({target, html, failureSummary}) => ({target: target.join(" "), html, failureSummary}))}));
}"""


def complaints(page: Any) -> list[str]:
    """Return what is serious or critical, a sentence each; injected past the page's content security policy."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.wait_for_load_state("load")
    page.evaluate(AXE_SCRIPT + ";undefined")
    return [
        told for violation in page.evaluate(RUN, NOT_OURS) if violation["impact"] in GRAVE for told in _told(violation)
    ]


def _told(violation: dict[str, Any]) -> Iterator[str]:
    for node in violation["nodes"]:
        summary = " ".join(node["failureSummary"].split())
        yield f"{violation['id']} at {node['target']}: {summary} {node['html'][:200]}"
