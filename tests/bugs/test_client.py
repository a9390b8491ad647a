"""What release 0.49.0 gets wrong in its client, and what is held here."""

import asyncio
import threading
from xml.parsers import expat

import pytest

from async_upnp_client.client import DisableXmlNamespaces
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.const import HttpResponse
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpValueDecodeError,
)
from tests.support import model
from tests.support.model import MemoryRequester, answer, variable


def get_level(*answers: HttpResponse, non_strict: bool = False) -> UpnpAction:
    level = variable("Level", "ui2")
    built = model.action("Get", [("Level", "out", level)], non_strict=non_strict)
    model.device([model.service([level], [built], requester=MemoryRequester(*answers))])
    return built


async def test_concurrent_calls_do_not_share_their_values():
    first_may_answer = asyncio.Event()

    class Requester(MemoryRequester):
        async def async_http_request(self, http_request):
            self.requests.append(http_request)
            if len(self.requests) == 1:
                await first_may_answer.wait()
                return answer("Get", "<Level>1</Level>")
            return answer("Get", "<Level>2</Level>")

    action = get_level()
    action.service.requester = Requester()
    first = asyncio.ensure_future(action.async_call())
    await asyncio.sleep(0)
    assert await action.async_call() == {"Level": 2}
    first_may_answer.set()
    assert await first == {"Level": 1}


@pytest.mark.parametrize("non_strict", [True, False])
@pytest.mark.parametrize("prefix", ["", "e:"], ids=["no namespace", "SOAP 1.2"])
async def test_faults_in_other_namespaces_are_seen(prefix, non_strict):
    detail = f"<{prefix}Detail><UPnPError><errorCode>402</errorCode></UPnPError></{prefix}Detail>"
    body = f"<{prefix}Body><{prefix}Fault>{detail}</{prefix}Fault></{prefix}Body>"
    declared = ' xmlns:e="http://www.w3.org/2003/05/soap-envelope"' if prefix else ""
    fault = f"<{prefix}Envelope{declared}>{body}</{prefix}Envelope>"
    with pytest.raises(UpnpActionResponseError) as caught:
        await get_level(HttpResponse(500, {}, fault), non_strict=non_strict).async_call()
    assert caught.value.error_code == 402
    with pytest.raises(UpnpActionError):
        await get_level(HttpResponse(200, {}, fault), non_strict=non_strict).async_call()


@pytest.mark.parametrize("status", [200, 500])
async def test_a_fault_code_that_is_no_number_raises_no_value_error(status):
    fault = "<Envelope><Body><Fault><errorCode>none</errorCode></Fault></Body></Envelope>"
    with pytest.raises(UpnpActionError) as caught:
        await get_level(HttpResponse(status, {}, fault)).async_call()
    assert caught.value.error_code is None


@pytest.mark.parametrize("non_strict", [True, False])
@pytest.mark.parametrize("status", [200, 500])
async def test_entity_declarations_do_not_leak_the_parsers_error(status, non_strict):
    text = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    with pytest.raises(UpnpError):
        await get_level(HttpResponse(status, {}, text), non_strict=non_strict).async_call()


async def test_an_unreadable_out_argument_raises_no_bare_value_error():
    with pytest.raises(UpnpError) as caught:
        await get_level(answer("Get", "<Level>high</Level>")).async_call()
    assert isinstance(caught.value, UpnpValueDecodeError)
    assert isinstance(caught.value, ValueError)


async def test_one_unreadable_out_argument_does_not_cost_the_answer():
    assert await get_level(answer("Get", "<Level>high</Level>"), non_strict=True).async_call() == {
        "Level": None
    }


def test_a_bool_for_an_integer_is_sent_as_a_digit():
    action = model.action("Set", [("Level", "in", variable("Level", "ui2"))])
    model.device([model.service([], [action])])
    assert "<Level>1</Level>" in (action.create_request(Level=True).body or "")


@pytest.mark.parametrize("non_strict", [True, False])
async def test_prefixed_out_arguments_are_read(non_strict):
    assert await get_level(answer("Get", "<u:Level>5</u:Level>"), non_strict=non_strict).async_call() == {
        "Level": 5
    }


@pytest.mark.parametrize("status", [201, 202, 204])
async def test_other_statuses_of_success_are_no_errors(status):
    assert await get_level(answer("Get", "<Level>5</Level>", status=status)).async_call() == {"Level": 5}


