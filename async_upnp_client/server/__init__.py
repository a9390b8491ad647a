"""The device side of UPnP: publish a device, for control points to find, describe, call and listen to.

===== ========================= =========================================
UDA   what                      module
===== ========================= =========================================
1     searches, announcements   ``search``, ``advertisement``, ``sender``
2     devices, descriptions     ``device``, ``service``, ``annotations``,
                                ``review``
3     actions                   ``action``, ``http``
—     pages beside documents    ``pages``, ``content``
4     events                    ``eventing``, ``state_variable``,
                                ``last_change``, ``http``
—     up and down               ``lifecycle``, ``serving``
===== ========================= =========================================
"""

from async_upnp_client.server.action import UpnpServerAction, current_base_uri, current_caller
from async_upnp_client.server.advertisement import (
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS,
    SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS,
    SsdpAdvertisementAnnouncer,
)
from async_upnp_client.server.aiohttp_handlers import (
    action_handler,
    subscribe_handler,
    to_xml,
    unsubscribe_handler,
)
from async_upnp_client.server.annotations import Variable
from async_upnp_client.server.constants import HEADER_CACHE_CONTROL, HEADER_SERVER, NAMESPACES
from async_upnp_client.server.content import content_response
from async_upnp_client.server.device import (
    NopRequester,
    UpnpServerDevice,
    UpnpXmlSerializer,
    create_device_info,
    create_service_info,
)
from async_upnp_client.server.eventing import EventSubscriber, Publisher
from async_upnp_client.server.last_change import (
    AV_TRANSPORT_EVENTS,
    RENDERING_CONTROL_EVENTS,
    LastChangeVariable,
)
from async_upnp_client.server.lifecycle import UpnpServer
from async_upnp_client.server.review import mistakes
from async_upnp_client.server.search import (
    SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE,
    SSDP_SEARCH_RESPONDER_OPTION_HEADERS,
    SSDP_SEARCH_RESPONDER_OPTIONS,
    SsdpSearchResponder,
)
from async_upnp_client.server.service import (
    UpnpServerService,
    callable_action,
    create_event_var,
    create_state_var,
)
from async_upnp_client.server.state_variable import UpnpEventableStateVariable

__all__ = [
    "AV_TRANSPORT_EVENTS",
    "HEADER_CACHE_CONTROL",
    "HEADER_SERVER",
    "NAMESPACES",
    "RENDERING_CONTROL_EVENTS",
    "SSDP_ADVERTISEMENT_ANNOUNCER_OPTIONS",
    "SSDP_ADVERTISEMENT_ANNOUNCER_OPTION_HEADERS",
    "SSDP_SEARCH_RESPONDER_OPTIONS",
    "SSDP_SEARCH_RESPONDER_OPTION_ALWAYS_REPLY_WITH_ROOT_DEVICE",
    "SSDP_SEARCH_RESPONDER_OPTION_HEADERS",
    "EventSubscriber",
    "LastChangeVariable",
    "NopRequester",
    "Publisher",
    "SsdpAdvertisementAnnouncer",
    "SsdpSearchResponder",
    "UpnpEventableStateVariable",
    "UpnpServer",
    "UpnpServerAction",
    "UpnpServerDevice",
    "UpnpServerService",
    "UpnpXmlSerializer",
    "Variable",
    "action_handler",
    "callable_action",
    "content_response",
    "create_device_info",
    "create_event_var",
    "create_service_info",
    "create_state_var",
    "current_base_uri",
    "current_caller",
    "mistakes",
    "subscribe_handler",
    "to_xml",
    "unsubscribe_handler",
]
