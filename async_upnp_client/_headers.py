"""Maps of headers, whose names match in any case and keep the one they came in (UDA 2.0 §1.1.2).

Every chapter of the UDA hands headers round in these. Knows nothing of what any header means.
"""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from typing import Any, Final


class lowerstr(str):  # noqa: N801  # the name of 0.49.0
    """Text that is known to be lower case, so that nobody lowers it again."""

    __slots__ = ()


def shown(text: object, limit: int = 200) -> str:
    """Text of a peer as a log may show it: control characters escaped, and no longer than `limit`."""
    text = str(text)
    cut = text[:limit]
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
    return cut if len(text) <= limit else cut + "…"


NO_SPELLING: Final[Mapping[str, str]] = {}


class CaseInsensitiveDict(MutableMapping[str, Any]):
    """Mapping of header names, in any case, to values; there is one entry per name.

    Iteration gives the names in the order and the spelling in which they came.
    """

    # `_spelling` has only the names that are not lower case. It is shared between copies, and between packets
    # of one sender, and therefore replaced and never changed.
    __slots__ = ("_spelling", "_values")

    _values: dict[str, Any]
    _spelling: Mapping[str, str]

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if type(data) is CaseInsensitiveDict:  # isinstance takes long for a class with an abstract base
            self._values = data._values.copy()
            self._spelling = data._spelling
            data = None
        else:
            self._values = {}
            self._spelling = NO_SPELLING
        if data:
            self._add(data)
        if kwargs:
            self._add(kwargs)

    @classmethod
    def from_decoded(cls, values: dict[str, Any], spelling: Mapping[str, str]) -> "CaseInsensitiveDict":
        """Take values by lower-case name, and the names that came in another spelling, without a copy."""
        new = cls.__new__(cls)
        new._values = values
        new._spelling = spelling
        return new

    def _add(self, data: Mapping[str, Any]) -> None:
        values = self._values
        spelling = dict(self._spelling)
        for name, value in data.items():
            lower = name.lower()
            if lower not in values:
                if lower != name:
                    spelling[lower] = name
            elif spelling.get(lower, lower) != name:
                # another spelling of a known name: the old entry goes, the new one stands last
                del values[lower]
                spelling[lower] = name
                if lower == name:
                    del spelling[lower]
            values[lower] = value
        self._spelling = spelling or NO_SPELLING

    def __getitem__(self, key: str) -> Any:
        return self._values[key.lower()]

    def __setitem__(self, key: str, value: Any) -> None:
        lower = key.lower()
        if self._spelling.get(lower, lower) == key:
            self._values[lower] = value
        else:
            self._add({key: value})

    def __delitem__(self, key: str) -> None:
        self.del_lower(key.lower())

    def __contains__(self, key: object) -> bool:
        return key.lower() in self._values  # type: ignore[attr-defined]  # AttributeError is the contract

    def __iter__(self) -> Iterator[str]:
        return iter(self.as_dict()) if self._spelling else iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """Value of a name, or the default."""
        return self._values.get(key.lower(), default)

    def keys(self) -> KeysView[str]:
        """Names as they came; a snapshot."""
        return self.as_dict().keys()

    def items(self) -> ItemsView[str, Any]:
        """Names as they came, with their values; a snapshot."""
        return self.as_dict().items()

    def values(self) -> ValuesView[Any]:
        """Values, in the order of the names."""
        return self._values.values()

    def copy(self) -> "CaseInsensitiveDict":
        """Shallow copy."""
        return self.from_decoded(self._values.copy(), self._spelling)

    __copy__ = copy

    def combine(self, other: "CaseInsensitiveDict") -> "CaseInsensitiveDict":
        """Return a new mapping of both: values of `other` win, spellings of this one stay."""
        spelling = self._spelling
        if other._spelling is not spelling and not other._spelling.keys() <= self._values.keys():
            theirs = {name: text for name, text in other._spelling.items() if name not in self._values}
            spelling = {**theirs, **spelling}
        return self.from_decoded({**self._values, **other._values}, spelling)

    def combine_lower_dict(self, lower_dict: Mapping[lowerstr, Any]) -> "CaseInsensitiveDict":
        """Return a new mapping of both: values of `lower_dict` win, spellings of this one stay."""
        values: dict[Any, Any] = self._values.copy()
        values.update(lower_dict)
        return self.from_decoded(values, self._spelling)

    @property
    def spelling(self) -> Mapping[str, str]:
        """Names that came in another case, by lower-case name. Many share it: it is for reading."""
        return self._spelling

    def case_map(self) -> dict[str, str]:
        """Names as they came, by lower-case name; a snapshot."""
        return {lower: self._spelling.get(lower, lower) for lower in self._values}

    def as_dict(self) -> dict[str, Any]:
        """Plain dict by names as they came; a snapshot."""
        if not self._spelling:
            return self._values.copy()
        spelled = self._spelling.get
        return {spelled(lower, lower): value for lower, value in self._values.items()}

    def as_lower_dict(self) -> dict[str, Any]:
        """Plain dict by lower-case names; a snapshot."""
        return self._values.copy()

    def peek_lower(self) -> Mapping[str, Any]:
        """Return what the headers have by lower-case names, without a copy: it is for reading."""
        return self._values

    def get_lower(self, lower_key: str, default: Any = None) -> Any:
        """Value of a name that is lower case already, or the default."""
        return self._values.get(lower_key, default)

    def set_lower(self, lower_key: str, value: Any) -> None:
        """Set the value of a name that is lower case, and was not spelled otherwise."""
        self._values[lower_key] = value

    def lower_values_true(self, lower_keys: tuple[str, ...]) -> bool:
        """Whether each of these lower-case names is here with a value that is true."""
        values = self._values
        return all(values.get(key) for key in lower_keys)

    def replace(self, new_data: Mapping[str, Any]) -> None:
        """Take over the entries of another mapping in place of one's own."""
        other = CaseInsensitiveDict(new_data)
        self._values, self._spelling = other._values, other._spelling

    def del_lower(self, lower_key: str) -> None:
        """Delete the entry of a name that is lower case already; KeyError if there is none."""
        del self._values[lower_key]
        if lower_key in self._spelling:
            self._spelling = {name: text for name, text in self._spelling.items() if name != lower_key}

    def __eq__(self, other: object) -> bool:
        if type(other) is CaseInsensitiveDict:
            return self._values == other._values
        if isinstance(other, Mapping):
            return self._values == {str(name).lower(): value for name, value in other.items()}
        return NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(self.as_dict())
