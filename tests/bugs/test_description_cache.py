"""What 0.49.0 got wrong in description_cache, one test each."""

from async_upnp_client.const import HttpResponse
from async_upnp_client.description_cache import (
    DESCRIPTION_AGE,
    LONGEST_FAILURE_AGE,
    DescriptionCache,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.clock import Clock
from tests.support.descriptions import device_description
from tests.support.replies import ReplyTable, xml_reply

URL = "http://192.168.1.2/description.xml"
XML = device_description()


async def test_an_empty_document_is_really_asked_for_again() -> None:
    table = ReplyTable({("GET", URL): [xml_reply(""), xml_reply(XML)]})
    assert await DescriptionCache(table).async_get_description_dict(URL) is not None


async def test_a_failure_is_not_kept_for_ever() -> None:
    clock = Clock()
    table = ReplyTable({("GET", URL): [HttpResponse(503, {}, ""), xml_reply(XML)]})
    cache = DescriptionCache(table, clock=lambda: clock.monotonic)
    assert await cache.async_get_description_dict(URL) is None
    clock.advance(LONGEST_FAILURE_AGE)
    assert await cache.async_get_description_dict(URL) is not None


async def test_a_description_is_not_kept_for_ever() -> None:
    clock = Clock()
    table = ReplyTable({("GET", URL): XML})
    cache = DescriptionCache(table, clock=lambda: clock.monotonic)
    await cache.async_get_description_dict(URL)
    clock.advance(DESCRIPTION_AGE)
    assert cache.peek_description_dict(URL) == (False, None)


async def test_the_number_of_descriptions_is_bounded() -> None:
    table = ReplyTable()
    cache = DescriptionCache(table)
    urls = [f"http://192.168.1.2/{number}" for number in range(DEFAULT_LIMITS.descriptions + 10)]
    for url in urls:
        await cache.async_get_description_dict(url)
    assert sum(cache.peek_description_dict(url)[0] for url in urls) == DEFAULT_LIMITS.descriptions


async def test_nothing_is_fetched_from_ourselves() -> None:
    table = ReplyTable({("GET", "http://127.0.0.1/"): XML})
    assert await DescriptionCache(table).async_get_description_xml("http://127.0.0.1/") is None
    assert not table.requests


async def test_two_root_devices_or_a_text_are_no_dict() -> None:
    for body in ("<root><device>text</device></root>", "<root><device/><device/></root>"):
        table = ReplyTable({("GET", URL): body})
        assert await DescriptionCache(table).async_get_description_dict(URL) is None
