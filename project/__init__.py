"""The demo site: what a site that uses viber_messaging may look like."""
