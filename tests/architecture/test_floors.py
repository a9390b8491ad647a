"""Who may import whom: down only, from lower floors, or acyclically from the same floor."""

import graphlib

import pytest

from tests.architecture.house import MODULES, Module, is_in, target

# Lowest first. A name covers the module and everything inside it.
FLOORS: dict[str, frozenset[str]] = {
    "words": frozenset(
        {
            "exceptions",
            "const",
            "_headers",
            "_product",
            "_diagnostics",
            "_addresses",
            "_safe_hosts",
            "_networks",
            "_datatypes",
            "_slices",
            "_xml",
            "_xml_bounds",
            "_xml_flat",
            "_xml_known",
            "_xml_repair",
            "_xml_parts",
            "_xml_sliced",
            "limits",
            "url_policy",
        }
    ),
    "protocol": frozenset({"_protocol"}),
    "wire": frozenset(
        {
            "ssdp",
            "utils",
            "_callbacks",
            "_interfaces",
            "_local_ip",
            "_quiet",
            "_race",
            "_ssdp_intake",
            "_ssdp_sockets",
            "_suspended",
            "_turns",
        }
    ),
    "control point": frozenset(
        {
            "advertisement",
            "search",
            "ssdp_listener",
            "ssdp_client",
            "ssdp_interfaces",
            "description_cache",
            "client",
            "client_factory",
            "event_handler",
            "device_updater",
            "_event_handler_register",
            "_event_requests",
            "_incoming_events",
            "_notify_server",
            "_presence",
            "_seeking",
            "_subscriber",
            "_subscriptions",
            "subscription",
        }
    ),
    "outside": frozenset({"aiohttp", "locating", "server", "_http"}),
    "profiles": frozenset({"profiles"}),
    "virtual devices": frozenset({"virtual"}),
    "command line": frozenset({"cli"}),
}
HEIGHTS = {name: height for height, name in enumerate(FLOORS)}
WIRE = HEIGHTS["wire"]

# Windows that are modules, not packages: nobody in the house looks through them.
FLAT_WINDOWS = frozenset({"utils", "ssdp_client"})

every_module = pytest.mark.parametrize(
    "module", [m for m in MODULES.values() if m.name], ids=lambda m: m.name
)


def height(name: str) -> int:
    """Return the number of a module's floor."""
    return next(HEIGHTS[floor] for floor, names in FLOORS.items() if is_in(name, names))


def imported(module: Module) -> list[tuple[str, int]]:
    """Return what a module imports of the package when it runs, with the line; not the package itself."""
    found = ((target(i.name), i.line) for i in module.imports if not i.only_for_types)
    return [(name, line) for name, line in found if name and name != module.name]


@every_module
def test_a_module_has_one_floor(module: Module) -> None:
    floors = [floor for floor, names in FLOORS.items() if is_in(module.name, names)]
    assert len(floors) == 1, f"{module.name} stands on {floors or 'no floor'}"


@every_module
def test_imports_go_down(module: Module) -> None:
    up = [
        f"line {line}: {name} (floor {height(name)})"
        for name, line in imported(module)
        if height(name) > height(module.name)
    ]
    assert not up, f"{module.name} is on floor {height(module.name)}, and imports {up}"


def test_imports_make_no_circle() -> None:
    graph = {module.name: {name for name, _ in imported(module)} for module in MODULES.values()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as err:
        pytest.fail(f"a circle of imports: {' -> '.join(err.args[1])}")


@every_module
def test_below_the_control_point_private_does_not_import_public(module: Module) -> None:
    if not module.is_private or height(module.name) > WIRE:
        return
    public = [
        f"line {line}: {name}"
        for name, line in imported(module)
        if not MODULES[name].is_private and name not in ("exceptions", "const", "limits", "url_policy")
    ]
    assert not public, f"{module.name} is private, and imports {public}"


@every_module
def test_nobody_looks_through_a_window_of_the_own_package(module: Module) -> None:
    if module.is_window:
        return
    own = {module.package} - {""} if not module.is_package else set()
    through = [
        f"line {line}: {name}"
        for name, line in imported(module)
        if name in FLAT_WINDOWS or (name in own and MODULES[name].is_window)
    ]
    assert not through, f"{module.name} imports through a window: {through}; take it from where it lives"


@every_module
def test_imports_for_types_stay_in_the_package(module: Module) -> None:
    # A type that must be named across floors is a record or a Protocol.
    strangers = []
    for found in module.imports:
        name = target(found.name)
        if found.only_for_types and name and (not module.package or MODULES[name].package != module.package):
            strangers.append(f"line {found.line}: {name}")
    assert not strangers, f"{module.name} imports for types only: {strangers}"


VIRTUAL = [module for module in MODULES.values() if is_in(module.name, {"virtual"})]


@pytest.mark.parametrize("module", VIRTUAL, ids=lambda m: m.name)
def test_virtual_devices_are_made_of_what_authors_have(module: Module) -> None:
    private = [
        f"line {line}: {name}"
        for name, line in imported(module)
        if MODULES[name].is_private and name != "_xml"
    ]
    inside = [f"line {line}: {name}" for name, line in imported(module) if name.startswith("server.")]
    assert not private + inside, f"{module.name} is to be built on the public API, not on {private + inside}"
