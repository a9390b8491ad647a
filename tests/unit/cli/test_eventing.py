"""`subscribe`: which services, which events, and how long subscriptions are held."""

import asyncio
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from async_upnp_client.cli.eventing import (
    async_hold,
    choose_services,
    event_printer,
    nested_changes,
    sentence_about,
)
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.cli.output import Output
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpResponse, SubscriptionState
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import UpnpConnectionError
from tests.support.descriptions import (
    DEVICE_URL,
    Device,
    Service,
    Variable,
    device_description,
    service_description,
)
from tests.support.replies import ReplyTable
from tests.support.virtual_time import pass_time, run

EVENT_A, EVENT_B = "http://192.0.2.1:80/a", "http://192.0.2.1:80/b"
SERVICES = [
    Service("urn:x:service:A:1", "urn:x:serviceId:Alpha", "/s.xml", "/c", "/a"),
    Service("urn:x:service:B:1", "urn:x:serviceId:Beta", "/s.xml", "/c", "/b"),
    Service("urn:x:service:C:1", "urn:x:serviceId:Silent", "/s.xml", "/c", ""),
]
VARIABLES = [
    Variable("LastChange", "string", "yes"),
    Variable("Volume", "ui2"),
    Variable("Mute", "boolean"),
    Variable("When", "dateTime", "yes"),
]
LAST_CHANGE = (
    '<Event><InstanceID val="0"><Volume val="7"/><Mute val="1"/><Unknown val="x"/></InstanceID></Event>'
)


class Server(UpnpNotifyServer):
    callback_url = "http://192.0.2.9/notify"


class Setup:
    """A device, a handler for its events, and what is printed of them."""

    def __init__(self, device, requester):
        self.device = device
        self.requester = requester
        self.handler = UpnpEventHandler(Server(), requester)
        self.results, self.complaints = io.StringIO(), io.StringIO()
        self.output = Output(self.results, self.complaints, pprint=False, iso8601=False)

    @property
    def printed(self):
        return [json.loads(line) for line in self.results.getvalue().splitlines()]

    @property
    def complained(self):
        return self.complaints.getvalue().splitlines()


async def make(replies=None, services=SERVICES):
    requester = ReplyTable(
        {
            ("GET", DEVICE_URL): device_description(Device(services=services)),
            ("GET", "http://192.0.2.1:80/s.xml"): service_description(VARIABLES),
            **(replies or {}),
        }
    )
    return Setup(await UpnpFactory(requester, non_strict=True).async_create_device(DEVICE_URL), requester)


def granted(sid="uuid:1", seconds=1800):
    return HttpResponse(200, {"SID": sid, "TIMEOUT": f"Second-{seconds}"}, "")


REFUSED = HttpResponse(503, {}, "")


class TestChoice:
    async def test_services_are_found_by_name_each_once(self):
        device = (await make()).device
        assert choose_services(device, ["Beta", "Alpha", "B"]) == [
            device.all_services[1],
            device.all_services[0],
        ]

    async def test_a_star_is_all_that_send_events(self):
        device = (await make()).device
        assert choose_services(device, ["*"]) == device.all_services[:2]
        assert choose_services(device, ["Beta", "*"]) == device.all_services[1::-1]

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["Gamma"], "no service 'Gamma'; the device has: Alpha, Beta, Silent"),
            (["Alpha", "Silent"], "Silent sends no events"),
        ],
    )
    async def test_what_cannot_be_subscribed_is_a_sentence(self, names, said):
        with pytest.raises(CommandError) as error:
            choose_services((await make()).device, names)
        assert str(error.value) == said
        assert error.value.exit_code is ExitCode.MISMATCH

    async def test_a_star_that_means_nothing_is_a_sentence(self):
        with pytest.raises(CommandError, match="no service of the device sends events"):
            choose_services((await make(services=SERVICES[2:])).device, ["*"])


