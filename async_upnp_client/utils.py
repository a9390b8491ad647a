"""Window on what 0.49.0 had in one place: headers, durations, dates, XML to dict, our own address."""

from async_upnp_client._addresses import absolute_url
from async_upnp_client._datatypes import (
    COMPILED_MATCHERS,
    TIME_RE,
    parse_date_time,
    require_tzinfo,
    str_to_time,
    time_to_str,
)
from async_upnp_client._headers import CaseInsensitiveDict, lowerstr
from async_upnp_client._local_ip import EXTERNAL_IP, EXTERNAL_PORT, async_get_local_ip, get_local_ip
from async_upnp_client._xml import etree_to_dict

__all__ = [
    "COMPILED_MATCHERS",
    "EXTERNAL_IP",
    "EXTERNAL_PORT",
    "TIME_RE",
    "CaseInsensitiveDict",
    "absolute_url",
    "async_get_local_ip",
    "etree_to_dict",
    "get_local_ip",
    "lowerstr",
    "parse_date_time",
    "require_tzinfo",
    "str_to_time",
    "time_to_str",
]
