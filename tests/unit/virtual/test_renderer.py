from async_upnp_client.server import NopRequester
from async_upnp_client.virtual.clock import LoopClock, ManualClock
from async_upnp_client.virtual.renderer import VirtualRenderer


def test_it_has_the_services_of_a_renderer() -> None:
    renderer = VirtualRenderer(NopRequester(), "http://127.0.0.1:80")
    assert [service.service_type.split(":")[3] for service in renderer.own_services] == [
        "AVTransport",
        "RenderingControl",
        "ConnectionManager",
    ]
    assert isinstance(renderer.av_transport.clock, LoopClock)
    sink = renderer.connection_manager.state_variable("SinkProtocolInfo").upnp_value
    assert "http-get:*:audio/wav:*" in sink.split(",")


def test_its_clock_can_be_anothers() -> None:
    clock = ManualClock()
    renderer = VirtualRenderer(NopRequester(), "http://127.0.0.1:80", clock=clock, buffering=2.0)
    assert renderer.av_transport.clock is clock
    assert renderer.av_transport.playback.buffering == 2.0
