"""HTTP without a network: a requester that answers from a table, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from async_upnp_client.client.requester import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError

Reply = HttpResponse | Exception | Callable[[HttpRequest], HttpResponse | Exception]


def xml_reply(body: str, status: int = 200) -> HttpResponse:
    """Return an answer with an XML body."""
    return HttpResponse(status, {"Content-Type": 'text/xml; charset="utf-8"'}, body)


class ReplyTable(UpnpRequester):
    """Answers by (method, URL), in the order the answers were put there; the last one stays.

    An answer is a response, an error to raise, or a function of the request. What is not in the table cannot
    be reached: UpnpConnectionError. `requests` holds every request; each of them takes `delay` seconds.
    """

    def __init__(self, replies: Mapping[tuple[str, str], Any] | None = None, delay: float = 0.0) -> None:
        """Begin with a table: a list stands for several answers, a str for a good answer with that XML."""
        self.requests: list[HttpRequest] = []
        self.delay = delay
        self.under_way = 0
        self.most_under_way = 0
        self._replies: dict[tuple[str, str], deque[Reply]] = {}
        for (method, url), reply in (replies or {}).items():
            self.add(method, url, *(reply if isinstance(reply, list) else [reply]))

    def add(self, method: str, url: str, *replies: Any) -> None:
        """Put more answers behind those which are there."""
        ready = (xml_reply(reply) if isinstance(reply, str) else reply for reply in replies)
        self._replies.setdefault((method, url), deque()).extend(ready)

    def set(self, method: str, url: str, *replies: Any) -> None:
        """Put answers in the place of those which are there."""
        self._replies.pop((method, url), None)
        self.add(method, url, *replies)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The method and the URL of every request, in order."""
        return [(request.method, str(request.url)) for request in self.requests]

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer from the table."""
        self.requests.append(http_request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.under_way -= 1
        replies = self._replies.get((http_request.method, str(http_request.url)))
        if not replies:
            raise UpnpConnectionError(f"nothing at {http_request.method} {http_request.url}")
        reply = replies.popleft() if len(replies) > 1 else replies[0]
        if not isinstance(reply, HttpResponse | Exception):
            reply = reply(http_request)
        if isinstance(reply, Exception):
            raise reply
        return reply
