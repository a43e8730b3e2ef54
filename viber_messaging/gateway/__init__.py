"""The wire: how this package speaks with the gateway. Knows no Django."""
