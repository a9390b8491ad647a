"""Descriptions as dicts: fetched once, kept for a time, asked for by many."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.description_cache import (
    DESCRIPTION_AGE,
    FIRST_FAILURE_AGE,
    LONGEST_FAILURE_AGE,
    DescriptionCache,
)
from async_upnp_client.exceptions import UpnpConnectionTimeoutError, UpnpResponseError, UpnpUrlError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.url_policy import UrlPolicy
from tests.support.clock import Clock
from tests.support.descriptions import Device, device_description
from tests.support.replies import ReplyTable, xml_reply

URL = "http://192.168.1.2:49152/description.xml"
XML = device_description(Device(friendly_name="Box", udn="uuid:1"))
GET = ("GET", URL)


class Cached:
    """A cache, the table it fetches from, and its clock."""

    def __init__(self, *replies: Any) -> None:
        self.table = ReplyTable()
        self.table.add(*GET, *replies)
        self.clock = Clock()
        self.cache = DescriptionCache(self.table, clock=lambda: self.clock.monotonic)

    async def get(self, location: str | None = URL) -> Mapping[str, Any] | None:
        return await self.cache.async_get_description_dict(location)


async def test_a_description_is_a_dict_of_its_root_device() -> None:
    cached = Cached(XML)
    description = await cached.get()
    assert description is not None
    assert (description["friendlyName"], description["UDN"]) == ("Box", "uuid:1")
    assert cached.table.requests == [HttpRequest("GET", URL, {}, None)]


async def test_the_limits_are_the_caller_s() -> None:
    table = ReplyTable()
    urls = [f"http://192.168.1.2/{number}" for number in range(3)]
    for url in urls:
        table.add("GET", url, XML)
    cache = DescriptionCache(table, limits=Limits(descriptions=2, description_bytes=5000))
    for url in urls:
        assert await cache.async_get_description_dict(url) is not None
    assert [cache.peek_description_dict(url)[0] for url in urls] == [False, True, True]
    assert {request.max_size for request in table.requests} == {5000}


async def test_it_is_fetched_once_and_can_be_peeked_at() -> None:
    cached = Cached(XML)
    assert cached.cache.peek_description_dict(URL) == (False, None)
    first = await cached.get()
    assert await cached.get() is first
    assert cached.cache.peek_description_dict(URL) == (True, first)
    assert len(cached.table.requests) == 1


async def test_many_who_ask_at_once_wait_for_one_fetch() -> None:
    cached = Cached(XML)
    first, peeked, *others = await asyncio.gather(
        cached.get(), peek(cached), *(cached.get() for _ in range(5))
    )
    assert first is not None
    assert peeked == (False, None)
    assert all(other is first for other in others)
    assert len(cached.table.requests) == 1


async def peek(cached: Cached) -> tuple[bool, Mapping[str, Any] | None]:
    return cached.cache.peek_description_dict(URL)


async def test_a_cancelled_fetch_leaves_nothing() -> None:
    cached = Cached(XML)
    cached.table.delay = 3600
    first = asyncio.create_task(cached.get())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(cached.get())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await waiting is None
    assert cached.cache.peek_description_dict(URL) == (False, None)
    cached.table.delay = 0
    assert await cached.get() is not None


class SlowTable(ReplyTable):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__({GET: XML})
        self.answer = asyncio.Event()

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        await self.answer.wait()
        return await super().async_http_request(http_request)


async def test_a_waiter_that_is_cancelled_does_not_disturb_the_fetch() -> None:
    table = SlowTable()
    cache = DescriptionCache(table)
    first, waiting = (asyncio.create_task(cache.async_get_description_dict(URL)) for _ in range(2))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    table.answer.set()
    assert await first is not None


async def test_no_location_has_no_description() -> None:
    cached = Cached(XML)
    assert await cached.get(None) is None
    assert cached.cache.peek_description_dict(None) == (True, None)
    assert not cached.table.requests


async def test_uncaching() -> None:
    cached = Cached(XML)
    await cached.get()
    cached.cache.uncache_description(URL)
    cached.cache.uncache_description("http://192.168.1.99/unknown")
    assert cached.cache.peek_description_dict(URL) == (False, None)
    await cached.get()
    assert len(cached.table.requests) == 2


@pytest.mark.parametrize(
    "reply",
    [
        HttpResponse(404, {}, XML),
        UpnpResponseError(status=503),
        UpnpConnectionTimeoutError("asleep"),
        TimeoutError("asleep"),
        OSError("no route"),
        HttpResponse(200, {}, None),
        "",
        "status=ok",  # LG webOS
        "<html><body>Login</body></html>",
        "<root/>",
        "<root>text</root>",
        "<root><device/></root>",
        "<root><device>text</device></root>",
        "<root><device><UDN>1</UDN></device><device><UDN>2</UDN></device></root>",
        "<a>" * 3000,
        '<!DOCTYPE r [<!ENTITY a "b">]><root><device><UDN>&a;</UDN></device></root>',
    ],
)
async def test_what_is_no_description_is_none_and_not_asked_for_again_at_once(reply: Any) -> None:
    cached = Cached(reply)
    assert await cached.get() is None
    asked = len(cached.table.requests)
    assert await cached.get() is None
    assert len(cached.table.requests) == asked
    assert cached.cache.peek_description_dict(URL) == (True, None)


@pytest.mark.parametrize(
    "xml",
    [
        "\ufeff" + XML,
        XML + "\0\r\n",
        XML.replace("Box", "Box & Sons"),
        XML.replace("<device>", "<device><song:id>1</song:id>"),
    ],
)
async def test_sloppy_descriptions_are_read(xml: str) -> None:
    description = await Cached(xml).get()
    assert description is not None
    assert description["UDN"] == "uuid:1"


async def test_what_goes_wrong_unexpectedly_is_logged_and_none(caplog: pytest.LogCaptureFixture) -> None:
    cached = Cached(ZeroDivisionError("a requester's bug"))
    assert await cached.cache.async_get_description_xml(URL) is None
    assert "ZeroDivisionError" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_the_text_of_a_description_is_not_kept() -> None:
    cached = Cached(XML)
    assert await cached.cache.async_get_description_xml(URL) == XML
    assert await cached.cache.async_get_description_xml(URL) == XML
    assert len(cached.table.requests) == 2


# ---- age and size


async def test_a_description_counts_for_a_day() -> None:
    new = XML.replace("Box", "New")
    cached = Cached(XML, new)
    old = await cached.get()
    cached.clock.advance(DESCRIPTION_AGE - 1)
    assert await cached.get() is old
    cached.clock.advance(1)
    assert cached.cache.peek_description_dict(URL) == (False, None)
    description = await cached.get()
    assert description is not None
    assert description["friendlyName"] == "New"


async def test_a_description_outlives_a_device_that_does_not_answer() -> None:
    cached = Cached(XML, HttpResponse(400, {}, ""), XML)  # a Samsung TV in standby
    old = await cached.get()
    cached.clock.advance(DESCRIPTION_AGE)
    assert await cached.get() is old
    assert cached.cache.peek_description_dict(URL) == (True, old)
    cached.clock.advance(FIRST_FAILURE_AGE)
    assert await cached.get() is not old
    assert len(cached.table.requests) == 3


async def test_a_failure_counts_longer_each_time_up_to_a_limit_and_until_it_ends() -> None:
    cached = Cached(HttpResponse(404, {}, ""))
    ages = []
    for _ in range(9):
        assert await cached.get() is None
        start = cached.clock.monotonic
        while cached.cache.peek_description_dict(URL)[0]:
            cached.clock.advance(15)
        ages.append(cached.clock.monotonic - start)
    assert ages == [FIRST_FAILURE_AGE, 60, 120, 240, 480, 960, LONGEST_FAILURE_AGE, 1800, 1800]
    cached.table.set(*GET, XML, HttpResponse(404, {}, ""))
    assert await cached.get() is not None
    cached.clock.advance(DESCRIPTION_AGE)
    await cached.get()
    cached.clock.advance(FIRST_FAILURE_AGE)
    assert cached.cache.peek_description_dict(URL) == (False, None)


async def test_the_description_used_longest_ago_makes_room() -> None:
    cached = Cached(XML)
    urls = [
        f"http://192.168.{number // 200}.{number % 200}/" for number in range(DEFAULT_LIMITS.descriptions)
    ]
    for url in urls:
        cached.table.add("GET", url, XML)
        await cached.get(url)
    await cached.get(urls[0])
    await cached.get()
    known = [url for url in urls if cached.cache.peek_description_dict(url)[0]]
    assert known == [urls[0], *urls[2:]]


async def test_an_empty_document_is_asked_for_once_more() -> None:
    cached = Cached(xml_reply(""), XML)
    assert await cached.get() is not None
    assert len(cached.table.requests) == 2
    cached = Cached(xml_reply(""))
    assert await cached.cache.async_get_description_xml(URL) == ""
    assert len(cached.table.requests) == 2


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/", "file:///etc/passwd", "x", ""],
)
async def test_nothing_is_fetched_from_where_nothing_should_be(location: str) -> None:
    cached = Cached()
    cached.table.add("GET", location, XML)
    assert await cached.get(location) is None
    assert await cached.cache.async_get_description_xml(location) is None
    assert cached.cache.peek_description_dict(location) == (True, None)
    assert not cached.table.requests


class Elsewhere(UrlPolicy):
    def check_location(self, url: str, **_heard: object) -> str:
        if "192.0.2" in url:
            raise UpnpUrlError("not there")
        return url


async def test_a_policy_of_the_caller_decides_where_nothing_should_be() -> None:
    table = ReplyTable({("GET", "http://127.0.0.1/"): XML, ("GET", "http://192.0.2.1/"): XML})
    cache = DescriptionCache(table, url_policy=Elsewhere())
    assert await cache.async_get_description_dict("http://127.0.0.1/") is not None
    assert await cache.async_get_description_dict("http://192.0.2.1/") is None
    assert cache.peek_description_dict("http://192.0.2.1/") == (True, None)
    assert table.asked == [("GET", "http://127.0.0.1/")]
