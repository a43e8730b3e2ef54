"""The project's addresses: one in ``pyproject.toml``, from which the others follow."""

from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

FOLLOWING = {"Homepage": "", "Source": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}
"""The links on PyPI that follow from the repository's address."""


class Addresses(MetadataHookInterface):
    """Fill in ``project.urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the documentation, and what follows from the repository's address once it is written."""
        repository = self.config["repository"].rstrip("/")
        links = {name: f"{repository}{path}" for name, path in FOLLOWING.items()} if repository else {}
        metadata["urls"] = {"Documentation": self.config["documentation"], **links}
