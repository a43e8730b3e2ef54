"""Send Viber messages from a Django site, each exactly once."""

__version__ = "0.1.0"
