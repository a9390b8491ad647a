"""UPnP for asyncio, after the UPnP Device Architecture (UDA) 2.0.

The house, floor by floor; imports go down only:

- words: `exceptions`, `const`, and private modules for headers, addresses, data types and XML;
- protocol: `_protocol`, one module per chapter of the UDA, text <-> record, without socket, loop or clock;
- wire: `ssdp` (UDP), `utils`;
- control point: `advertisement`, `search`, `ssdp_listener` (chapter 1), `client_factory`,
  `description_cache` (chapter 2), `client` (chapter 3), `event_handler` (chapter 4), `device_updater`;
- the outside: `aiohttp` (HTTP both ways);
- `profiles`: what devices of one kind have in common;
- `cli`: the command `upnp-client`.
"""

__version__ = "1.0.0.dev0"
