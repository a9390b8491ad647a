"""What users of 0.49.0 import, call and subclass is there, by the same names, with the same signatures."""

import importlib

import pytest

from tests.compat.surface import SURFACE, missing_of

ROWS = [
    (module, kind, name) for module, spec in SURFACE.items() for kind, names in spec.items() for name in names
]

# Names that dependents import from modules which only re-export them.
ALSO_IN = [
    ("client", "UpnpError"),
    ("client", "UpnpActionError"),
    ("client", "UpnpValueError"),
    ("client", "UpnpRequester"),
    ("client_factory", "UpnpDevice"),
    ("client_factory", "UpnpError"),
    ("client_factory", "UpnpRequester"),
    ("search", "AddressTupleVXType"),
    ("search", "IPvXAddress"),
    ("ssdp_listener", "SsdpSource"),
    ("ssdp_listener", "SsdpSearchListener"),
    ("aiohttp", "UpnpEventHandler"),
]


@pytest.mark.parametrize("name", list(SURFACE))
def test_module_is_there(name: str) -> None:
    assert importlib.import_module(name).__doc__


@pytest.mark.parametrize(
    ("module", "kind", "name"), ROWS, ids=[f"{module}.{name}" for module, _, name in ROWS]
)
def test_name_is_there(module: str, kind: str, name: str) -> None:
    assert not missing_of(importlib.import_module(module), kind, name)


@pytest.mark.parametrize(("module", "name"), ALSO_IN)
def test_name_is_there_too(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"async_upnp_client.{module}"), name)
