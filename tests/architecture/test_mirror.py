"""The tests mirror the package: what is untested, and what tests nothing, shows by its name."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import MODULES, ROOT, TESTS, Module

UNIT = TESTS / "unit"
PURE = sorted((UNIT / "protocol").rglob("*.py"))
DOUBLES = ("patch", "monkeypatch", "Mock", "MagicMock", "AsyncMock", "create_autospec", "mocker")
WAITS = ("sleep", "wait_for", "run_in_executor", "new_event_loop", "get_running_loop")


def mirror(module: Module) -> Path:
    """Return where a module's tests are: `_protocol/control.py` -> `tests/unit/protocol/test_control.py`."""
    *folders, name = (part.strip("_") for part in module.path.relative_to(ROOT).with_suffix("").parts)
    return UNIT.joinpath(*folders, f"test_{name}.py")


CODE = [module for module in MODULES.values() if not module.is_window and module.name != "cli.__main__"]


@pytest.mark.parametrize("module", CODE, ids=lambda m: m.name)
def test_a_module_has_tests(module: Module) -> None:
    assert mirror(module).exists(), (
        f"{module.full_name} is tested by {mirror(module).relative_to(TESTS.parent)}"
    )


def test_tests_have_a_module() -> None:
    known = {mirror(module).relative_to(UNIT).with_suffix("") for module in MODULES.values() if module.name}
    for path in sorted(UNIT.rglob("test_*.py")):
        inside = path.relative_to(UNIT).with_suffix("")
        # `test_control_properties` and the like hold one question about `control`
        mirrored = any(
            k.parent == inside.parent and f"{inside.name}_".startswith(f"{k.name}_") for k in known
        )
        assert mirrored, f"{path.relative_to(TESTS.parent)} mirrors no module of the package"


def test_test_folders_are_packages() -> None:
    folders = {path.parent for path in TESTS.rglob("test_*.py")}
    assert not [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()]


def names_in(tree: ast.AST) -> set[str]:
    """Return every name, attribute and parameter that a tree speaks of."""
    return (
        {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    )


@pytest.mark.parametrize("path", PURE, ids=lambda p: p.stem)
def test_the_protocol_is_tested_without_doubles_and_without_waiting(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = names_in(tree) & {*DOUBLES, *WAITS}
    coroutines = [node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    assert not used, f"{path.name} uses {sorted(used)}: pass the thing, or the time, as an argument"
    assert not coroutines, f"{path.name} needs a loop for {coroutines}"


def test_nothing_sleeps_to_wait() -> None:
    # Yielding once, `asyncio.sleep(0)`, is no waiting. What a device or a network takes has a name.
    guilty = []
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "time.sleep",
                "asyncio.sleep",
                "sleep",
            ):
                seconds = node.args[0] if node.args else None
                if isinstance(seconds, ast.Constant) and seconds.value != 0:
                    guilty.append(f"{path.relative_to(TESTS)}:{node.lineno}")
    assert not guilty, f"sleeps in tests: {guilty}; wait for the thing itself, with a time-out"
