"""Whatever control points send, a virtual gateway answers or refuses: it never fails."""

import asyncio
import contextlib
import logging
from contextvars import copy_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.server import UpnpServerAction
from async_upnp_client.server.action import called_by
from async_upnp_client.virtual.gateway import Mapping
from tests.support.virtual_gateway import Gateway

NUMBERS = st.one_of(st.integers(-2, 70_000), st.sampled_from([0, 1, 80, 8080, 65535, 604_800, 2**32 - 1]))
HOSTS = st.sampled_from(
    ["", "10.0.0.5", "10.0.0.6", "*", "0.0.0.0", "2001:db8::5", "a-host.lan", "999.1.1.1"]
)
WORDS = st.sampled_from(["TCP", "UDP", "tcp", "IP_Routed", "0", "1", "true"])
TEXTS = st.one_of(HOSTS, WORDS, st.text(max_size=20), NUMBERS.map(str))
CALLERS = st.sampled_from([None, "10.0.0.5", "2001:db8::5", "fe80::1%eth0"])
LIKELY = {"NewProtocol": WORDS, "NewInternalClient": HOSTS, "InternalClient": HOSTS, "NewRemoteHost": HOSTS}


class Log(logging.Handler):
    """What the server has to say of authors' mistakes."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record.getMessage())


def actions(device):
    return [action for service in device.all_services for action in service.actions.values()]


@pytest.mark.parametrize(("version", "ppp"), [(1, False), (1, True), (2, False)])
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_it_answers_or_refuses(version, ppp, data):
    gateway = Gateway(version, ppp=ppp)
    device = gateway.device()
    for host in data.draw(st.lists(HOSTS, max_size=3), "hosts with mappings"):
        with contextlib.suppress(UpnpActionError):
            gateway.virtual.mappings.add(Mapping(host, 8080, "TCP", 8080, "10.0.0.5", description=host), 500)
    log = Log()
    logger = logging.getLogger("async_upnp_client.server")
    logger.addHandler(log)
    with contextlib.ExitStack() as stack:
        stack.callback(logger.removeHandler, log)
        runner = stack.enter_context(asyncio.Runner())
        for _ in range(8):
            action = data.draw(st.sampled_from(actions(device)), "action")
            assert isinstance(action, UpnpServerAction)
            arguments = [
                (argument.name, data.draw(LIKELY.get(argument.name, TEXTS | NUMBERS.map(str)), argument.name))
                for argument in action.in_arguments()
            ]
            gateway.clock.advance(data.draw(st.sampled_from([0.0, 1.0, 1000.0])))
            with called_by(data.draw(CALLERS, "caller")), contextlib.suppress(UpnpActionError):
                runner.run(action.async_answer(arguments, 30.0), context=copy_context())
            assert log.records == []
