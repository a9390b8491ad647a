"""Profiles: what devices of one kind have in common (media renderers, gateways, printers)."""
