"""All cases, by chapter."""

from typing import Final

from tests.corpus import control, description, eventing, last_change, service_description, ssdp

CHAPTERS: Final = {
    "ssdp": ssdp.CASES,
    "description": description.CASES,
    "service-description": service_description.CASES,
    "control": control.CASES,
    "eventing": eventing.CASES,
    "last-change": last_change.CASES,
}
