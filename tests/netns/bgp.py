"""A small BGP speaker for the tests that break rules: an encoder written from RFC 4271, 4760, 5492, 8950, and a session on one link.

Every writer takes what it is told, right or wrong; nothing here checks what it sends. Addresses are link-local, so a peer is known by the
name of its link. All of it runs in one thread (asyncio): a session is a socket, a reader, and what has been heard so far."""
import asyncio
import ipaddress
import socket
import struct
import traceback

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, REFRESH = 1, 2, 3, 4, 5
ORIGIN, AS_PATH, NEXT_HOP, MED, LOCAL_PREF, ATOMIC, AGGREGATOR, COMMUNITIES = 1, 2, 3, 4, 5, 6, 7, 8
ORIGINATOR_ID, CLUSTER_LIST, MP_REACH, MP_UNREACH, EXT_COMMUNITIES, AS4_PATH, AS4_AGGREGATOR, LARGE = 9, 10, 14, 15, 16, 17, 18, 32
TRANSITIVE, OPTIONAL, PARTIAL, EXTENDED = 0x40, 0x80, 0x20, 0x10
FLAGS = {
    ORIGIN: 0x40, AS_PATH: 0x40, NEXT_HOP: 0x40, MED: 0x80, LOCAL_PREF: 0x40, ATOMIC: 0x40, AGGREGATOR: 0xC0, COMMUNITIES: 0xC0,
    ORIGINATOR_ID: 0x80, CLUSTER_LIST: 0x80, MP_REACH: 0x80, MP_UNREACH: 0x80, EXT_COMMUNITIES: 0xC0, AS4_PATH: 0xC0,
    AS4_AGGREGATOR: 0xC0, LARGE: 0xC0,
}
SET, SEQUENCE, CONFED_SEQUENCE, CONFED_SET = 1, 2, 3, 4
IP4, IP6 = (1, 1), (2, 1)                                    # AFI, SAFI
MARKER = b"\xff" * 16


class Failed(Exception):
    """A test did not go as the RFC says; the words say how."""


def message(kind, body=b"", length=None, marker=MARKER):
    return marker + struct.pack("!HB", 19 + len(body) if length is None else length, kind) + body


def capability(code, value=b""):
    return struct.pack("!BB", code, len(value)) + value


def parameter(value, kind=2):
    return struct.pack("!BB", kind, len(value)) + value


def as4(asn):
    return capability(65, struct.pack("!I", asn))


MP = [capability(1, struct.pack("!HBB", afi, 0, safi)) for afi, safi in (IP4, IP6)]
NEXT_HOP6 = capability(5, struct.pack("!HHH", 1, 1, 2))          # RFC 8950: IPv4 unicast over IPv6
ROUTE_REFRESH = capability(2)
ENHANCED_REFRESH = capability(70)                                # RFC 7313


def capabilities(asn):
    return [*MP, ROUTE_REFRESH, NEXT_HOP6, as4(asn)]


def open_message(asn, router_id, hold=90, version=4, params=None, my_as=None, params_len=None, tail=b""):
    """params: the bytes of the optional parameters; by default the usual capabilities, each in a parameter of its own."""
    if params is None:
        params = b"".join(parameter(c) for c in capabilities(asn))
    my_as = (asn if asn < 65536 else 23456) if my_as is None else my_as
    body = struct.pack("!BHH", version, my_as, hold) + ipaddress.ip_address(router_id).packed
    return message(OPEN, body + struct.pack("!B", len(params) if params_len is None else params_len) + params + tail)


def attribute(code, value, flags=None, length=None):
    flags = FLAGS[code] if flags is None else flags
    length = len(value) if length is None else length
    if length > 255 or flags & EXTENDED:
        return struct.pack("!BBH", flags | EXTENDED, code, length) + value
    return struct.pack("!BBB", flags, code, length) + value


