"""The wire: how this package talks to the gateway. It does not import Django."""
