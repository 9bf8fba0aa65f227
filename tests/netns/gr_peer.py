#!/usr/bin/env python3
"""A peer with graceful restart: gr_peer.py LINK ADDRESS PREFIX... It opens a session to weft at the address, announces the prefixes, says
End-of-RIB, and begins again whenever the session ends.

  --graceful "R=0 N=1 time=60 ipv4=F ipv6=F"   its capability 64; a family that is not named is not in it; "" for none at all
  --families ipv4,ipv6                         those of its capabilities 1
  --router-id ID                               198.51.100.1 if not said
  --silent                                     it announces nothing, and says no End-of-RIB

On stdout a line for whatever it hears that matters here:

  open R=1 N=1 time=30 ipv4=F ipv6=-   weft's OPEN: what capability 64 says; a family is `-` when it is named without its F bit
  told PREFIX | gone PREFIX            an UPDATE
  eor ipv4 | eor ipv6                  End-of-RIB
  closed                               without a NOTIFICATION, else: notification CODE SUBCODE
  hard reset CODE SUBCODE WORDS        a NOTIFICATION too (RFC 8538 3), with the real reason and its words (RFC 9003 2)"""
import argparse
import asyncio
import struct

import bgp

ASN = 64999
NAMES = {bgp.IP4: "ipv4", bgp.IP6: "ipv6"}
FAMILIES = {name: family for family, name in NAMES.items()}


def graceful(words):
    """Capability 64 (RFC 4724 3, RFC 8538 2) from words like those that are printed; none of none."""
    said = dict(word.split("=") for word in words.split())
    if not said:
        return []
    value = struct.pack("!H", int(said["R"]) << 15 | int(said["N"]) << 14 | int(said["time"]))
    for name, family in FAMILIES.items():
        if name in said:
            value += struct.pack("!HBB", *family, 0x80 if said[name] == "F" else 0)
    return [bgp.capability(64, value)]


def graceful_of(body):
    """The value of capability 64 in an OPEN, or None."""
    params = body[10 : 10 + body[9]]
    if body[9] == 255 and body[10] == 255:                           # RFC 9072
        raise bgp.Failed("an extended OPEN: not expected here")
    while params:
        kind, caps = params[0], params[2 : 2 + params[1]]
        params = params[2 + params[1] :]
        while kind == 2 and caps:
            code, value = caps[0], caps[2 : 2 + caps[1]]
            caps = caps[2 + caps[1] :]
            if code == 64:
                return value
    return None


def words_of(body):
    value = graceful_of(body)
    if value is None:
        return "open without graceful restart"
    word = struct.unpack("!H", value[:2])[0]
    families = [struct.unpack("!HBB", value[i : i + 4]) for i in range(2, len(value), 4)]
    listed = "".join(f" {NAMES[afi, safi]}={'F' if flags & 0x80 else '-'}" for afi, safi, flags in families)
    return f"open R={word >> 15} N={word >> 14 & 1} time={word & 0xFFF}{listed}"


def words_of_update(body):
    gone, here, attributes = bgp.read_update(body)
    if not gone and not here:                                        # RFC 4724 2
        unreach = attributes.get(bgp.MP_UNREACH)
        return ["eor " + (NAMES[struct.unpack("!HB", unreach[1][:3])] if unreach else "ipv4")]
    return [f"gone {p}" for p in gone] + [f"told {p}" for p in here]


class Teller(bgp.Session):
    """Says on stdout what it takes, in the order in which it comes."""

    def take(self, kind, body):
        if kind == bgp.OPEN:
            print(words_of(body), flush=True)
        elif kind == bgp.NOTIFICATION and tuple(body[:2]) == (6, 9):
            print(f"hard reset {body[2]} {body[3]} {body[5 : 5 + body[4]].decode()}", flush=True)
        elif kind == bgp.NOTIFICATION:
            print(f"notification {body[0]} {body[1]}", flush=True)
        elif kind == bgp.UPDATE:
            for words in words_of_update(body):
                print(words, flush=True)
        super().take(kind, body)


def announce(prefix):
    family = bgp.IP6 if ":" in prefix else bgp.IP4
    return bgp.update(bgp.attribute(bgp.ORIGIN, b"\0") + bgp.attribute(bgp.AS_PATH, bgp.as_path((bgp.SEQUENCE, [ASN]))) +
                      bgp.attribute(bgp.MP_REACH, bgp.mp_reach(family, bgp.address("fe80::2"), bgp.nlri(prefix))))


def capabilities(args):
    families = [bgp.capability(1, struct.pack("!HBB", FAMILIES[name][0], 0, FAMILIES[name][1])) for name in args.families]
    return families + [c for c in bgp.capabilities(ASN) if c not in bgp.MP] + graceful(args.graceful)


def table(args):
    """All that it has to say, and that this was all."""
    if args.silent:
        return b""
    ends = {"ipv4": bgp.update(), "ipv6": bgp.update(bgp.attribute(bgp.MP_UNREACH, bgp.mp_unreach(bgp.IP6)))}
    told = [announce(p) for p in args.prefixes if ("ipv6" if ":" in p else "ipv4") in args.families]
    return b"".join(told + [ends[name] for name in args.families])


async def play(args):
    params = b"".join(bgp.parameter(c) for c in capabilities(args))
    while True:
        session = Teller(args.link, args.address)
        try:
            await session.connect(source="fe80::2")
            if await session.establish(bgp.open_message(ASN, args.router_id, params=params)):
                await session.send(table(args))
                await session.until(lambda: session.closed, 3600)
            # A weft that is about to end may still have a connection in its backlog: that was no session.
            if session.got(bgp.OPEN) and not session.got(bgp.NOTIFICATION):
                print("closed", flush=True)
        except (OSError, asyncio.TimeoutError):
            pass                                                     # nobody is there yet
        await session.close()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--graceful", default="R=0 N=1 time=60 ipv4=F ipv6=F")
    parser.add_argument("--families", type=lambda text: text.split(","), default=["ipv4", "ipv6"])
    parser.add_argument("--router-id", default="198.51.100.1")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("link")
    parser.add_argument("address")
    parser.add_argument("prefixes", nargs="*")
    return parser.parse_intermixed_args()


if __name__ == "__main__":
    asyncio.run(play(arguments()))
