"""How the content of a container is asked for, page by page, of a server that may lie (row A-019): pure.

A `Pager` says what to ask for next, and is told what came of it. Servers cap pages, count what they hide,
give the same page for ever, or fail on a single object. It must not know how a page is asked for.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from didl_lite.didl_lite import Descriptor, DidlObject

from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionErrorCode,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpContentError,
    UpnpError,
    UpnpResponseError,
)
from async_upnp_client.profiles.dlna.content_directory import ALL, ContentDirectoryErrorCode

PAGE: Final = 250
"""Objects asked for at a time: some hundred KiB of text. Servers with a limit of their own give fewer."""

MOST_OBJECTS: Final = 1_000_000
"""Objects of one container: no collection has as many in one. A server that makes up new ones for ever ends
here, in UpnpContentError."""

MOST_TIMEOUTS: Final = 3
"""Times that one page may take too long, with fewer objects each time."""

MOST_SKIPPED: Final = 10
"""Objects in a row that a server fails on, until it is taken at its word that it cannot go on. As many pages
in a row may have nothing to show."""

SMALLEST_CAP: Final = 10
"""No server is known to give less than this at a time; a page with fewer objects is all that there is."""

# Asking otherwise does not help.
FINAL_CODES: Final = frozenset(
    {
        UpnpActionErrorCode.INVALID_ACTION,
        UpnpActionErrorCode.OPTIONAL_ACTION_NOT_IMPLEMENTED,
        ContentDirectoryErrorCode.NO_SUCH_OBJECT,
        ContentDirectoryErrorCode.INVALID_SEARCH_CRITERIA,
        ContentDirectoryErrorCode.NO_SUCH_CONTAINER,
    }
)
# What servers say of an index behind the last object, where they ought to give an empty page.
BEYOND_CODES: Final = frozenset(
    {
        UpnpActionErrorCode.INVALID_ARGS,
        UpnpActionErrorCode.ARGUMENT_VALUE_INVALID,
        UpnpActionErrorCode.ARGUMENT_VALUE_OUT_OF_RANGE,
        ContentDirectoryErrorCode.CANNOT_PROCESS_REQUEST,  # Java: fromIndex(0) > toIndex(-1)
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: the index of the first object, how many, with which properties, in which order."""

    start: int
    count: int
    metadata_filter: str
    sort_criteria: str


@dataclass(slots=True)
class Manners:
    """What was found out about a server, for all that it is still to be asked."""

    sorts: bool = True
    """Whether it may be asked to sort at all; HDHomeRun refuses any criteria."""
    filters: bool = True
    """Whether it may be asked for some properties only."""
    totals_hold: bool | None = None
    """Whether a total that is as large as the first page is that of the container; None if unknown."""


