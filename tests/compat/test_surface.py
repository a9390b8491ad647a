"""What users of 0.49.0 import, call and subclass is there, by the same names, with the same signatures."""

import importlib
from types import ModuleType

import pytest

from tests.compat.surface import NOT_YET, SURFACE, missing_of

ROWS = [
    (module, kind, name) for module, spec in SURFACE.items() for kind, names in spec.items() for name in names
]
NOW = [row for row in ROWS if row[0] not in NOT_YET]

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


@pytest.mark.parametrize("name", [name for name in SURFACE if name not in NOT_YET])
def test_module_is_there(name: str) -> None:
    assert importlib.import_module(name).__doc__


@pytest.mark.parametrize(("module", "kind", "name"), NOW, ids=[f"{module}.{name}" for module, _, name in NOW])
def test_name_is_there(module: str, kind: str, name: str) -> None:
    assert not missing_of(importlib.import_module(module), kind, name)


@pytest.mark.parametrize(("module", "name"), ALSO_IN)
def test_name_is_there_too(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"async_upnp_client.{module}"), name)


def whole_module(name: str) -> ModuleType | None:
    """Return a module if everything of 0.49.0 is in it."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        return None
    rows = [(kind, row) for row_module, kind, row in ROWS if row_module == name]
    return None if any(missing_of(module, kind, row) for kind, row in rows) else module


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_list_of_what_is_not_yet_shrinks(name: str) -> None:
    assert name in SURFACE
    assert whole_module(name) is None, f"{name} is whole: take it off NOT_YET"
