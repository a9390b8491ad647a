"""HTTP, on which all chapters after the first stand: what goes out, and what comes in (UDA 2.0 §2.1).

======================  =====================================================================
`messages`              what our messages say: headers, and what a dump of one has
`exchange`              one request, its redirects and its answer, on aiohttp
`route`                 to which addresses a URL may lead, and where a redirect goes
`kept_session`          connections that are kept for a moment
`lenient`               messages that are not quite HTTP
`lenient_exchange`      a request to a device that sends such
`notify_connections`    the connections through which events come in
`connections`           bounds on those of a server of ours
`peer_errors`           the log of what its peers do wrong
======================  =====================================================================
"""
