from dataclasses import replace

import pytest

from async_upnp_client.client import requester
from async_upnp_client.client.requester import FromAddress, UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from tests.support import model

REQUEST = HttpRequest("GET", "http://192.0.2.1/", {}, None)
POST_HOOKS = [
    requester.default_on_post_receive_device_spec,
    requester.default_on_post_receive_service_spec,
    lambda response: requester.default_on_post_call_action(model.action("Do"), response),
]


async def test_the_base_class_leaves_sending_to_others():
    with pytest.raises(NotImplementedError):
        await UpnpRequester().async_http_request(REQUEST)


@pytest.mark.parametrize(("source", "sent"), [(None, "192.0.2.7"), ("192.0.2.8", "192.0.2.8")])
async def test_requests_from_an_address(source, sent):
    seen = []

    class Other(UpnpRequester):
        async def async_http_request(self, http_request):
            seen.append(http_request.source)
            return HttpResponse(200, {}, "")

    request = replace(REQUEST, source=source)
    assert (await FromAddress(Other(), "192.0.2.7").async_http_request(request)).status_code == 200
    assert seen == [sent]


def test_pre_hooks_return_the_request():
    assert requester.default_on_pre_receive_device_spec(REQUEST) is REQUEST
    assert requester.default_on_pre_receive_service_spec(REQUEST) is REQUEST
    assert requester.default_on_pre_call_action(model.action("Do"), {"A": 1}, REQUEST) is REQUEST


@pytest.mark.parametrize("hook", POST_HOOKS)
@pytest.mark.parametrize(
    ("body", "left"),
    [
        (None, ""),
        ("", ""),
        ("<a/>", "<a/>"),
        ("<a/> \t\r\n\0", "<a/>"),
        ("\n<a/>\0\0", "\n<a/>"),
        (" \0", ""),
    ],
)
def test_post_hooks_cut_what_trails_a_body(hook, body, left):
    headers = {"A": "b"}
    assert hook(HttpResponse(207, headers, body)) == HttpResponse(207, headers, left)