class TestEvents:
    async def printed(self, changes, **options):
        setup = await make()
        service = setup.device.all_services[0]
        service.on_event = event_printer(setup.output, **{"show_last_change": True, **options})
        service.notify_changed_state_variables(changes)
        for record in setup.printed:
            assert list(record) == ["timestamp", "service_id", "service_type", "state_variables"]
            assert record["service_id"] == "urn:x:serviceId:Alpha"
            assert record["service_type"] == "urn:x:service:A:1"
            assert isinstance(record["timestamp"], float)
        return [record["state_variables"] for record in setup.printed]

    async def test_values_are_printed_as_values(self):
        assert await self.printed({"Volume": "7", "Mute": "0"}) == [{"Volume": 7, "Mute": False}]

    async def test_a_date_is_printed_as_text(self):
        assert await self.printed({"When": "2026-01-02T03:04:05"}) == [{"When": "2026-01-02T03:04:05"}]

    async def test_what_is_no_value_of_its_type_is_printed_as_it_came(self):
        assert await self.printed({"Volume": "loud"}) == [{"Volume": "loud"}]

    @pytest.mark.uda("A-001")
    async def test_last_change_is_printed_as_it_came_and_then_decoded(self):
        assert await self.printed({"LastChange": LAST_CHANGE}) == [
            {"LastChange": LAST_CHANGE},
            {"Volume": 7, "Mute": True},
        ]

    async def test_last_change_is_left_out_on_request_and_still_decoded(self):
        assert await self.printed({"LastChange": LAST_CHANGE}, show_last_change=False) == [
            {"Volume": 7, "Mute": True}
        ]

    async def test_last_change_beside_others(self):
        changes = {"Mute": "0", "LastChange": LAST_CHANGE}
        assert await self.printed(changes, show_last_change=False) == [
            {"Mute": False},
            {"Volume": 7, "Mute": True},
        ]

    @pytest.mark.parametrize("text", ["", "</InstanceID></Event>", "http-get:*:audio/mpeg:*", "<Event/>"])
    async def test_last_change_without_values_is_printed_once(self, text):
        assert await self.printed({"LastChange": text}) == [{"LastChange": text}]

    async def test_last_change_inside_last_change_is_not_read_again(self):
        inner = '&lt;Event&gt;&lt;Volume val="1"/&gt;&lt;/Event&gt;'.replace('"', "&quot;")
        assert nested_changes(f'<Event><LastChange val="{inner}"/><Mute val="1"/></Event>') == {"Mute": "1"}

    async def test_other_instances_are_not_mixed_in(self, caplog):
        caplog.set_level("DEBUG", "async_upnp_client.cli.eventing")
        text = '<Event><InstanceID val="7"><Volume val="1"/></InstanceID></Event>'
        assert nested_changes(text) == {}
        assert "instances 7" in caplog.text


class TestSubscriptions:
    def hold(self, replies, *, seconds=1.0, services=slice(0, 2)):
        """Subscribe, let time pass, and return what was made and which methods were asked for."""

        async def main():
            setup = await make(replies)
            held = asyncio.ensure_future(
                async_hold(setup.handler, setup.output, setup.device.all_services[services])
            )
            await pass_time(seconds)
            held.cancel()
            await asyncio.gather(held, return_exceptions=True)
            asked = [r.method for r in setup.requester.requests if r.url in (EVENT_A, EVENT_B)]
            sid = setup.handler.sid_for_service(setup.device.all_services[services][-1])
            await setup.handler.async_unsubscribe_all()
            return setup, asked, sid

        return run(main())

    def test_a_service_that_refuses_costs_a_line_and_not_the_others(self):
        setup, asked, sid = self.hold(
            {("SUBSCRIBE", EVENT_A): REFUSED, ("SUBSCRIBE", EVENT_B): granted()}, seconds=5
        )
        (line,) = setup.complained
        assert line.startswith("upnp-client: Alpha is not subscribed: SUBSCRIBE http://192.0.2.1:80/a")
        assert "503" in line
        assert asked == ["SUBSCRIBE"] * 2
        assert sid == "uuid:1"

    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            (REFUSED, ExitCode.REFUSED),
            (UpnpConnectionError("gone"), ExitCode.UNREACHABLE),
            (granted(sid=""), ExitCode.REFUSED),
        ],
    )
    def test_if_nothing_is_subscribed_the_command_ends(self, reply, code):
        async def main():
            setup = await make({("SUBSCRIBE", EVENT_A): reply, ("SUBSCRIBE", EVENT_B): reply})
            with pytest.raises(
                CommandError, match=r"^Alpha is not subscribed: .*; Beta is not subscribed: "
            ) as error:
                await async_hold(setup.handler, setup.output, setup.device.all_services[:2])
            assert error.value.exit_code is code
            assert setup.complained == []
            await setup.handler.async_unsubscribe_all()

        run(main())

    def test_what_becomes_of_it_is_told_in_lines(self):
        replies = {
            ("SUBSCRIBE", EVENT_A): [
                granted(seconds=100),
                UpnpConnectionError("gone"),
                REFUSED,
                REFUSED,
                granted("uuid:2"),
            ]
        }
        setup, asked, sid = self.hold(replies, seconds=300, services=slice(0, 1))
        assert sid == "uuid:2"
        assert asked.count("SUBSCRIBE") == 5
        said = [line.removeprefix("upnp-client: Alpha is ") for line in setup.complained]
        assert [line.strip() for line in said] == ["not subscribed: no connection: gone"]

    def test_a_renewal_that_fails_and_then_does_not(self):
        replies = {("SUBSCRIBE", EVENT_A): [granted(), UpnpConnectionError("gone"), granted()]}
        setup, _, _ = self.hold(replies, seconds=1800, services=slice(0, 1))
        assert len(setup.complained) < 3

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (SubscriptionState.ACTIVE, "Alpha is subscribed again"),
            (SubscriptionState.RENEWING, "Alpha is being subscribed anew: no connection: gone"),
            (SubscriptionState.LOST, "Alpha is not subscribed: no connection: gone"),
        ],
    )
    async def test_sentences(self, state, sentence):
        setup = await make({})
        service = setup.device.all_services[0]
        subscription: Any = SimpleNamespace(service=service, state=state, error=UpnpConnectionError("gone"))
        assert sentence_about(subscription) == sentence
