"""The table for robust.py: OPEN, the state machine, framing. UPDATE's cases are in robust_updates.py.

A case is a name, the RFC section that decides it, and a coroutine that plays it on a link. The makers below turn a row of bytes and the
expected answer into one."""
import asyncio
import dataclasses
import socket
import struct
from collections.abc import Callable

import bgp
import robust_ra
import robust_updates
from bgp import Failed

WEFT_ASN, WEFT_ID = 64000, "192.0.2.1"


@dataclasses.dataclass
class Case:
    name: str
    rfc: str
    play: Callable


def refused(name, rfc, build, code, data=None):
    """An OPEN that is answered with a NOTIFICATION; a good session follows at once."""
    async def play(link):
        session = await link.connect()
        await session.send(build(link))
        await link.ends(session, code, data)
        await link.recovers()
    return Case("OPEN: " + name, rfc, play)


def accepted(name, rfc, build, routes=True):
    """An OPEN that looks odd and is good."""
    async def play(link):
        session = await link.session(build(link))
        if routes:
            await link.flush(session)
            await link.bench.kernel.expect(have=[link.net(250)])
        else:
            await asyncio.sleep(1)
            if session.closed:
                raise Failed("closed")
    return Case("OPEN: " + name, rfc, play)


def params(*bodies):
    return b"".join(bgp.parameter(b) for b in bodies)


def with_caps(link, *more):
    return link.open(params=params(*bgp.capabilities(link.asn), *more))


def extended_params(link, short_length=255):
    """RFC 9072: type 255, a length of 2 bytes, and so for each parameter."""
    body = b"".join(struct.pack("!BH", 2, len(c)) + c for c in bgp.capabilities(link.asn))
    return link.open(params=struct.pack("!BH", 255, len(body)) + body, params_len=short_length)


def opens():
    return [
        refused("version 3", "4271 6.2", lambda l: l.open(version=3), (2, 1), b"\0\4"),
        refused("version 5", "4271 6.2", lambda l: l.open(version=5), (2, 1), b"\0\4"),
        refused("AS 0", "7607 2", lambda l: l.open(my_as=0), (2, 2)),
        refused("AS 0 in the 4-octet AS capability", "7607 2", lambda l: l.open(params=params(*bgp.MP, bgp.as4(0))), (2, 2)),
        refused("weft's own AS", "4271 6.2", lambda l: l.open(asn=WEFT_ASN), (2, 2)),
        refused("identifier 0.0.0.0", "6286 2.2", lambda l: l.open(router_id="0.0.0.0"), (2, 3)),
        refused("hold time 1", "4271 6.2", lambda l: l.open(hold=1), (2, 6)),
        refused("hold time 2", "4271 6.2", lambda l: l.open(hold=2), (2, 6)),
        refused("unknown optional parameter", "4271 6.2", lambda l: l.open(params=bgp.parameter(b"\0\0", 3)), (2, 4)),
        refused("parameter past the end", "4271 6.2", lambda l: l.open(params=b"\2\x20\1\4"), (2, 0)),
        refused("parameters longer than the message", "4271 6.2", lambda l: l.open(params_len=250), (2, 0)),
        refused("bytes after the parameters", "4271 6.2", lambda l: l.open(tail=b"\0\0"), (2, 0)),
        refused("capability past its parameter", "5492 4", lambda l: l.open(params=params(b"\1\xf0\0\1")), (2, 0)),
        refused("RFC 9072 length past the end", "9072 2", lambda l: l.open(params=b"\xff\xff\xff", params_len=255), (2, 0)),
        refused("28 bytes", "4271 6.1", lambda l: bgp.message(bgp.OPEN, b"\4" + bytes(8)), (1, 2), struct.pack("!H", 28)),
        accepted("hold time 0", "4271 4.2", lambda l: l.open(hold=0)),
        accepted("hold time 65535", "4271 4.2", lambda l: l.open(hold=65535)),
        accepted("RFC 9072 parameters", "9072 2", extended_params),
        accepted("RFC 9072 parameters behind a short length of 1", "9072 2", lambda l: extended_params(l, 1)),
        accepted("AS_TRANS in the header", "6793 4.2.1", lambda l: l.open(my_as=23456)),
        accepted("another AS in the header than in the capability", "6793 3", lambda l: l.open(my_as=65123)),
        *(accepted(f"capability {code} with value {value.hex() or 'empty'}", "5492 4", lambda l, c=bgp.capability(code, value): with_caps(l, c))
          for code, value in ((1, b"\0\1\0"), (2, b"x"), (5, b"\0\1\0\1\0\2\0"), (64, b""), (64, b"\x40"), (64, b"\0\x78\0\1\1"), (73, b"\xff\x41"))),
        accepted("all capabilities in one parameter", "5492 4", lambda l: l.open(params=params(b"".join(bgp.capabilities(l.asn))))),
        accepted("each capability twice", "5492 4", lambda l: l.open(params=params(*bgp.capabilities(l.asn), *bgp.capabilities(l.asn)))),
        accepted("unknown capabilities", "5492 3", lambda l: with_caps(l, bgp.capability(200, b"abc"), bgp.capability(0), bgp.capability(255))),
        accepted("empty capabilities parameter", "5492 4", lambda l: with_caps(l, b"")),
        accepted("families that weft does not speak", "4760 8",
                 lambda l: with_caps(l, bgp.capability(1, b"\0\x19\0\x46"), bgp.capability(1, b"\xff\xff\0\xff"))),
        accepted("weft's own identifier, another AS", "6286 2.1", lambda l: l.open(router_id=WEFT_ID)),
        accepted("no capability at all", "5492 3", lambda l: l.open(asn=65000, params=b""), routes=False),
        accepted("FQDN of 180 bytes that is not UTF-8", "5492 3", lambda l: with_caps(l, bgp.capability(73, b"\xb2" + b"\xff" * 178 + b"\0"))),
    ]


