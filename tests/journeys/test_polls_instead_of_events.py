"""Devices that grant subscriptions and cannot reach us: each profile polls what events do not bring.

Over loopback, in virtual time: the URL that devices are told leads nowhere.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.const import SubscriptionState as State
from async_upnp_client.profiles.dlna import DmrDevice, DmsDevice, TransportState
from async_upnp_client.profiles.igd import IgdDevice
from async_upnp_client.profiles.ohmedia.device import OhmDevice
from async_upnp_client.profiles.printer import PrinterDevice
from async_upnp_client.server import UpnpServer
from async_upnp_client.virtual import Library, VirtualMediaServer, VirtualRenderer
from async_upnp_client.virtual.gateway import VirtualGateway
from async_upnp_client.virtual.library import Entry
from tests.support import virtual_player, virtual_printer
from tests.support.udp import GROUP, free_port
from tests.support.virtual_gateway import ADDRESS
from tests.support.virtual_time import pass_time, run

HOST = "127.0.0.1"
NOWHERE = f"http://{HOST}:1/notify"


class Row(NamedTuple):
    """A device, its profile, what is known of it, and a change by somebody else."""

    device_class: Callable[..., Any]
    profile: type[Any]
    known: Callable[[Any], Any]
    values: tuple[Any, Any]
    change: Callable[[], None]


def renderer() -> Row:
    """A renderer whose volume is turned."""
    made: list[VirtualRenderer] = []

    def make(*arguments: Any, **named: Any) -> VirtualRenderer:
        made.append(VirtualRenderer(*arguments, **named))
        return made[0]

    def change() -> None:
        made[0].rendering_control.take_volume("Master", 77)

    def known(dmr: DmrDevice) -> Any:
        return dmr.transport_state, dmr.is_volume_muted, dmr.volume_level

    nothing = TransportState.NO_MEDIA_PRESENT
    return Row(make, DmrDevice, known, ((nothing, False, 0.3), (nothing, False, 0.77)), change)


def media_server() -> Row:
    """A media server that is given a song."""
    library = Library("Collection")

    def change() -> None:
        library.add(Entry("song", "0", "Song", "object.item.audioItem.musicTrack"))

    return Row(
        partial(VirtualMediaServer, library=library),
        DmsDevice,
        lambda dms: dms.system_update_id,
        (0, 1),
        change,
    )


def gateway() -> Row:
    """A gateway that is given another address."""
    virtual = VirtualGateway(1, external_address=ADDRESS)

    def change() -> None:
        virtual.connection.address = "8.8.8.8"

    def known(igd: IgdDevice) -> Any:
        return igd.external_ip_address, igd.connection_status

    return Row(
        virtual.device_class, IgdDevice, known, ((ADDRESS, "Connected"), ("8.8.8.8", "Connected")), change
    )


def player() -> Row:
    """An OpenHome player whose volume is turned."""
    virtual = virtual_player.Player()

    def known(player: OhmDevice) -> Any:
        return player.volume, player.product_source_count, player.radio_transport_state

    return Row(
        virtual.device_class,
        OhmDevice,
        known,
        ((20, 3, "Stopped"), (33, 3, "Stopped")),
        lambda: virtual.set("Volume", Volume=33),
    )


def printer() -> Row:
    """A printer that begins to print."""
    virtual = virtual_printer.Printer()
    return Row(
        virtual.device_class,
        PrinterDevice,
        lambda profile: profile.printer_state,
        ("idle", "processing"),
        lambda: virtual.state("processing"),
    )


@pytest.mark.parametrize("make", [renderer, media_server, gateway, player, printer])
def test_what_events_do_not_bring_is_polled(
    make: Callable[[], Row], caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        row = make()
        notified = AiohttpNotifyServer(AiohttpRequester(), (HOST, 0), NOWHERE)
        await notified.async_start_server()
        try:
            async with UpnpServer(row.device_class, (HOST, 0), (GROUP, free_port())) as server:
                device = await UpnpFactory(AiohttpRequester()).async_create_device(server.location)
                profile = row.profile(device, notified.event_handler)
                await profile.async_subscribe_services(auto_resubscribe=True)
                await pass_time(15)
                assert row.known(profile) == row.values[0]
                row.change()
                await pass_time(35)
                assert row.known(profile) == row.values[1]
                states = {kept.state for kept in notified.event_handler.kept_subscriptions}
                assert State.POLLING in states
                assert states <= {State.POLLING, State.ACTIVE, State.CALLBACK_UNREACHABLE}
                await profile.async_unsubscribe_services()
        finally:
            await notified.async_stop_server()

    run(main())
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    ours = [text for text in warnings if NOWHERE in text and "No events arrive" in text]
    assert len(ours) == 1, warnings
