"""The command line's own language: commands, options, and their help.

Called by `main` before anything of the library is loaded, so that `--help` comes at once: only
argparse and light parts of the standard library are imported here. Addresses and URLs stay text.
"""

import argparse
from collections.abc import Sequence

from async_upnp_client import __version__
from async_upnp_client.cli.exit_codes import EXIT_CODES, PROGRAM

SSDP_PORT = 1900
DEFAULT_TIMEOUT = 4
DEFAULT_LEASE = 60 * 60
MAX_TIMEOUT = 24 * 60 * 60  # a day: the loop's clock takes no arbitrary number

EPILOGUE = "exit codes:\n" + "\n".join(f"  {code.value:<5}{meaning}" for code, meaning in EXIT_CODES.items())

SERVICE_HELP = (
    "type or id of a service, the last part of the id (RenderingControl), or the capitals of that (RC); "
    "where several devices in one have the same, with the device before it (uuid:...::RC)"
)


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line. SystemExit, as argparse has it, after help (0) or for wrong usage (2)."""
    return build_parser().parse_args(argv)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Find, describe, call and listen to UPnP devices. Results are lines of JSON.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_common_options(parser)
    parser.set_defaults(
        debug=False,
        debug_traffic=False,
        pprint=False,
        timeout=DEFAULT_TIMEOUT,
        strict=False,
        diagnostics=False,
        iso8601=False,
    )

    # the same options are taken after the command; absent there, they do not overwrite what stands before it
    common = argparse.ArgumentParser(add_help=False)
    _add_common_options(common)

    commands = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    adders = (
        ("search", "search for devices", _add_search),
        ("advertisements", "listen for what devices announce", _add_advertisements),
        ("locate", "find one device again, wherever it is now", _add_locate),
        ("describe", "show what a device has: services, actions, variables", _add_device),
        ("call-action", "call an action", _add_call_action),
        ("subscribe", "subscribe to services, show events", _add_subscribe),
        ("browse", "show what a media server has, or what a search finds there", _add_browse),
        (
            "serve",
            "be a device that is not there, until interrupted: for tests of control points",
            _add_serve,
        ),
        ("demo", "show all of that on devices of our own, on this machine alone", _add_nothing),
    )
    for name, text, add in adders:
        add(commands.add_parser(name, parents=[common], help=text, description=sentence(text)))
    text = "see what an Internet gateway says, open and close its ports"
    _add_gateway(commands.add_parser("igd", help=text, description=sentence(text)), common)
    return parser


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    absent = argparse.SUPPRESS
    for option, text in (
        ("--debug", "show what the library does"),
        ("--debug-traffic", "show what is sent and received"),
        ("--pprint", "indent results, for people"),
        ("--strict", "take nothing that breaks the standard"),
        ("--diagnostics", "show what is wrong with the device: lines of JSON on standard error"),
        ("--iso8601", "timestamps as local ISO 8601 text, instead of seconds since 1970"),
    ):
        parser.add_argument(option, action="store_true", default=absent, help=text)
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=absent,
        metavar="SECONDS",
        help=f"for each request to a device, and for a search (default: {DEFAULT_TIMEOUT})",
    )


def _add_search(parser: argparse.ArgumentParser) -> None:
    _add_ssdp_options(parser, target_help="one host to ask, or a multicast group (default: the SSDP group)")
    parser.add_argument(
        "--search_target",
        "--search-target",
        default="ssdp:all",
        metavar="TYPE",
        help="what to search for: ssdp:all, upnp:rootdevice, uuid:..., urn:... (default: ssdp:all)",
    )


def _add_advertisements(parser: argparse.ArgumentParser) -> None:
    _add_ssdp_options(parser, target_help="multicast group to listen to (default: the SSDP group)")


def _add_locate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("udn", metavar="UDN", help="uuid:..., as `search` and `describe` show it")
    parser.add_argument("--location", metavar="URL", help="where its description was")
    parser.add_argument("--host", metavar="HOST", help="its address or name (default: the host of URL)")
    parser.add_argument(
        "--device_type", "--device-type", metavar="TYPE", help="what it is: urn:...:device:...:1"
    )
    parser.add_argument(
        "--bind",
        type=address,
        metavar="ADDRESS",
        help="our own address to search from (default: all interfaces)",
    )


def _add_ssdp_options(parser: argparse.ArgumentParser, *, target_help: str) -> None:
    parser.add_argument(
        "--bind",
        type=address,
        metavar="ADDRESS",
        help="our own address to use, e.g. 192.168.0.10, fe80::1%%eth0 or fe80::1%%2 "
        "(default: without a target, all interfaces)",
    )
    parser.add_argument("--target", type=address, metavar="ADDRESS", help=target_help)
    _add_target_port(parser)


def _add_target_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--target_port",
        "--target-port",
        type=port,
        default=SSDP_PORT,
        metavar="PORT",
        help=f"port of the target (default: {SSDP_PORT})",
    )


def _add_call_action(parser: argparse.ArgumentParser) -> None:
    _add_device(parser)
    parser.add_argument("call", metavar="SERVICE/ACTION", help=f"service: {SERVICE_HELP}")
    parser.add_argument(
        "arguments", nargs="*", metavar="NAME=VALUE", help="the action's arguments, as `describe` names them"
    )


def _add_nothing(parser: argparse.ArgumentParser) -> None:
    """Take no more than what all commands take."""


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=("renderer", "media-server", "gateway"), help="what to be")
    parser.add_argument(
        "--bind",
        type=address,
        action="append",
        default=[],
        metavar="ADDRESS",
        help="our own address to be found at; several, each with its --bind "
        "(default: the one by which the outside is reached)",
    )
    parser.add_argument("--port", type=port, default=0, metavar="PORT", help="our port (default: any)")
    parser.add_argument("--name", metavar="NAME", help="what control points show")
    parser.add_argument("--udn", metavar="UDN", help="uuid:... (default: the same for each name here)")
    parser.add_argument(
        "--max-age",
        type=seconds,
        default=1800,
        metavar="SECONDS",
        help="for how long it counts as there, unless it announces itself again (default: 1800)",
    )
    _add_target_port(parser)


def _add_subscribe(parser: argparse.ArgumentParser) -> None:
    _add_device(parser)
    parser.add_argument("service", nargs="+", metavar="SERVICE", help=f"{SERVICE_HELP}; * for all")
    parser.add_argument(
        "--nolastchange",
        action="store_true",
        help="do not show LastChange itself, only the changes that it carries",
    )
    parser.add_argument(
        "--bind",
        type=address,
        metavar="ADDRESS",
        help="our own address for events (default: the one the device is reached from)",
    )
    parser.add_argument(
        "--bind_port",
        "--bind-port",
        type=port,
        default=0,
        metavar="PORT",
        help="our port for events (default: any)",
    )
    parser.add_argument(
        "--callback_url",
        "--callback-url",
        metavar="URL",
        help="where the device reaches us, if not at the address and port bound (NAT, container)",
    )


def _add_browse(parser: argparse.ArgumentParser) -> None:
    _add_device(parser)
    parser.add_argument(
        "object", nargs="?", default="0", metavar="ID", help="id of a container (default: 0, that of all)"
    )
    parser.add_argument(
        "--depth",
        type=depth,
        default=1,
        metavar="LEVELS",
        help="how deep to look into containers, 0 for as deep as it goes (default: 1)",
    )
    parser.add_argument(
        "--search", metavar="CRITERIA", help="search the container, e.g. for 'dc:title contains \"blue\"'"
    )
    parser.add_argument("--sort", default="", metavar="CRITERIA", help="e.g. +upnp:album,-dc:date")


def _add_gateway(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="commands", dest="verb", required=True, metavar="COMMAND")
    adders = (
        ("status", "show connections, address, traffic, and what the gateway can do", _add_device),
        ("list", "list the port mappings", _add_device),
        ("add", "open a port until its lease ends", _add_mapping),
        ("open", "open a port until interrupted, and keep it open", _add_mapping),
        ("delete", "close a port", _add_unmapping),
        ("pinhole", "open a port of ours in the IPv6 firewall until interrupted", _add_pinhole),
        ("watch", "show state and traffic again and again until interrupted", _add_watch),
    )
    for name, text, add in adders:
        verb = verbs.add_parser(name, parents=[common], help=text, description=sentence(text))
        verb.set_defaults(command=f"igd {name}")
        add(verb)


def _add_mapping(parser: argparse.ArgumentParser) -> None:
    _add_port(parser, client_help="the host that it leads to (default: this one)")
    parser.add_argument("--external-port", type=port, metavar="PORT", help="of the gateway (default: PORT)")
    parser.add_argument("--any-port", action="store_true", help="take the next free one where that is taken")
    _add_remote_host(parser)
    parser.add_argument("--description", default="upnp-client", metavar="TEXT", help="what the gateway shows")


def _add_unmapping(parser: argparse.ArgumentParser) -> None:
    _add_device(parser)
    parser.add_argument("external_port", type=port, metavar="EXTERNAL_PORT", help="port of the gateway")
    _add_protocol(parser)
    _add_remote_host(parser)


def _add_pinhole(parser: argparse.ArgumentParser) -> None:
    _add_port(parser, client_help="our own global IPv6 address (default: the one towards the internet)")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_device(parser)
    parser.add_argument(
        "--interval", type=seconds, default=10, metavar="SECONDS", help="between two looks (default: 10)"
    )


def _add_port(parser: argparse.ArgumentParser, *, client_help: str) -> None:
    _add_device(parser)
    parser.add_argument("port", type=port, metavar="PORT", help="port of the host inside")
    _add_protocol(parser)
    parser.add_argument("--client", type=address, metavar="ADDRESS", help=client_help)
    parser.add_argument(
        "--lease",
        type=lease,
        default=DEFAULT_LEASE,
        metavar="SECONDS",
        help=f"0 for without end (default: {DEFAULT_LEASE})",
    )


def _add_protocol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--protocol", type=str.upper, choices=("TCP", "UDP"), default="TCP")


def _add_remote_host(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--remote-host", type=address, metavar="ADDRESS", help="the only host to let in (default: any)"
    )


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE_URL", help="URL of its description: LOCATION in `search`")


def sentence(text: str) -> str:
    """Make a sentence of a help text."""
    return f"{text[0].upper()}{text[1:]}."


def seconds(text: str) -> int:
    """Read a number of seconds. ValueError, of which argparse makes a usage error."""
    number = int(text)
    if not 1 <= number <= MAX_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MAX_TIMEOUT} seconds")
    return number


def depth(text: str) -> int:
    """Read a number of levels. ValueError, of which argparse makes a usage error."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of levels")
    return number


def lease(text: str) -> int:
    """Read a lease. ValueError, of which argparse makes a usage error."""
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds that a gateway can be told")
    return number


def port(text: str) -> int:
    """Read a port number. ValueError, of which argparse makes a usage error."""
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return number


def address(text: str) -> str:
    """Check that this is an IP address, with or without scope; names would be ambiguous."""
    from ipaddress import ip_address  # noqa: PLC0415 - for start-up time: most have no address

    try:
        ip_address(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address") from err
    return text