def unexpected(name, rfc, steps, code, data=None):
    """Messages in the wrong state. steps(link) are the bytes sent one after the other."""
    async def play(link):
        session = await link.connect()
        for step in steps(link):
            await session.send(step)
        await link.ends(session, code, data)
        await link.recovers()
    return Case("state: " + name, rfc, play)


def broken(name, rfc, data_of, code, data=None):
    """Bytes that end an Established session; its routes go, and a good session follows at once."""
    async def play(link):
        session = await link.session()
        await link.flush(session)
        await link.bench.kernel.expect(have=[link.net(250)])
        await session.send(data_of(link))
        await link.ends(session, code, data)
        await link.bench.kernel.expect(lack=[link.net(250)])
        await link.recovers()
    return Case("Established: " + name, rfc, play)


KEEPALIVE = bgp.message(bgp.KEEPALIVE)
CEASE = bgp.message(bgp.NOTIFICATION, b"\6\2")


def states():
    out = []
    for name, what in ("KEEPALIVE", KEEPALIVE), ("UPDATE", bgp.update()), ("ROUTE-REFRESH", bgp.refresh(bgp.IP4)):
        out.append(unexpected(name + " in OpenSent", "6608 3", lambda l, w=what: [w], (5, 1)))
    for name, what in ("UPDATE", bgp.update()), ("ROUTE-REFRESH", bgp.refresh(bgp.IP4)):
        out.append(unexpected(name + " in OpenConfirm", "6608 3", lambda l, w=what: [l.open(), w], (5, 2)))
    for name, message, code, data in (
        ("marker not all ones", bgp.message(4, marker=bytes(16)), (1, 1), b""), ("length 18", bgp.message(4, length=18), (1, 2), b"\0\x12"),
        ("length 4097", bgp.message(2, length=4097), (1, 2), b"\x10\1"), ("KEEPALIVE with a body", bgp.message(4, b"\0"), (1, 2), b"\0\x14"),
        ("message type 6", bgp.message(6), (1, 3), b"\6"), ("NOTIFICATION of 19 bytes", bgp.message(3), None, None),
    ):
        out.append(unexpected(name + " in OpenSent", "4271 6.1", lambda l, m=message: [m], code, data))
        out.append(unexpected(name + " in OpenConfirm", "4271 6.1", lambda l, m=message: [l.open(), m], code, data))
    out += [
        unexpected("OPEN in OpenConfirm", "6608 3", lambda l: [l.open(), l.open()], (5, 2)),
        unexpected("NOTIFICATION in OpenSent", "4271 8.2.2", lambda l: [CEASE], None),
        unexpected("NOTIFICATION in OpenConfirm", "4271 8.2.2", lambda l: [l.open(), CEASE], None),
        broken("OPEN", "6608 3", lambda l: l.open(), (5, 3)),
        broken("NOTIFICATION Cease", "4271 6.7", lambda l: CEASE, None),
        broken("NOTIFICATION with unknown codes", "4271 6.4", lambda l: bgp.message(bgp.NOTIFICATION, b"\xc8\xc8" + bytes(99)), None),
        broken("NOTIFICATION of 20 bytes", "4271 6.4", lambda l: bgp.message(bgp.NOTIFICATION, b"\6"), None),
        broken("marker not all ones", "4271 6.1", lambda l: bgp.message(4, marker=b"\xff" * 15 + b"\xfe"), (1, 1)),
        broken("length 18", "4271 6.1", lambda l: bgp.message(4, length=18), (1, 2), struct.pack("!H", 18)),
        broken("length 0", "4271 6.1", lambda l: bgp.message(4, length=0), (1, 2), b"\0\0"),
        broken("length 4097", "4271 6.1", lambda l: bgp.message(2, bytes(4078)), (1, 2), struct.pack("!H", 4097)),
        broken("length 65535", "4271 6.1", lambda l: bgp.message(2, bytes(65516)), (1, 2), b"\xff\xff"),
        broken("KEEPALIVE with a body", "4271 6.1", lambda l: bgp.message(4, b"\0"), (1, 2), struct.pack("!H", 20)),
        broken("UPDATE of 22 bytes", "4271 6.1", lambda l: bgp.message(2, bytes(3)), (1, 2), struct.pack("!H", 22)),
        broken("ROUTE-REFRESH of 22 bytes", "4271 6.1", lambda l: bgp.message(5, bytes(3)), (1, 2), struct.pack("!H", 22)),
        broken("message type 0", "4271 6.1", lambda l: bgp.message(0), (1, 3), b"\0"),
        broken("message type 6", "4271 6.1", lambda l: bgp.message(6), (1, 3), b"\6"),
        broken("message type 255", "4271 6.1", lambda l: bgp.message(255), (1, 3), b"\xff"),
    ]
    return out


