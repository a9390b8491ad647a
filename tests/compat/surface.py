"""The public surface of release 0.49.0, and what is missing of it in a module or a class.

The data is in `surface_0_49_0.json`: names, signatures, values, read off the installed release. Signatures
are written as Python writes them, without annotations; a default `...` stands for one that has no text of its
own. Extra names, and extra parameters that have a default, are welcome.
"""

import ast
import enum
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

SURFACE: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("surface_0_49_0.json").read_text())


def missing_of(module: ModuleType, kind: str, name: str) -> list[str]:
    """Return what is missing of one name of a module; the kind is that of the data."""
    if not hasattr(module, name):
        return [f"no {name}"]
    found, spec = getattr(module, name), SURFACE[module.__name__][kind]
    if kind == "constants":
        return [] if plain(found) == spec[name] else [f"{name} is {plain(found)!r}"]
    if kind == "functions":
        return list(missing_in_signature(found, spec[name], name))
    if kind == "classes":
        return list(missing_in_class(found, spec[name]))
    return []


def plain(value: Any) -> Any:
    """Bring a value to the form that it has in the data."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, set | frozenset):
        return {"set": sorted(map(plain, value))}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def missing_in_signature(function: Callable[..., Any], text: str, name: str) -> Iterator[str]:
    """Yield why a call that 0.49.0 takes could fail."""
    is_async = "async " in text
    if inspect.iscoroutinefunction(function) != is_async:
        yield f"{name} is {'no' if is_async else 'a'} coroutine function"
    tree = ast.parse(f"def f{text[text.index('(') :]}: pass").body[0]
    assert isinstance(tree, ast.FunctionDef), "the text is a signature"
    wanted = tree.args
    have = {n: p for n, p in inspect.signature(function).parameters.items() if n not in ("self", "cls")}
    kinds = {parameter.kind for parameter in have.values()}
    if wanted.vararg and inspect.Parameter.VAR_POSITIONAL not in kinds:
        yield f"{name} takes no *{wanted.vararg.arg}"
    if wanted.kwarg and inspect.Parameter.VAR_KEYWORD not in kinds:
        yield f"{name} takes no **{wanted.kwarg.arg}"

    positional = [argument.arg for argument in wanted.args]
    mine = [n for n, p in have.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    if mine[: len(positional)] != positional and inspect.Parameter.VAR_POSITIONAL not in kinds:
        yield f"{name} takes {mine} in this order, not {positional}"
    defaults = dict(zip(positional[len(positional) - len(wanted.defaults) :], wanted.defaults, strict=True))
    for argument, default in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = default
    known = {*positional, *(argument.arg for argument in wanted.kwonlyargs)}
    for argument_name in sorted(known - have.keys()):
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            yield f"{name} takes no {argument_name}"
    for argument_name, parameter in have.items():
        yield from _missing_in_parameter(name, parameter, defaults, argument_name in known)


def _missing_in_parameter(
    name: str, parameter: inspect.Parameter, defaults: Mapping[str, ast.expr], is_known: bool
) -> Iterator[str]:
    if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
        return
    has_default = parameter.default is not parameter.empty
    wanted = defaults.get(parameter.name)
    if not has_default and (wanted is not None or not is_known):
        yield f"{name} needs a default for {parameter.name}"
    if has_default and wanted is not None:
        text = ast.unparse(wanted)
        if text not in ("...", repr(parameter.default)):
            yield f"{name} has the default {parameter.default!r} for {parameter.name}, not {text}"


def missing_in_class(cls: type, spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is missing of a class: bases, members, fields, methods, properties, attributes."""
    bases = {base.__name__ for base in cls.__mro__}
    yield from (f"does not derive from {base}" for base in spec.get("bases", ()) if base not in bases)
    members = getattr(cls, "__members__", {})
    for name, value in spec.get("members", {}).items():
        if name not in members or plain(members[name]) != value:
            yield f"has no member {name} = {value!r}"
    fields = [*getattr(cls, "_fields", ()), *getattr(cls, "__dataclass_fields__", ())]
    wanted = spec.get("fields", [])
    if fields[: len(wanted)] != wanted:
        yield f"has the fields {fields}, not {wanted}"
    if spec.get("frozen") and not cls.__dict__["__dataclass_params__"].frozen:
        yield "is not frozen"
    for name, text in spec.get("methods", {}).items():
        method = inspect.getattr_static(cls, name, None)
        if method is None:
            yield f"has no {name}"
        else:
            yield from missing_in_signature(getattr(method, "__func__", method), text, name)
            if text.startswith("classmethod") and not isinstance(method, classmethod):
                yield f"{name} is no class method"
    yield from _missing_attributes(cls, spec)


def _missing_attributes(cls: type, spec: Mapping[str, Any]) -> Iterator[str]:
    assigned = set(_assigned(cls))
    for name in (*spec.get("properties", ()), *spec.get("settable", ()), *spec.get("attributes", ())):
        if not hasattr(cls, name) and name not in assigned:
            yield f"has no {name}"
    for name in spec.get("settable", ()):
        found = inspect.getattr_static(cls, name, None)
        if isinstance(found, property) and found.fset is None:
            yield f"{name} cannot be set"
    for name, value in spec.get("attributes", {}).items():
        if value != "<present>" and hasattr(cls, name) and plain(getattr(cls, name)) != value:
            yield f"{name} is {plain(getattr(cls, name))!r}, not {value!r}"
    for name in spec.get("instance", ()):
        if not hasattr(cls, name) and name not in assigned:
            yield f"its instances have no {name}"


def _assigned(cls: type) -> Iterator[str]:
    """Yield the attributes that a class of ours annotates, or assigns in its methods."""
    for base in cls.__mro__:
        if not base.__module__.startswith("async_upnp_client"):
            continue
        yield from inspect.get_annotations(base)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                owner, _, name = ast.unparse(node).partition(".")
                if owner == "self":
                    yield name
