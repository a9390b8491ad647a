"""The control point's model of a device: the window on the modules of this package.

Users import from here, also the errors, records and names that stand with the model in release 0.49.0.
"""

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._xml import DisableXmlNamespaces
from async_upnp_client.client.action import UpnpAction
from async_upnp_client.client.device import UpnpDevice
from async_upnp_client.client.requester import (
    UpnpRequester,
    default_on_post_call_action,
    default_on_post_receive_device_spec,
    default_on_post_receive_service_spec,
    default_on_pre_call_action,
    default_on_pre_receive_device_spec,
    default_on_pre_receive_service_spec,
)
from async_upnp_client.client.service import EventCallbackType, UpnpService
from async_upnp_client.client.state_variable import T, UpnpStateVariable
from async_upnp_client.const import (
    NS,
    ActionArgumentInfo,
    ActionInfo,
    DeviceIcon,
    DeviceInfo,
    HttpRequest,
    HttpResponse,
    ServiceInfo,
    StateVariableInfo,
)
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpActionResponseError,
    UpnpError,
    UpnpResponseError,
    UpnpValueError,
    UpnpXmlParseError,
)

__all__ = [
    "NS",
    "ActionArgumentInfo",
    "ActionInfo",
    "CaseInsensitiveDict",
    "DeviceIcon",
    "DeviceInfo",
    "DisableXmlNamespaces",
    "EventCallbackType",
    "HttpRequest",
    "HttpResponse",
    "ServiceInfo",
    "StateVariableInfo",
    "T",
    "UpnpAction",
    "UpnpActionError",
    "UpnpActionResponseError",
    "UpnpDevice",
    "UpnpError",
    "UpnpRequester",
    "UpnpResponseError",
    "UpnpService",
    "UpnpStateVariable",
    "UpnpValueError",
    "UpnpXmlParseError",
    "default_on_post_call_action",
    "default_on_post_receive_device_spec",
    "default_on_post_receive_service_spec",
    "default_on_pre_call_action",
    "default_on_pre_receive_device_spec",
    "default_on_pre_receive_service_spec",
]
