"""The package as its own tests read it: modules, what they import, what they define. Nothing is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "async_upnp_client"
TOP = Path(__file__).parents[2]
ROOT = TOP / PACKAGE
TESTS = TOP / "tests"


@dataclass(frozen=True)
class Import:
    """One imported name, in full: `asyncio`, `async_upnp_client.const.NS`."""

    name: str
    line: int
    only_for_types: bool
    in_function: bool


@dataclass(frozen=True)
class Module:
    """One module, by its name inside the package: `const`, `client.device`; the package itself is ""."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What stands in it, parsed."""
        return ast.parse(self.text, str(self.path))

    @property
    def full_name(self) -> str:
        """The name to import it by."""
        return f"{PACKAGE}.{self.name}".rstrip(".")

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__` of a package."""
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        """The package it is in, or that it is the `__init__` of."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def is_private(self) -> bool:
        """Whether users may not import it."""
        return any(part.startswith("_") and part != "__main__" for part in self.name.split("."))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything it imports, wherever."""
        return tuple(_imports(self.tree, only_for_types=False, in_function=False))

    @cached_property
    def is_window(self) -> bool:
        """Whether it only re-exports: a docstring, imports, `__all__`, the version."""
        return all(_is_of_a_window(node) for node in self.tree.body)


def _is_of_a_window(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(
            isinstance(name, ast.Name) and name.id in ("__all__", "__version__") for name in node.targets
        )
    return isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _imports(node: ast.AST, *, only_for_types: bool, in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, only_for_types, in_function)
        elif isinstance(child, ast.ImportFrom):
            source = "." * child.level + (child.module or "")
            for alias in child.names:
                yield Import(f"{source}.{alias.name}", child.lineno, only_for_types, in_function)
        else:
            types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(
                child, only_for_types=only_for_types or types, in_function=in_function or function
            )


def read_package() -> dict[str, Module]:
    """Read every module of the package, by name."""
    modules = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path)
    return modules


MODULES = read_package()


def target(name: str) -> str | None:
    """Return the module of the package that an imported name is, or is in; None for what others wrote."""
    if name != PACKAGE and not name.startswith(f"{PACKAGE}."):
        return None
    inside = name.removeprefix(PACKAGE).lstrip(".")
    return inside if inside in MODULES else inside.rpartition(".")[0]


def is_in(module: str, names: frozenset[str] | set[str]) -> bool:
    """Tell whether a module is one of these, or inside one of them."""
    return any(module == name or module.startswith(f"{name}.") for name in names)


def called_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield what a tree calls, dotted as it is written, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno
