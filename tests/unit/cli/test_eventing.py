"""`subscribe`: which services, which events, and how long subscriptions are held."""

import io
import json
from datetime import timedelta

import pytest

from async_upnp_client.cli.eventing import (
    MAX_WAIT,
    MIN_WAIT,
    Subscriber,
    choose_services,
    event_printer,
    nested_changes,
    wait_after,
)
from async_upnp_client.cli.output import CommandError, ExitCode, Output
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import HttpResponse
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


class EndedError(Exception):
    """The test has seen enough."""


class Sleeps:
    """Sleep that does not, and ends the test after a number of times."""

    def __init__(self, number):
        self.waits = []
        self.number = number

    async def __call__(self, seconds):
        self.waits.append(seconds)
        if len(self.waits) > self.number:
            raise EndedError


class TestSubscriptions:
    async def hold(self, replies, *, sleeps=0, services=slice(0, 2)):
        setup = await make(replies)
        sleep = Sleeps(sleeps)
        with pytest.raises(EndedError):
            await Subscriber(setup.handler, setup.output, sleep).async_hold(
                setup.device.all_services[services]
            )
        asked = [request.method for request in setup.requester.requests if request.url in (EVENT_A, EVENT_B)]
        return setup, sleep.waits, asked

    async def test_a_service_that_refuses_costs_a_line_and_not_the_others(self):
        setup, waits, _ = await self.hold(
            {("SUBSCRIBE", EVENT_A): REFUSED, ("SUBSCRIBE", EVENT_B): granted()}
        )
        assert len(setup.complained) == 1
        assert setup.complained[0].startswith(
            "upnp-client: Alpha is not subscribed: SUBSCRIBE http://192.0.2.1:80/a"
        )
        assert "503" in setup.complained[0]
        assert waits == [900]
        assert setup.handler.sid_for_service(setup.device.all_services[1]) == "uuid:1"

    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            (REFUSED, ExitCode.REFUSED),
            (UpnpConnectionError("gone"), ExitCode.UNREACHABLE),
            (granted(sid=""), ExitCode.REFUSED),
        ],
    )
    async def test_if_nothing_is_subscribed_the_command_ends(self, reply, code):
        setup = await make({("SUBSCRIBE", EVENT_A): reply, ("SUBSCRIBE", EVENT_B): reply})
        with pytest.raises(
            CommandError, match=r"^Alpha is not subscribed: .*; Beta is not subscribed: "
        ) as error:
            await Subscriber(setup.handler, setup.output).async_hold(setup.device.all_services[:2])
        assert error.value.exit_code is code
        assert setup.complained == []

    @pytest.mark.uda("E-023")
    async def test_each_is_renewed_at_half_of_what_was_granted_for_it(self):
        replies = {("SUBSCRIBE", EVENT_A): [granted(seconds=300), granted(seconds=100), granted(seconds=80)]}
        setup, waits, asked = await self.hold(replies, sleeps=2, services=slice(0, 1))
        assert waits == [150, 50, 40]
        assert asked == ["SUBSCRIBE"] * 3
        assert setup.complained == []

    async def test_a_failing_renewal_is_a_line_and_is_tried_again_later_and_later(self):
        replies = {
            ("SUBSCRIBE", EVENT_A): [
                granted(seconds=100),
                UpnpConnectionError("gone"),
                REFUSED,
                granted("uuid:2"),
            ]
        }
        setup, waits, _ = await self.hold(replies, sleeps=3, services=slice(0, 1))
        assert waits == [50, 100, 200, 900]
        assert len(setup.complained) == 2
        assert setup.complained[0] == "upnp-client: Alpha is not renewed: no connection: gone"
        assert setup.handler.sid_for_service(setup.device.all_services[0]) == "uuid:2"

    async def test_a_device_that_grants_next_to_nothing_is_not_flooded(self):
        replies = {("SUBSCRIBE", EVENT_A): [granted(seconds=1)]}
        _, waits, _ = await self.hold(replies, sleeps=2, services=slice(0, 1))
        assert waits == [MIN_WAIT] * 3


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(1800, 900), (20, 10), (19, MIN_WAIT), (0, MIN_WAIT), (-5, MIN_WAIT), (10**9, MAX_WAIT)],
)
def test_wait_after(seconds, wait):
    assert wait_after(timedelta(seconds=seconds)) == wait
