"""The tutorial, followed step by step: its commands, its code, its pages; a word that no page shows fails."""

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts.environments import ROOT, Environment, Failed, run
from tests.hosts.pages import PAGES
from tests.hosts.person import Person
from tests.hosts.terminals import free_port, terminal
from tests.hosts.visits import empty

TUTORIAL = ROOT / "docs" / "tutorial.md"
PORTS = ("8000", "8099")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVERS = {"runserver": ["{8000}", "--noreload"], "viber_sandbox": ["--port", "{8099}"], "viber_worker": []}
"""Commands that go on until they are stopped, and how they are told other ports."""
OWNER = {f"DJANGO_SUPERUSER_{name}": "owner@shop.example" for name in ("USERNAME", "EMAIL", "PASSWORD")}


def visit_tutorial(environment: Environment, site: Path) -> str:
    """Follow it in an empty directory; other ports than its own, since somebody may be at work here."""
    began = time.monotonic()
    empty(site)
    ports = {port: str(free_port()) for port in PORTS}
    with ExitStack() as running:
        follower = Follower(site=site, ports=ports, environment=environment.of_a_person, running=running)
        for section in TUTORIAL.read_text(encoding="utf-8").split("\n## "):
            follower.follow(section)
    return f"{follower.steps} steps of a person, {time.monotonic() - began:.0f} s of the machine."


@dataclass(kw_only=True)
class Follower:
    """Does what a section says, in the order in which it says it."""

    site: Path
    ports: dict[str, str]
    environment: dict[str, str]
    running: ExitStack
    person: Person = field(default_factory=Person)
    typed: int = 0

    @property
    def steps(self) -> int:
        """How much a person had to type or press."""
        return self.typed + len(self.person.steps)

    def follow(self, section: str) -> None:
        """Run the section's blocks, do on its pages what it says, and find there all the words that it promises."""
        heading, _newline, text = section.partition("\n")
        for kind, block in BLOCK.findall(text):
            (self._command if kind == "console" else self._code)(block)
        if heading in PAGES:
            PAGES[heading](self.person, self.ports)
            self._find_words(heading, BLOCK.sub("", text))

    def _command(self, block: str) -> None:
        for line in block.splitlines():
            self.typed += 1
            words = line.split()
            if words[-1] in SERVERS:
                more = [self.ports.get(word.strip("{}"), word) for word in SERVERS[words[-1]]]
                self.running.enter_context(terminal([*words, *more], self.site, self.environment))
            else:
                more = ["--noinput"] if words[-1] == "createsuperuser" else []
                run([*words, *more], cwd=self.site, **self.environment, **OWNER)

    def _code(self, block: str) -> None:
        """Write settings at the end of the settings, and the rest into the shell."""
        self.typed += 1
        if "INSTALLED_APPS" in block:
            with (self.site / "mysite" / "settings.py").open("a", encoding="utf-8") as settings:
                settings.write(block.replace("8099", self.ports["8099"]))
        else:
            told = run(
                [".venv/bin/python", "manage.py", "shell", "-c", f"{block}\nprint(message.state)"], cwd=self.site
            )
            if not told.endswith("accepted\n"):
                raise Failed(told)

    def _find_words(self, heading: str, text: str) -> None:
        for words in re.findall(r"(?<!\*)\*([^*]+)\*", text):
            if " ".join(words.split()) not in self.person.has_read:
                raise Failed(f"No page under “{heading}” says “{words}”.")
