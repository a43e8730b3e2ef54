"""Count what a person does to get a job done: clicks, and the pages that the browser loads meanwhile."""

from pathlib import Path
from typing import Any


class Person:
    """Somebody before a browser who knows the keyboard: fields are reached by Tab, and only clicks are counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0
        self.loads = 0
        page.wait_for_load_state("load")
        page.on("framenavigated", self._note)

    def _note(self, frame: Any) -> None:
        self.loads += frame == self.page.main_frame

    @property
    def effort(self) -> tuple[int, int]:
        """Return the clicks and the page loads so far."""
        self.page.wait_for_load_state("load")
        return self.clicks, self.loads

    def clicks_on(self, selector: str) -> None:
        """Click on something that is visible, without leaving the page."""
        self.clicks += 1
        self.page.click(selector)

    def goes_to(self, selector: str) -> None:
        """Click on what leads to another page."""
        with self.page.expect_navigation():
            self.clicks_on(selector)

    def presses_enter(self) -> None:
        """Press Enter in a field that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def chooses_file(self, selector: str, path: Path) -> None:
        """Click on a field for a file, and choose the file in the window of the system."""
        with self.page.expect_file_chooser() as chooser:
            self.clicks_on(selector)
        chooser.value.set_files(path)

    def types(self, selector: str, text: str) -> None:
        """Press Tab until the field has the focus, and type."""
        for _ in range(40):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"Tab does not reach {selector}")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