async def second_connection(link):
    """RFC 4271 6.8: the one that is Established stays."""
    session = await link.session()
    await link.flush(session)
    other = await link.connect()
    await other.send(link.open())
    await link.ends(other, (6, 7))
    await link.flush(session, 248)


async def connection_after_restart(link):
    """RFC 4724 5: of a peer that named a family for graceful restart it means that the old one is lost; of one that only helps it does not."""
    def helper(*families):
        return link.open(params=params(*bgp.capabilities(link.asn), bgp.capability(64, b"\0\x78" + b"".join(families))))
    session = await link.session(helper())
    await link.flush(session)
    await asyncio.sleep(2.5)
    other = await link.connect()
    await other.send(helper())
    await link.ends(other, (6, 7))
    await link.flush(session, 248)
    await session.close()
    session = await link.session(helper(b"\0\1\1\x80"))
    await link.flush(session)
    await asyncio.sleep(2.5)
    other = await link.session(helper(b"\0\1\1\x80"))
    await link.ends(session, None)
    await link.flush(other, 247)


async def errors_in_a_row(link):
    """A peer that is being repaired: every call of it is taken."""
    for _ in range(30):
        session = await link.connect()
        await session.send(link.open(version=3))
        await link.ends(session, (2, 1))
    await link.recovers()


async def keepalives(link):
    """RFC 4271 4.4: never more than one a second, and with a hold time of 3 never fewer than two in three."""
    session = await link.connect()
    await session.send(link.open(hold=3) + KEEPALIVE)
    await session.until(lambda: session.got(bgp.KEEPALIVE))
    session.tasks.append(asyncio.create_task(session.keep_alive()))
    before, start = len(session.got(bgp.KEEPALIVE)), asyncio.get_running_loop().time()
    await asyncio.sleep(10)
    n, seconds = len(session.got(bgp.KEEPALIVE)) - before, asyncio.get_running_loop().time() - start
    if session.closed or n > seconds + 1:                        # an UPDATE stands for one: other cases' routes are told here too
        raise Failed(f"{n} KEEPALIVEs in {seconds:.1f} s{', closed' if session.closed else ''}")