class Pager:
    """The content of one container: ask for ``request``, then ``take`` or ``fail``, until it is None."""

    def __init__(
        self,
        metadata_filter: str,
        sort_criteria: str,
        manners: Manners,
        *,
        page: int = PAGE,
        is_empty: bool = False,
    ) -> None:
        """Begin. With `is_empty` the server has said that there is nothing in the container.

        ValueError for pages of less than one object.
        """
        if page < 1:
            raise ValueError(f"a page has at least one object, not {page}")
        self.request: Request | None = Request(
            0,
            page,
            metadata_filter if manners.filters else ALL,
            sort_criteria if manners.sorts else "",
        )
        self._manners = manners
        self._page = page
        self._is_empty = is_empty
        self._ceiling = page  # the server has failed on more than this
        self._timeouts = 0
        self._idle = 0  # pages in a row that were skipped, or had nothing to show
        self._seen: set[Hashable] = set()
        self._total: int | None = None
        self._dropped: str | None = None  # what the request has lost since it was refused
        self._testing = False  # whether the request is to find out if totals hold

    def take(
        self, objects: Sequence[DidlObject | Descriptor], number_returned: int, total_matches: int
    ) -> list[DidlObject]:
        """Take a page, and return what is new in it. UpnpContentError for more than any container has."""
        request = self._asked()
        new = [thing for thing in objects if isinstance(thing, DidlObject) and self._is_new(thing)]
        if len(self._seen) > MOST_OBJECTS:
            raise UpnpContentError(f"a container of more than {MOST_OBJECTS} objects")
        step = len(objects)
        if step <= number_returned <= request.count:
            step = number_returned  # counts what the server hides as well
        self._total = total_matches or None  # with 0 it does not say
        self._learn(new=bool(new))
        self._timeouts = 0
        self._idle = 0 if new else self._idle + 1
        start = request.start + step
        if new:
            ends = self._is_end(request, start, step)
        else:  # nothing, the same page again, or only what the server counts and hides
            hides = not objects and step and self._is_within(start)
            ends = not hides or self._idle > MOST_SKIPPED
        self.request = None if ends else replace(request, start=start, count=self._more(request))
        return new

    def fail(self, error: UpnpError) -> None:
        """Hear that the request failed, and find another way; raises the error where there is none."""
        request = self._asked()
        code = error.error_code if isinstance(error, UpnpActionError) else None
        if self._testing:
            self._manners.totals_hold = True
            self.request = None
            return
        if code in FINAL_CODES or is_gone(error):
            raise error
        if request.start and self._is_beyond(request, code):
            self.request = None
            return
        self.request = self._otherwise(request, error, code) or self._less(request, error)
        if self.request is None and not (self._is_empty and not request.start and code is not None):
            self.request = self._after(request, error)

    def _asked(self) -> Request:
        if self.request is None:
            raise RuntimeError("nothing was asked for")
        return self.request

    def _is_new(self, thing: DidlObject) -> bool:
        key: Hashable = thing.id or (thing.title, thing.res[0].uri if thing.res else None)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _learn(self, *, new: bool) -> None:
        """Remember what the success of the request tells about the server."""
        if self._dropped is not None:
            setattr(self._manners, self._dropped, False)
            self._dropped = None
        if self._testing:
            self._manners.totals_hold = not new
            self._testing = False

    def _is_within(self, index: int) -> bool:
        return self._total is not None and index < self._total

    def _more(self, request: Request) -> int:
        """Return how many to ask for after a success."""
        return min(self._ceiling, 2 * request.count)

    def _is_end(self, request: Request, start: int, step: int) -> bool:
        """Tell whether a page is the last one, by what the server says and by what is known of its word."""
        if start != self._total or step >= request.count:
            return False  # there is more, or the total is wrong; that of a full page may be
        if request.start or step < SMALLEST_CAP or self._manners.totals_hold:
            return True
        # The page may have been capped, and taken for the total: ask for more, the first time.
        self._testing = self._manners.totals_hold is None
        return False

    def _is_beyond(self, request: Request, code: int | None) -> bool:
        """Tell whether the server refuses since there is nothing more."""
        if self._total is None:
            return code in BEYOND_CODES
        return code is not None and request.start >= self._total

    def _otherwise(self, request: Request, error: UpnpError, code: int | None) -> Request | None:
        """Return the request without something that the server may have refused; None if it is plain."""
        if request.start or not isinstance(error, UpnpActionError | UpnpResponseError):
            return None
        if request.sort_criteria:
            self._dropped = "sorts"
            return replace(request, sort_criteria="")
        if request.metadata_filter != ALL and code != ContentDirectoryErrorCode.INVALID_SORT_CRITERIA:
            self._dropped = "filters"
            return replace(request, metadata_filter=ALL)
        self._dropped = None  # that was not it
        return None

    def _less(self, request: Request, error: UpnpError) -> Request | None:
        """Return the request for fewer objects (MiniDLNA has 709 for a result of more than 2 MiB)."""
        self._timeouts += isinstance(error, UpnpConnectionTimeoutError)
        if request.count == 1 or self._timeouts >= MOST_TIMEOUTS:
            return None
        self._ceiling = request.count // 2
        return replace(request, count=self._ceiling)

    def _after(self, request: Request, error: UpnpError) -> Request:
        """Return the request for what comes after the object that the server fails on, or raise the error."""
        self._idle += 1
        start = request.start + 1
        if not self._is_within(start) or self._idle > MOST_SKIPPED or self._timeouts >= MOST_TIMEOUTS:
            raise error
        self._ceiling = self._page
        return replace(request, start=start)


def is_gone(error: UpnpError) -> bool:
    """Tell whether the server is not there: there is no use in asking otherwise."""
    return isinstance(error, UpnpConnectionError) and not isinstance(error, UpnpConnectionTimeoutError)
