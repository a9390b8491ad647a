"""Whatever control points ask of it and however time passes, the book of mappings is as a gateway's."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual import ManualClock
from async_upnp_client.virtual.gateway.faults import GatewayFaults
from async_upnp_client.virtual.gateway.mappings import Mapping, PortMappings

CLIENTS = st.sampled_from(["10.0.0.5", "10.0.0.6"])
PORTS = st.integers(8080, 8084)
PROTOCOLS = st.sampled_from(["TCP", "UDP"])
LEASES = st.integers(0, 100)
MOST = 4


def refusal(call, *arguments):
    """Return the code that a call is refused with, None where it is not."""
    try:
        call(*arguments)
    except UpnpActionError as refused:
        return refused.error_code
    return None


class Book(RuleBasedStateMachine):
    """The book beside a model: who has which port, and until when."""

    def __init__(self):
        super().__init__()
        self.clock = ManualClock()
        self.told = 0
        faults = GatewayFaults(most_mappings=MOST)
        self.book = PortMappings(self.clock.time, faults, 1, self.tell)
        self.model = {}

    def tell(self):
        self.told += 1

    def now(self):
        """Forget in the model what has ended."""
        self.model = {k: v for k, v in self.model.items() if v[1] is None or v[1] > self.clock.time()}
        return self.model

    @rule(client=CLIENTS, port=PORTS, protocol=PROTOCOLS, lease=LEASES)
    def add(self, client, port, protocol, lease):
        model, key = self.now(), (port, protocol)
        is_free = key in model or len(model) < MOST
        may = model.get(key, (client,))[0] == client and is_free
        code = refusal(self.book.add, Mapping("", port, protocol, 80, client), lease)
        if may:
            assert code is None
            model[key] = (client, self.clock.time() + lease if lease else None)
        else:
            assert code == (718 if key in model else 501)

    @rule(client=CLIENTS, port=PORTS, protocol=PROTOCOLS)
    def add_any(self, client, port, protocol):
        before = dict(self.now())
        wanted, opened = Mapping("", port, protocol, 80, client), []
        if refusal(lambda: opened.append(self.book.add_any(wanted, 50))) is not None:
            assert len(before) >= MOST
            return
        key = (opened[0].external_port, protocol)
        assert before.get(key, (client,))[0] == client
        self.model[key] = (client, self.clock.time() + 50)

    @rule(port=PORTS, protocol=PROTOCOLS)
    def delete(self, port, protocol):
        is_there = self.now().pop((port, protocol), None) is not None
        assert refusal(self.book.delete, "", port, protocol) == (None if is_there else 714)

    @rule(seconds=st.floats(0, 60))
    def pass_time(self, seconds):
        self.clock.advance(seconds)

    @rule()
    def restart(self):
        self.book.forget()
        self.model.clear()

    @invariant()
    def the_book_is_as_the_model(self):
        found = {(m.external_port, m.protocol): (m.internal_client, m.expires) for m in self.book.all()}
        assert found == self.now()
        assert self.told == self.book.changes
        ends = [end for _, end in found.values() if end is not None]
        assert self.book.next_end == min(ends, default=None)


Book.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
test_the_book = Book.TestCase