def nlri(*prefixes):
    out = b""
    for p in prefixes:
        net = ipaddress.ip_interface(p)
        bits = net.network.prefixlen
        out += bytes([bits]) + net.ip.packed[: (bits + 7) // 8]
    return out


def as_path(*segments, width="I"):
    """Segments are (kind, [AS, ...])."""
    return b"".join(struct.pack("!BB", kind, len(asns)) + struct.pack(f"!{len(asns)}{width}", *asns) for kind, asns in segments)


def mp_reach(family, next_hop, routes):
    return struct.pack("!HBB", *family, len(next_hop)) + next_hop + b"\0" + routes


def mp_unreach(family, routes=b""):
    return struct.pack("!HB", *family) + routes


def update(attributes=b"", withdrawn=b"", routes=b"", withdrawn_len=None, attributes_len=None):
    return message(UPDATE, struct.pack("!H", len(withdrawn) if withdrawn_len is None else withdrawn_len) + withdrawn +
                   struct.pack("!H", len(attributes) if attributes_len is None else attributes_len) + attributes + routes)


def refresh(family, subtype=0):
    return message(REFRESH, struct.pack("!HBB", family[0], subtype, family[1]))


def address(text):
    return ipaddress.ip_address(text).packed


def read_nlri(data, family):
    size, out = (4 if family[0] == 1 else 16), []
    while data:
        n = (data[0] + 7) // 8
        out.append(str(ipaddress.ip_network((data[1 : 1 + n].ljust(size, b"\0"), data[0]))))
        data = data[1 + n :]
    return out


def read_attributes(data):
    out = {}
    while data:
        flags, code = data[0], data[1]
        head, n = (4, struct.unpack("!H", data[2:4])[0]) if flags & EXTENDED else (3, data[2])
        assert code not in out and len(data) >= head + n, "what weft sends is malformed"
        out[code] = (flags & ~EXTENDED, data[head : head + n])
        data = data[head + n :]
    return out


def read_update(body):
    """Withdrawn prefixes, announced prefixes, attributes {code: (flags, value)}."""
    n = struct.unpack("!H", body[:2])[0]
    gone, body = read_nlri(body[2 : 2 + n], IP4), body[2 + n :]
    n = struct.unpack("!H", body[:2])[0]
    attributes, here = read_attributes(body[2 : 2 + n]), read_nlri(body[2 + n :], IP4)
    if MP_UNREACH in attributes:
        value = attributes[MP_UNREACH][1]
        gone += read_nlri(value[3:], struct.unpack("!HB", value[:3]))
    if MP_REACH in attributes:
        value = attributes[MP_REACH][1]
        here += read_nlri(value[5 + value[3] :], struct.unpack("!HB", value[:3]))
    return gone, here, attributes


class Session:
    """One TCP connection to weft over a link. routes is what weft announces here, {prefix: attributes}."""

    def __init__(self, link, to):
        self.link, self.to = link, to
        self.heard, self.routes, self.closed = [], {}, False
        self.tasks, self.wakeup = [], asyncio.Event()
        self.sock = None

    async def connect(self, source=None):
        """Tried again for a while when it is refused: right after a session's end weft may still be busy with that one."""
        scope = socket.if_nametoindex(self.link)
        loop = asyncio.get_running_loop()
        for attempt in range(40):
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            self.sock.setblocking(False)
            if source:
                self.sock.bind((source, 0, 0, scope))
            try:
                await asyncio.wait_for(loop.sock_connect(self.sock, (self.to, 179, 0, scope)), 3)
                break
            except OSError:
                self.sock.close()
                if attempt == 39:
                    raise
                await asyncio.sleep(0.05)
        self.tasks.append(asyncio.create_task(self.reader()))
        return self

    async def reader(self):
        loop, data = asyncio.get_running_loop(), b""
        try:
            while chunk := await loop.sock_recv(self.sock, 65536):
                data += chunk
                while len(data) >= 19 and len(data) >= (n := struct.unpack("!H", data[16:18])[0]):
                    self.take(data[18], data[19:n])
                    data = data[n:]
        except OSError:
            pass
        except Exception:                                        # noqa: BLE001: what weft sent cannot be read, which is what is to be seen
            traceback.print_exc()
        self.closed = True
        self.wakeup.set()

    def take(self, kind, body):
        self.heard.append((kind, body))
        if kind == UPDATE:
            gone, here, attributes = read_update(body)
            for p in gone:
                self.routes.pop(p, None)
            for p in here:
                self.routes[p] = attributes
        self.wakeup.set()

    async def until(self, condition, seconds=5):
        """Waits for a condition on what is heard; returns what it says last."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (value := condition()) and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self.wakeup.clear()
            try:
                await asyncio.wait_for(self.wakeup.wait(), left)
            except asyncio.TimeoutError:
                pass
        return value

    async def send(self, data):
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, data)
        except OSError:
            pass                                                 # weft has closed: what it said before is what counts

    def got(self, kind):
        return [body for k, body in self.heard if k == kind]

    def got_after_open(self):
        return [(kind, body) for kind, body in self.heard if kind not in (OPEN, UPDATE, KEEPALIVE)]

    async def establish(self, open_bytes):
        """OPENs and KEEPALIVEs both ways; then keeps the session alive. True when that succeeded."""
        await self.send(open_bytes)
        await self.until(lambda: self.closed or self.got(OPEN))
        await self.send(message(KEEPALIVE))
        await self.until(lambda: self.closed or self.got(KEEPALIVE))
        self.tasks.append(asyncio.create_task(self.keep_alive()))
        return bool(self.got(KEEPALIVE)) and not self.closed

    async def keep_alive(self):
        while not await self.until(lambda: self.closed, 2):
            await self.send(message(KEEPALIVE))

    async def close(self):
        for task in self.tasks:
            task.cancel()
        self.sock.close()
        self.closed = True
