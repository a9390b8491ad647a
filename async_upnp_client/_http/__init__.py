"""HTTP, on which all chapters after the first stand: what goes out, and what comes in (UDA 2.0 §2.1).

======================  =====================================================================
`messages`              what our messages say: headers, and what a dump of one has
`exchange`              one request, its redirects and its answer, whatever carries them
`route`                 to which addresses a URL may lead, and where a redirect goes
`kept_connections`      connections to devices that are kept for a moment
`device_connection`     one of them: a request goes out, its answer comes back
`writing`               a request as bytes
`session_exchange`      a request by a session of aiohttp
`lenient`               messages that are not quite HTTP
`answer_reader`         answers among them
`connection`            one on which requests come in
`connections`           all of a server of ours
`notify_connections`    those through which events come in
`idle_connections`      those that aiohttp serves for us, and that nobody uses
`peer_errors`           the log of what their peers do wrong
======================  =====================================================================
"""