@pytest.mark.parametrize("changes", [{}, {"X_Vendor": "1"}])
def test_on_event_is_not_called_with_an_empty_list(changes):
    told = []
    service = model.service([variable("Level")])
    service.on_event = lambda _service, variables: told.append(variables)
    service.notify_changed_state_variables(changes)
    assert told == []


def test_on_event_errors_do_not_reach_the_notify_server(caplog):
    level = variable("Level")
    service = model.service([level])

    def fail(_service, _variables):
        raise RuntimeError("listener")

    service.on_event = fail
    service.notify_changed_state_variables({"Level": "5"})
    assert level.value == 5
    assert "on_event failed" in caplog.text


@pytest.mark.parametrize("text", ["1-1", "", "x"])
def test_a_short_date_does_not_stop_an_event(text):
    told = []
    service = model.service([variable("Day", "date"), variable("Level")])
    service.on_event = lambda _service, variables: told.append([changed.name for changed in variables])
    service.notify_changed_state_variables({"Day": text, "Level": "5"})
    assert told == [["Day", "Level"]]
    assert service.state_variable("Day").value is None
    assert service.state_variable("Level").value == 5


def test_disabling_namespaces_holds_for_the_current_task_alone():
    before = expat.ParserCreate
    seen = []
    with DisableXmlNamespaces():
        thread = threading.Thread(target=lambda: seen.append(expat.ParserCreate))
        thread.start()
        thread.join()
        assert expat.ParserCreate is before
    assert seen == [before]


@pytest.mark.parametrize("status", [404, 500])
async def test_a_ping_minds_the_status(status):
    device = model.device(requester=MemoryRequester(HttpResponse(status, {}, "")))
    with pytest.raises(UpnpResponseError):
        await device.async_ping()


@pytest.mark.parametrize("asked", ["uuid:ABC", "UUID:abc", "uuid:abc"])
def test_devices_are_found_by_udn_in_any_case(asked):
    device = model.device(udn="uuid:Abc")
    assert device.get_devices_matching_udn(asked) == [device]


def test_services_of_one_type_do_not_collapse():
    services = [model.service(service_id=f"urn:x:serviceId:{number}") for number in range(3)]
    device = model.device(services)
    assert device.all_services == services
    assert [device.service_id(f"urn:x:serviceId:{number}") for number in range(3)] == services
    assert device.services == {model.SERVICE_TYPE: services[2]}
    assert {service.device for service in services} == {device}


def test_an_empty_event_sub_url_is_not_that_of_the_description():
    service = model.service(event_sub_url="")
    model.device([service])
    assert service.event_sub_url == ""


def test_reinit_of_a_device_that_lost_an_embedded_one_raises_no_key_error():
    device = model.device([], [model.device([], device_type="urn:x:device:Inner:1")])
    device.reinit(model.device())
    assert device.embedded_devices == {}


def test_reinit_takes_the_services_that_are_described_now():
    device = model.device([model.service([variable("Level")], control_url="/old")])
    service = device.service(model.SERVICE_TYPE)
    device.reinit(model.device([model.service([variable("Level"), variable("More")], control_url="/new")]))
    assert device.service(model.SERVICE_TYPE) is service
    assert service.control_url.endswith("/new")
    assert service.has_state_variable("More")


@pytest.mark.parametrize("direction", ["in", " in ", "IN"])
def test_a_direction_is_read_in_any_case(direction):
    action = model.action("Do", [("A", direction, variable())])
    assert len(action.in_arguments()) == 1
    with pytest.raises(UpnpError, match="Missing"):
        action.validate_arguments()


def test_no_value_is_no_text_that_says_none():
    level = variable("Level")
    assert level.upnp_value == ""
    argument = model.action("Do", [("A", "in", level)]).arguments[0]
    assert argument.upnp_value == ""


def test_declared_bounds_and_defaults_that_cannot_be_read_declare_nothing():
    level = variable("Level", default="", value_range={"min": "", "max": "x", "step": None}, strict=False)
    assert (level.default_value, level.min_value, level.max_value, level.step_value) == (
        None,
        None,
        None,
        None,
    )


def test_a_malformed_answer_is_not_quoted_whole():
    with pytest.raises(UpnpError) as caught:
        get_level().parse_response(model.SERVICE_TYPE, HttpResponse(200, {}, f"<a>{'x' * 100_000}</a>"))
    assert len(str(caught.value)) < 1000
