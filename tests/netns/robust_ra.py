"""The table for robust.py, continued: Router Advertisements and Solicitations, frame by frame (RFC 4861).

A valid RA makes its sender the peer, which shows on the wire: weft connects to it at once. An invalid one shows by the silence after it,
and by the good one that comes next."""
import asyncio
import socket
import struct

import bgp
from bgp import Failed

RS, RA, NA = 133, 134, 136
SYN = 2
WAIT, SILENCE = 3, 0.7                                       # seconds


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ra(options=b"", code=0, lifetime=1800, flags=0, timers=(0, 0)):
    return struct.pack("!BBHBBHII", RA, code, 0, 64, flags, lifetime, *timers) + options


def rs(options=b""):
    return struct.pack("!BBHI", RS, 0, 0, 0) + options


class Wire:
    """The link itself, below IPv6."""

    def __init__(self, link):
        self.link = link
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)          # with a protocol it would hear all links until it is bound
        self.sock.bind((link.name, 0x86DD))
        self.sock.setblocking(False)
        with open(f"/sys/class/net/{link.name}/address", encoding="ascii") as f:
            self.mac = bytes.fromhex(f.read().strip().replace(":", ""))
        self.lladdr = b"\1\1" + self.mac

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, icmp, source="fe80::2", to="ff02::1", hop_limit=255, wrong_checksum=False):
        source, to = bgp.address(source), bgp.address(to)
        total = checksum(source + to + struct.pack("!II", len(icmp), 58) + icmp) ^ wrong_checksum
        ethernet = (b"\x33\x33" + to[12:] if to[0] == 0xFF else b"\xff" * 6) + self.mac + b"\x86\xdd"
        self.sock.send(ethernet + struct.pack("!IHBB", 6 << 28, len(icmp), 58, hop_limit) + source + to + icmp[:2] + struct.pack("!H", total) + icmp[4:])

    async def hear(self, wanted, seconds):
        """The next frame of weft's that is wanted, or None."""
        async def next_frame():
            while True:
                frame = await asyncio.get_running_loop().sock_recv(self.sock, 2048)
                if frame[6:12] != self.mac and wanted(frame):
                    return frame
        try:
            return await asyncio.wait_for(next_frame(), seconds)
        except asyncio.TimeoutError:
            return None

    async def called_after(self, icmp, **how):
        """Does weft connect to whom it hears this from? Said three times, as routers say everything again."""
        for _ in range(3):
            self.send(icmp, **how)
            if frame := await self.calls(WAIT):
                return frame
        return None

    async def calls(self, seconds, to="fe80::2"):
        return await self.hear(lambda f: f[20] == 6 and f[38:54] == bgp.address(to) and f[56:58] == b"\0\xb3" and f[67] == SYN, seconds)

    async def advertises(self, seconds):
        return await self.hear(lambda f: f[20] == 58 and f[54] == RA, seconds)


def taken(name, rfc, build, **how):
    async def play(link):
        with Wire(link) as wire:
            if not await wire.called_after(build(wire), **{k: v(link) if callable(v) else v for k, v in how.items()}):
                raise Failed("weft does not connect to its sender")
        await link.recovers()
    return "RA: " + name, rfc, play


def refused(name, rfc, build, **how):
    async def play(link):
        with Wire(link) as wire:
            how_here = {k: v(link) if callable(v) else v for k, v in how.items()}
            wire.send(build(wire), **how_here)
            if await wire.calls(SILENCE, how_here.get("source", "fe80::2")):
                raise Failed("weft connects to its sender")
            if not await wire.called_after(ra(wire.lladdr)):
                raise Failed("weft does not connect after a good one")
        await link.recovers()
    return "RA: not " + name, rfc, play


async def answers(link):
    """RFC 4861 6.2.6, and the bytes of 4.2: hop limit 255, our link-layer address, nothing that a server would take a route from."""
    with Wire(link) as wire:
        while await wire.advertises(1.5):                    # the burst of a link that came up
            pass
        for source in "fe80::2", "::", "2001:db8::2":
            for _ in range(3):
                wire.send(rs(), source=source, to="ff02::2")
                if frame := await wire.advertises(0.8):          # the next one by itself comes later
                    break
            if not frame:
                raise Failed(f"a solicitation from {source} is not answered")
            if frame[21] != 255 or frame[22:38] != bgp.address(link.to) or frame[38:54] != bgp.address("ff02::1"):
                raise Failed(f"hop limit or addresses of {frame.hex()}")
            if frame[55] != 0 or frame[60:62] != b"\0\0" or frame[70:] != b"\1\1" + frame[6:12]:
                raise Failed(f"code, lifetime or options of {frame.hex()}")


