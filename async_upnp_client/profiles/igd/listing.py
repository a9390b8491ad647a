"""All port mappings of a gateway, in one list (WANIPConnection:1 §2.4.14, :2 §2.5.21; rows G-009, G-012).

Version 2 gives them in a document; otherwise they are asked for one by one until the list ends, which
gateways tell in half a dozen ways, or not at all.
"""

from collections.abc import Sequence
from typing import Final

from async_upnp_client._diagnostics import Code, place
from async_upnp_client._headers import shown
from async_upnp_client.exceptions import UpnpActionError, UpnpContentError, UpnpValueError
from async_upnp_client.profiles.igd.entries import parse_port_listing
from async_upnp_client.profiles.igd.errors import ACTION_FAILED, INVALID_ARGS, NOT_AUTHORISED, WanErrorCode
from async_upnp_client.profiles.igd.types import PortMappingEntry
from async_upnp_client.profiles.igd.wan_calls import WanCalls

MOST_UNREADABLE: Final = 16
"""Entries one after the other that cannot be read; there is no telling whether the list has ended."""

# What gateways say at the end: the first is the standard's.
ENDS: Final = frozenset(
    {
        WanErrorCode.SPECIFIED_ARRAY_INDEX_INVALID,
        WanErrorCode.NO_SUCH_ENTRY_IN_ARRAY,
        WanErrorCode.PORT_MAPPING_NOT_FOUND,
        INVALID_ARGS,
        ACTION_FAILED,
    }
)
PROTOCOLS: Final = ("TCP", "UDP")


class Listing(WanCalls):
    """Lists of port mappings."""

    async def async_get_port_mappings(self, services: Sequence[str] | None = None) -> list[PortMappingEntry]:
        """List all port mappings, as far as the gateway shows them to us; UpnpError where it refuses to.

        An entry that cannot be read, with a name in the place of an address for example, is left out, with a
        diagnostic at the action.
        """
        listed = await self._async_from_document(services)
        return await self._async_one_by_one(services) if listed is None else listed

    async def _async_from_document(self, services: Sequence[str] | None) -> list[PortMappingEntry] | None:
        """List them by version 2's action; None where that is not there, or does not work."""
        action = await self._async_wan_action(services, "GetListOfPortMappings")
        if action is None:
            return None
        found: list[PortMappingEntry] = []
        for protocol in PROTOCOLS:
            try:
                text = await self._async_document(services, protocol, manage=True)
                entries, unread = parse_port_listing(text, limits=self.limits)
            except (UpnpActionError, UpnpContentError):
                return None
            if unread:
                message = f"{unread} entries of the list of {protocol} mappings cannot be read"
                action.note(Code.VALUE_UNREADABLE, place("argument", "NewPortListing"), message)
            found += [entry for entry in entries if entry not in found]
        return found

    async def _async_document(self, services: Sequence[str] | None, protocol: str, *, manage: bool) -> str:
        """Get the document with the mappings of a protocol, "" for none, with `manage` of all clients."""
        try:
            result = await self._async_call_wan(
                services,
                "GetListOfPortMappings",
                NewStartPort=1,  # 0 is refused by some (row G-012)
                NewEndPort=65535,
                NewProtocol=protocol,
                NewManage=manage,
                NewNumberOfPorts=0,  # all
            )
        except UpnpActionError as err:
            if err.error_code == WanErrorCode.PORT_MAPPING_NOT_FOUND:
                return ""
            if err.error_code == NOT_AUTHORISED and manage:
                return await self._async_document(services, protocol, manage=False)
            raise
        text = None if result is None else result.get("NewPortListing")
        if not text:
            # a document that stands there unescaped is no text, and has got lost
            raise UpnpValueError("NewPortListing", text)
        return str(text)

    async def _async_one_by_one(self, services: Sequence[str] | None) -> list[PortMappingEntry]:
        """Ask for entry after entry, until an error or a repeat says that there are no more (row G-009)."""
        found: dict[tuple[object, ...], PortMappingEntry] = {}
        unreadable = 0
        for index in range(self.limits.port_mappings):
            try:
                entry = await self.async_get_generic_port_mapping_entry(index, services)
            except UpnpActionError as err:
                if err.error_code in ENDS or found:
                    break
                raise
            except UpnpValueError as err:
                unreadable += 1
                self._note_unreadable(services, index, err)
                if unreadable == MOST_UNREADABLE:
                    break
                continue
            if entry is None or (key := (entry.remote_host, entry.external_port, entry.protocol)) in found:
                break
            unreadable = 0
            found[key] = entry
        return list(found.values())

    def _note_unreadable(self, services: Sequence[str] | None, index: int, error: UpnpValueError) -> None:
        action = self._any_action(services, "GetGenericPortMappingEntry")
        if action is not None:
            message = f"entry {index} of the port mappings has {error.name} as {shown(error.value)}"
            action.note(Code.VALUE_UNREADABLE, place("argument", error.name), message)
