import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.profiles import profile
from async_upnp_client.profiles.igd import finding
from async_upnp_client.profiles.igd.device import IgdDevice
from async_upnp_client.profiles.igd.finding import async_find_gateways
from tests.support.gateway import Gateway, Wan


class Network(Gateway):
    """Gateways by the host that they are at; elsewhere is nobody."""

    def __init__(self, gateways: dict[str, Gateway]) -> None:
        super().__init__()
        self.gateways = gateways
        self.described: list[str] = []

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Hand on to who is there."""
        host = http_request.url.split("/")[2]
        if http_request.url.endswith("device.xml"):
            self.described.append(host)
        if host not in self.gateways:
            raise UpnpConnectionError("nobody there")
        answer = await self.gateways[host].async_http_request(http_request)
        body = (answer.body or "").replace("uuid:gateway", f"uuid:{host}")
        return HttpResponse(answer.status_code, answer.headers, body)


def answered(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Let hosts answer the search, each for both versions."""

    async def search(async_callback: object, *, search_target: str, **_: object) -> None:
        assert callable(async_callback)
        for host in hosts:
            headers = {"st": search_target, "location": f"http://{host}/device.xml", "usn": f"uuid:{host}"}
            await async_callback(CaseInsensitiveDict(headers))
        await async_callback(CaseInsensitiveDict({"st": search_target}))

    monkeypatch.setattr(profile, "async_search", search)


@pytest.mark.uda("G-001", "G-002")
async def test_the_right_gateway_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")
    network = Network(
        {
            hosts[0]: Gateway(Wan("ip1", status="Disconnected", address="")),
            hosts[1]: Gateway(version=2),
            hosts[2]: Gateway(),
        }
    )
    answered(monkeypatch, *hosts)
    monkeypatch.setattr(finding, "get_default_gateways", lambda: ["192.0.2.3"])
    ranked = await async_find_gateways(network)
    assert [one.gateway.udn for one in ranked] == ["uuid:192.0.2.3", "uuid:192.0.2.2", "uuid:192.0.2.1"]
    assert isinstance(ranked[0].gateway, IgdDevice)
    assert ranked[0].is_default_gateway
    assert sorted(network.described) == sorted(hosts), "each is described once"


async def test_a_flood_of_answers_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network({})
    answered(monkeypatch, *(f"192.0.2.{number}" for number in range(100)))
    assert await async_find_gateways(network) == []
    assert len(network.described) == DEFAULT_LIMITS.gateways
    network.described.clear()
    assert await async_find_gateways(network, limits=Limits(gateways=3)) == []
    assert len(network.described) == 3


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch)
    assert await async_find_gateways(Network({})) == []
