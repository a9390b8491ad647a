"""The elements that objects were read from, which few ask for: kept as text, and parsed for who does.

python-didl-lite's objects have them as ``xml_el``. The classes here are made from its classes, have their
names, and stand for them wherever ``isinstance`` looks.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from didl_lite.didl_lite import Descriptor, Resource

from async_upnp_client._xml import parse
from async_upnp_client.profiles.dlna.didl_names import KINDS

T = TypeVar("T")


class Source:
    """A document that objects were read from: its text, and its elements when they are asked for."""

    __slots__ = ("_elements", "_text")

    def __init__(self, text: str, elements: ET.Element | list[ET.Element] | None = None) -> None:
        """Take a text that is known to parse; or, of one that is not, the elements that were made of it."""
        self._text = text
        self._elements = elements

    def find(self, path: Sequence[int]) -> ET.Element:
        """Return an element by its number, and those of the elements in it."""
        if self._elements is None:
            self._elements = parse(self._text, namespaces=True)
            self._text = ""
        found = self._elements[path[0]]
        for number in path[1:]:
            found = found[number]
        return found


Place: TypeAlias = tuple[Any, ...]
"""Where an element is found: a source, and the path in it. A plain tuple, as there are thousands."""


class Read:
    """What was read: ``xml_el`` keeps a place until it is asked for the element there."""

    __slots__ = ()

    def __init_subclass__(cls, **_: Any) -> None:
        """Stay out of python-didl-lite's table of classes by their names, where the original stands."""

    @property
    def xml_el(self) -> ET.Element | None:
        """The element that it was read from."""
        found = vars(self)["xml_el"]
        if type(found) is tuple:
            source, *path = found
            found = vars(self)["xml_el"] = source.find(path)
        return found  # type: ignore[no-any-return]

    @xml_el.setter
    def xml_el(self, element: ET.Element | None) -> None:
        vars(self)["xml_el"] = element

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        """Have copies, and what is pickled, be python-didl-lite's own."""
        original = type(self).__mro__[2]
        values = {**vars(self), "xml_el": self.xml_el}
        return bare, (original,), values, iter(self) if isinstance(self, list) else None


def bare(kind: type[T]) -> T:
    """Make an object of which nothing is known yet."""
    return kind.__new__(kind)


READ: Final[Mapping[type, type[Any]]] = {
    kind: type(kind.__name__, (Read, kind), {"__module__": __name__, "__doc__": kind.__doc__})
    for kind in (*KINDS, Resource, Descriptor)
}
"""The class for what is read, by python-didl-lite's."""