async def half_closed(link):
    """RFC 4271 8.2.2, event 18: the peer's FIN, with half a message before it."""
    session = await link.session()
    await link.flush(session)
    await session.send(link.announce(link.net(1))[:-3])
    session.sock.shutdown(socket.SHUT_WR)
    await link.ends(session, None)
    await link.bench.kernel.expect(lack=[link.net(250)])
    await link.recovers()


async def error_before_a_megabyte(link):
    """The NOTIFICATION is heard although what followed the error was never read."""
    session = await link.session()
    await session.send(bgp.message(9) + bytes(1 << 20))
    await link.ends(session, (1, 3), b"\x09")
    await link.recovers()


ENHANCED = bgp.capability(70)


async def begins_and_ends(link):
    """RFC 7313 4: what stands between BoRR and EoRR is all there is, in both directions."""
    session = await link.session(with_caps(link, ENHANCED))
    await link.flush(session)
    await session.send(link.announce(link.net(1), link.net(2)))
    await link.bench.kernel.expect(have=[link.net(1), link.net(2)])
    await session.send(bgp.update() + bgp.refresh(bgp.IP4, 1) + link.announce(link.net(2)) + bgp.refresh(bgp.IP4, 2))
    await link.bench.kernel.expect(have=[link.net(2)], lack=[link.net(1), link.net(250)])
    await session.send(bgp.refresh(bgp.IP4))
    await session.until(lambda: len(session.got(bgp.REFRESH)) == 2)
    if session.got(bgp.REFRESH) != [b"\0\1\1\1", b"\0\1\2\1"]:
        raise Failed(f"heard {session.got(bgp.REFRESH)}")


def refresh_of_length(subtype):
    data = bgp.message(bgp.REFRESH, struct.pack("!HBBB", 1, subtype, 1, 0))
    return broken(f"ROUTE-REFRESH of subtype {subtype} and 24 bytes", "7313 5", lambda l: data, (7, 1), data)


async def long_update(link):
    """RFC 8654: 10 kB, from a peer that announced it."""
    session = await link.session(with_caps(link, bgp.capability(6)))
    routes = [f"{link.octets}.{n}.{host}/32" for n in range(8) for host in range(250)]
    await session.send(link.announce(*routes, tag=struct.pack("!I", 0xFFFFFF02)))        # NO_ADVERTISE: the others need not read all of it
    await link.bench.kernel.expect(have=[routes[0], routes[-1]])
    await session.send(bgp.update(withdrawn=bgp.nlri(*routes[:1000])) + bgp.update(withdrawn=bgp.nlri(*routes[1000:])))
    await link.flush(session)


async def silence(link):
    session = await link.connect()
    await session.send(link.open(hold=3))
    await session.until(lambda: session.got(bgp.KEEPALIVE))
    await session.send(KEEPALIVE + link.announce(link.net(1)))
    await link.bench.kernel.expect(have=[link.net(1)])
    await link.ends(session, (4, 0), seconds=8)
    await link.bench.kernel.expect(lack=[link.net(1)])
    await link.recovers()


async def vanishes(link):
    """RFC 4271 8.2.2, event 18: the routes go with the connection."""
    session = await link.session()
    await link.flush(session)
    await link.bench.kernel.expect(have=[link.net(250)])
    await session.close()
    await link.bench.kernel.expect(lack=[link.net(250)])
    await link.recovers()


async def byte_by_byte(link):
    session = await link.connect()
    for data in link.open(), KEEPALIVE, link.announce(link.net(1), link.net(2)):
        for i in range(len(data)):
            await session.send(data[i : i + 1])
            await asyncio.sleep(0)
        await session.until(lambda: session.got(bgp.OPEN))
    await link.bench.kernel.expect(have=[link.net(1), link.net(2)])
    await link.flush(session)


async def half_a_message(link):
    """The rest of a message never comes: the hold timer's business, and no message's end is guessed."""
    session = await link.connect()
    await session.send(link.open(hold=3))
    await session.until(lambda: session.got(bgp.KEEPALIVE))
    await session.send(KEEPALIVE + link.announce(link.net(1))[:-1])
    await link.ends(session, (4, 0), seconds=8)
    await link.bench.kernel.expect(lack=[link.net(1)])
    await link.recovers()


