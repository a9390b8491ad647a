"""Habits that no linter holds: sizes, windows, docstrings of private modules, what a module keeps."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.house import MODULES, Module, called_names

MOST_LINES = 400
WINDOWS = (
    "",
    "_protocol",
    "client",
    "profiles",
    "profiles.dlna",
    "profiles.igd",
    "profiles.ohmedia",
    "server",
    "ssdp_client",
    "utils",
    "virtual",
    "virtual.gateway",
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=lambda m: m.full_name)


@every_module
def test_a_module_fits_in_a_head(module: Module) -> None:
    lines = module.text.count("\n")
    assert lines <= MOST_LINES, f"{module.full_name} has {lines} lines: which two things does it do?"


@pytest.mark.parametrize("name", [name for name in WINDOWS if name in MODULES])
def test_a_window_holds_no_code(name: str) -> None:
    assert MODULES[name].is_window, f"{MODULES[name].path} is a window: re-exports and `__all__` only"


@every_module
def test_a_module_says_what_it_is(module: Module) -> None:
    docstring = ast.get_docstring(module.tree)
    assert docstring, f"{module.full_name} has no docstring"
    assert docstring.splitlines()[0].endswith((".", ":")), (
        f"{module.full_name}: its first line is no sentence"
    )


def public_definitions(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield the functions and classes that others may use, and their methods, with their dotted names."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield inside + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body, f"{inside}{node.name}.")


def is_overload_or_setter(node: Definition) -> bool:
    """Tell whether a definition shares the docstring of another one with its name."""
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(d.endswith(("overload", ".setter", ".deleter")) for d in decorators)


@every_module
def test_what_others_use_has_a_docstring(module: Module) -> None:
    # ruff's D rules leave out modules with an underscore, where the protocol lives.
    silent = [
        f"line {node.lineno}: {name}"
        for name, node in public_definitions(module.tree.body)
        if not ast.get_docstring(node) and not is_overload_or_setter(node)
    ]
    assert not silent, f"{module.full_name}, without a docstring: {silent}"


@every_module
def test_no_module_keeps_what_changes(module: Module) -> None:
    changed = [
        f"line {node.lineno}: global {', '.join(node.names)}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]
    kept = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    for node in module.tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        names = [ast.unparse(name) for name in targets]
        if isinstance(value, kept) and not all(name == "__all__" or name.isupper() for name in names):
            changed.append(f"line {node.lineno}: {', '.join(names)}")
    assert not changed, f"{module.full_name} keeps what may change: {changed}"


@every_module
def test_nobody_asks_for_a_loop_that_does_not_run(module: Module) -> None:
    asked = [f"line {line}" for name, line in called_names(module.tree) if name.endswith("get_event_loop")]
    assert not asked, f"{module.full_name} calls get_event_loop: {asked}; get_running_loop is meant"


@every_module
def test_an_import_inside_a_function_says_why(module: Module) -> None:
    lines = module.text.splitlines()
    unexplained = [
        f"line {found.line}: {found.name}"
        for found in module.imports
        if found.in_function
        and "#" not in lines[found.line - 1]
        and not lines[found.line - 2].lstrip().startswith("#")
    ]
    assert not unexplained, f"{module.full_name}: {unexplained}"