async def storm(link):
    session = await link.session()
    await link.flush(session)
    start = asyncio.get_running_loop().time()
    with Wire(link) as wire:
        for n in range(1000):
            wire.send(ra(wire.lladdr))
            wire.send(rs(), to="ff02::2")
            wire.send(ra(b"\1\1\2\0\0\0" + struct.pack("!H", n)), source=f"fe80::{n + 256:x}")
            if n % 20 == 0:
                await asyncio.sleep(0)
        n, seconds = 0, asyncio.get_running_loop().time() - start + 1
        while (left := start + seconds - asyncio.get_running_loop().time()) > 0 and await wire.advertises(left):
            n += 1
        if n > 12 + 25 * seconds:
            raise Failed(f"{n} advertisements in {seconds:.1f} s")
    await link.flush(session, 248)


async def second_router(link):
    with Wire(link) as wire:
        if not await wire.called_after(ra(wire.lladdr)):
            raise Failed("weft does not connect")
        session = await link.session()
        for _ in range(5):
            wire.send(ra(b"\1\1\2\1\2\3\4\5"), source="fe80::33")
            wire.send(ra(wire.lladdr))
            if await wire.calls(0.2, "fe80::33"):
                raise Failed("weft connects to the second one")
        await link.flush(session)


def rows():
    valid = invalid = "4861 6.1.2"
    return [
        taken("plain", valid, lambda w: ra(w.lladdr)),
        taken("lifetime 0", "4861 6.2.3", lambda w: ra(w.lladdr, lifetime=0)),
        taken("lifetime and timers at their longest", "4861 4.2", lambda w: ra(w.lladdr, lifetime=65535, timers=(2**32 - 1,) * 2)),
        taken("every flag set", "4861 4.2", lambda w: ra(w.lladdr, flags=0xFF)),
        taken("no option", valid, lambda w: ra()),
        taken("MTU, prefix and unknown options before ours", valid, lambda w: ra(
            b"\5\1" + bytes(6) + b"\3\4\x40\xc0" + bytes(28) + b"\xfe\2" + bytes(14) + w.lladdr)),
        taken("150 options", valid, lambda w: ra(w.lladdr + (b"\xfe\1" + bytes(6)) * 150)),
        taken("to weft alone", valid, lambda w: ra(w.lladdr), to=lambda link: link.to),
        *(refused(f"hop limit {n}", invalid, lambda w: ra(w.lladdr), hop_limit=n) for n in (0, 1, 64, 254)),
        refused("code 1", invalid, lambda w: ra(w.lladdr, code=1)),
        refused("wrong checksum", invalid, lambda w: ra(w.lladdr), wrong_checksum=True),
        refused("8 bytes", invalid, lambda w: ra()[:8]),
        refused("15 bytes", invalid, lambda w: ra()[:15]),
        refused("option of length 0", invalid, lambda w: ra(b"\5\0" + bytes(6))),
        refused("option of length 0 behind a good one", invalid, lambda w: ra(w.lladdr + b"\1\0")),
        refused("option past the end", invalid, lambda w: ra(b"\1\4" + w.mac)),
        refused("one byte left over", invalid, lambda w: ra(w.lladdr + b"\1")),
        *(refused(f"source {a}", invalid, lambda w: ra(w.lladdr), source=a) for a in ("2001:db8::2", "::1", "ff02::1")),
        refused("source weft's own address", "4861 6.1.2", lambda w: ra(w.lladdr), source=lambda link: link.to),
        refused("a Router Solicitation", "4861 6.1.1", lambda w: rs(w.lladdr), to="ff02::2"),
        refused("a Neighbor Advertisement", "4861 4.4", lambda w: struct.pack("!BBHI", NA, 0, 0, 0xA0 << 24) + bgp.address("fe80::2") + b"\2\1" + w.mac),
        ("RA: three thousand packets beside a session", "4861 6.2.6", storm),
        ("RA: a second router does not replace one that lives", "4861 6.3.4", second_router),
        ("RS: answered at once, from any neighbour", "4861 6.2.6", answers),
    ]