async def many_connections(link):
    """A hundred connections that say nothing, then one that does."""
    crowd = await asyncio.gather(*(link.connect() for _ in range(100)), return_exceptions=True)
    await link.recovers()
    for session in crowd:
        if isinstance(session, bgp.Session):
            await session.close()


async def comes_and_goes(link):
    for _ in range(50):
        session = await link.session()
        await session.close()
    await link.recovers()


async def asks_again(link):
    session = await link.session()
    await link.flush(session)
    told = await session.until(lambda: len(set(link.bench.mine) & set(session.routes)) == len(link.bench.mine))
    if not told:
        raise Failed("the observer's routes were not passed on")
    for family, prefix in (bgp.IP4, link.bench.mine[0]), (bgp.IP6, link.bench.mine[5]):
        del session.routes[prefix]
        await session.send(bgp.refresh(family))
        if not await session.until(lambda p=prefix: p in session.routes):
            raise Failed(f"{prefix} was not sent again")


async def asks_between_marks(link):
    """A peer with enhanced refresh hears where it begins and where it ends, and every route in between."""
    session = await link.session(with_caps(link, bgp.ENHANCED_REFRESH))
    await link.flush(session)
    mine = {p for p in link.bench.mine if "." in p}
    if not await session.until(lambda: mine <= set(session.routes)):
        raise Failed("the observer's routes were not passed on")
    session.routes.clear()
    marks = {name: bgp.refresh(bgp.IP4, subtype)[19:] for name, subtype in (("BoRR", 1), ("EoRR", 2))}
    await session.send(bgp.refresh(bgp.IP4))
    if not await session.until(lambda: marks["EoRR"] in session.got(bgp.REFRESH)):
        raise Failed(f"no EoRR, heard {[b.hex() for b in session.got(bgp.REFRESH)]}")
    if session.got(bgp.REFRESH) != [marks["BoRR"], marks["EoRR"]]:
        raise Failed(f"heard {[b.hex() for b in session.got(bgp.REFRESH)]} instead of BoRR and EoRR")
    if missing := mine - set(session.routes):
        raise Failed(f"{sorted(missing)} were not sent before EoRR")


async def asks_nonsense(link):
    session = await link.session()
    for family in (3, 1), (1, 128), (65535, 255), (0, 0):
        await session.send(bgp.refresh(family))
    await session.send(bgp.refresh(bgp.IP4, 77))
    await link.flush(session)


def cases():
    return opens() + states() + [
        Case("state: a second connection beside an Established one", "4271 6.8", second_connection),
        Case("state: a second connection of a peer that restarts", "4724 5", connection_after_restart),
        Case("state: thirty errors in a row", "4271 8.1", errors_in_a_row),
        Case("state: KEEPALIVEs", "4271 4.4", keepalives),
        Case("state: half closed in the middle of a message", "4271 8.2.2", half_closed),
        Case("state: an error and a megabyte behind it", "4271 6", error_before_a_megabyte),
        Case("extended messages: 2000 routes in one UPDATE", "8654 4", long_update),
        Case("ROUTE-REFRESH: between BoRR and EoRR", "7313 4", begins_and_ends),
        refresh_of_length(1),
        refresh_of_length(2),
        Case("state: hold timer", "4271 6.5", silence),
        Case("state: the connection ends without a word", "4271 8.2.2", vanishes),
        Case("state: every byte by itself", "4271 4.1", byte_by_byte),
        Case("state: half a message", "4271 6.5", half_a_message),
        Case("state: a hundred connections at once", "4271 6.8", many_connections),
        Case("state: fifty sessions one after the other", "4271 8.1", comes_and_goes),
        Case("ROUTE-REFRESH: all routes again", "2918 4", asks_again),
        Case("ROUTE-REFRESH: begin and end of it, for a peer that knows them", "7313 4", asks_between_marks),
        Case("ROUTE-REFRESH: families that were not negotiated, unknown subtype", "2918 4, 7313 5", asks_nonsense),
    ] + [Case(*row) for row in robust_updates.rows() + robust_ra.rows()]
