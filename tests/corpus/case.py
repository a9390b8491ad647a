"""What a case of the corpus is, and how it is judged."""

from dataclasses import dataclass
from typing import Any, Protocol


class Door(Protocol):
    """A way in: something comes from a device, and what a user sees of it comes out."""

    async def observed(self) -> Any:
        """Bring it in, and return what a user sees."""


@dataclass(frozen=True)
class Case:
    """A quirk of the field: what `device` does, through which door it comes, and what a user wants."""

    name: str
    device: str
    what: Door
    expectation: Any


class Raises:
    """As an expectation: an error of a documented class, with these attributes."""

    def __init__(self, kind: type[Exception], **attributes: Any) -> None:
        self.kind = kind
        self.attributes = attributes

    def __repr__(self) -> str:
        attributes = "".join(f", {name}={value!r}" for name, value in self.attributes.items())
        return f"{self.kind.__name__}{attributes}"

    def accepts(self, error: Exception) -> bool:
        """Tell whether an error is such a one."""
        return isinstance(error, self.kind) and all(
            getattr(error, name, None) == value for name, value in self.attributes.items()
        )


async def judge(case: Case) -> str:
    """Run a case; "" if all is as wanted, else what happened."""
    try:
        observed = await case.what.observed()
    except Exception as error:  # noqa: BLE001  # which one it is is what is judged
        if isinstance(case.expectation, Raises) and case.expectation.accepts(error):
            return ""
        return f"raised {type(error).__name__}: {error}"
    return "" if observed == case.expectation else repr(observed)
