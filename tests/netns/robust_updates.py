"""The table for robust.py, continued: UPDATE, RFC 7606 and what an UPDATE means.

Every row plays like this, in one session: net(1) is announced and must stay, net(2) is announced, then comes the message in question,
which is about net(2), then net(3), which must be installed. The outcome says what is left of net(2):
  GONE     treated as withdraw: in neither weft's kernel nor what is passed on
  SAME     the message is ignored: net(2) as it was
  TAKEN    the message counts: net(2) has the tag, which is a community; `check` looks at what was passed on
  (3, n)   the session ends with this NOTIFICATION, the routes go, and a good session follows at once"""
import struct

import bgp
from bgp import AS_PATH, Failed, attribute

GONE, SAME, TAKEN = "gone", "same", "taken"
TAG = struct.pack("!HH", 64999, 77)
TAGGED = attribute(bgp.COMMUNITIES, TAG)
LL, LL2, GLOBAL, NONE = (bgp.address(a) for a in ("fe80::2", "fe80::3", "2001:db8:ffff::2", "::"))


def row(name, rfc, build, outcome, check=None, data=None, open_bytes=None, family=bgp.IP4):
    async def play(link):
        one, two, three = (link.net(n, family) for n in (1, 2, 3))
        kernel, routes = link.bench.kernel, link.bench.observer.routes
        session = await link.session(open_bytes(link) if open_bytes else None)
        good = {} if open_bytes is None else {"change": {AS_PATH: attribute(AS_PATH, bgp.as_path((bgp.SEQUENCE, [23456]), width="H"))}}
        await session.send(link.announce(one, **good) + link.announce(two, **good))
        await link.observed(two)
        await kernel.expect(have=[one, two])
        message = build(link, two)
        await session.send(message)
        if isinstance(outcome, tuple):
            await link.ends(session, outcome, data(message) if data else None)
            await kernel.expect(lack=[one, two])
            await link.recovers()
            return
        await session.send(link.announce(three, **good))
        try:
            await link.observed(three)
        except Failed:
            raise Failed(f"the session did not go on: {[(k, b.hex()) for k, b in session.got_after_open()]}") from None
        if session.got(bgp.NOTIFICATION) or session.closed:
            raise Failed("the session ended")
        await kernel.expect(have=[one, three], lack=[two] if outcome == GONE else [])
        if outcome == GONE:
            if two in routes:
                raise Failed("still passed on")
            return
        await kernel.expect(have=[two])
        tag = routes.get(two, {}).get(bgp.COMMUNITIES, (0, b""))[1]
        if (tag == TAG) != (outcome == TAKEN):
            raise Failed(f"tag {tag.hex()!r} on what is passed on")
        if check and (wrong := check(link, routes[two])):
            raise Failed(f"passed on: {wrong}")
    return name, rfc, play


def changed(code, whole, family=bgp.IP4):
    """An announcement of net(2) with the tag, in which one attribute is this one."""
    return lambda link, two: link.announce(two, tag=TAG, change={code: whole})


def has(code, flags, value):
    def check(_, attributes):
        got = attributes.get(code)
        return None if got == (flags, value) else f"attribute {code} is {got}"
    return check


def lacks(code):
    return lambda _, attributes: f"attribute {code} is {attributes[code]}" if code in attributes else None


def path(*segments):
    """AS_PATH that begins with the peer; segments follow it."""
    return lambda link, two: link.announce(two, tag=TAG, change={
        AS_PATH: attribute(AS_PATH, bgp.as_path((bgp.SEQUENCE, [link.asn])) + bgp.as_path(*segments))})


def raw_path(value):
    return lambda link, two: link.announce(two, tag=TAG, change={AS_PATH: attribute(AS_PATH, value(link))})


def walk(value):
    """The hops of an AS_PATH, wherever its segments begin; an AS_SET is one hop."""
    out = []
    while value:
        kind, n = value[:2]
        asns = struct.unpack(f"!{n}I", value[2 : 2 + 4 * n])
        out += asns if kind == bgp.SEQUENCE else [set(asns)]
        value = value[2 + 4 * n :]
    return out


def hops(n):
    return lambda _, attributes: None if len(walk(attributes[AS_PATH][1])) == n else f"{len(walk(attributes[AS_PATH][1]))} hops"


def goes(*asns):
    return lambda _, attributes: None if walk(attributes[AS_PATH][1]) == list(asns) else f"path {walk(attributes[AS_PATH][1])}"


def reach(next_hop, family=bgp.IP4, tail=b""):
    """An announcement with this next hop; tail: more bytes where the NLRI are."""
    return lambda link, two: bgp.update(link.attributes(bgp.nlri(two) + tail, family=family, tag=TAG, next_hop=next_hop))


def classic(tail=b"", hop="10.9.9.9", leave_out=None, withdrawn=b""):
    """net(2) in the message's own NLRI field, with NEXT_HOP."""
    def build(link, two):
        change = {bgp.NEXT_HOP: attribute(bgp.NEXT_HOP, bgp.address(hop))}
        if leave_out:
            change[leave_out] = None
        return bgp.update(link.attributes(tag=TAG, change=change), routes=bgp.nlri(two) + tail, withdrawn=withdrawn)
    return build


def with_more(more, first=False):
    """A good announcement and these bytes in the list of attributes: after it, or before."""
    def build(link, two):
        good = link.attributes(bgp.nlri(two), tag=TAG)
        return bgp.update(more + good if first else good + more)
    return build


def attributes():
    """RFC 7606 section 7: each attribute by flags, length and value."""
    out = []
    for code, good, fix in [
        (bgp.ORIGIN, b"\0", GONE), (bgp.MED, bytes(4), GONE), (bgp.COMMUNITIES, TAG, GONE), (bgp.ATOMIC, b"", GONE),
        (bgp.AGGREGATOR, struct.pack("!I4s", 65001, bytes(4)), GONE), (bgp.EXT_COMMUNITIES, bytes(8), GONE), (bgp.LARGE, bytes(12), GONE),
        (bgp.NEXT_HOP, bytes(4), GONE),
    ]:
        flags = bgp.FLAGS[code]
        out.append(row(f"attribute {code} with wrong Optional and Transitive flags", "7606 3 c", changed(code, attribute(code, good, flags ^ 0xC0)), fix))
    out.append(row("AS_PATH with wrong flags", "7606 3 c", lambda l, two: l.announce(two, tag=TAG, change={
        AS_PATH: attribute(AS_PATH, bgp.as_path((bgp.SEQUENCE, [l.asn])), 0xC0)}), GONE))
    for code, section, bad in [
        (bgp.ORIGIN, "7.1", [b"", b"\0\0", b"\3", b"\xff"]), (bgp.NEXT_HOP, "7.3", [b"", bytes(3), bytes(5)]),
        (bgp.MED, "7.4", [b"", bytes(3), bytes(5)]), (bgp.COMMUNITIES, "7.8", [b"", bytes(3), bytes(5)]),
        (bgp.EXT_COMMUNITIES, "7.14", [b"", bytes(7), bytes(9)]), (bgp.LARGE, "RFC 8092 6", [b"", bytes(11), bytes(13)]),
    ]:
        for value in bad:
            out.append(row(f"attribute {code} with value {value.hex() or 'empty'}", "7606 " + section, changed(code, attribute(code, value)), GONE))
    for code, section, bad in [
        (bgp.ATOMIC, "7.6", [b"\0"]), (bgp.AGGREGATOR, "7.7", [b"", bytes(6), bytes(9)]), (bgp.LOCAL_PREF, "7.5", [bytes(4), bytes(3), b""]),
        (bgp.ORIGINATOR_ID, "7.9", [bytes(4), bytes(5)]), (bgp.CLUSTER_LIST, "7.10", [bytes(8), bytes(3)]),
        (bgp.AS4_PATH, "6793 6", [bgp.as_path((bgp.SEQUENCE, [65001])), b"\2"]), (bgp.AS4_AGGREGATOR, "6793 6", [bytes(8), bytes(3)]),
    ]:
        for value in bad:
            out.append(row(f"attribute {code} with value {value.hex() or 'empty'}", "7606 " + section,
                           changed(code, attribute(code, value)), TAKEN, lacks(code)))
    out.append(row("AGGREGATOR with AS 0", "7607 2", changed(bgp.AGGREGATOR, attribute(bgp.AGGREGATOR, bytes(8))), TAKEN, lacks(bgp.AGGREGATOR)))
    return out


def paths():
    confed = "7606 7.2, 5065 5"
    long = [65000 + i % 500 for i in range(299)]
    return [
        row("AS_PATH of 300 hops", "4271 4.3", path((bgp.SEQUENCE, long[:255]), (bgp.SEQUENCE, long[255:])), TAKEN, hops(301)),
        row("AS_PATH with a segment of 255", "4271 4.3", raw_path(lambda l: bgp.as_path((bgp.SEQUENCE, [l.asn] + long[:254]))), TAKEN, hops(256)),
        row("AS_PATH with an AS_SET", "4271 9.1.2.2", path((bgp.SET, [65001, 65002])), TAKEN, hops(3)),
        row("AS_PATH with an empty segment", "7606 7.2", path((bgp.SEQUENCE, [])), GONE),
        row("AS_PATH with an empty AS_SET", "7606 7.2", path((bgp.SET, [])), GONE),
        row("AS_PATH with AS 0", "7607 2", path((bgp.SEQUENCE, [0])), GONE),
        row("AS_PATH with AS 0 in an AS_SET", "7607 2", path((bgp.SET, [65001, 0])), GONE),
        row("AS_PATH with AS_CONFED_SEQUENCE", confed, path((bgp.CONFED_SEQUENCE, [65001])), GONE),
        row("AS_PATH with AS_CONFED_SET", confed, path((bgp.CONFED_SET, [65001])), GONE),
        row("AS_PATH with segment type 0", "7606 7.2", path((0, [65001])), GONE),
        row("AS_PATH with segment type 5", "7606 7.2", path((5, [65001])), GONE),
        row("AS_PATH with a segment past its end", "7606 7.2", raw_path(lambda l: struct.pack("!BBI", 2, 2, l.asn)), GONE),
        row("AS_PATH with one byte left over", "7606 7.2", raw_path(lambda l: struct.pack("!BBI", 2, 1, l.asn) + b"\2"), GONE),
        row("AS_PATH with 2-octet ASes from a 4-octet peer", "6793 4.1", raw_path(lambda l: struct.pack("!BBHH", 2, 2, 65001, 65002)), GONE),
        row("AS_PATH that begins with another AS", "4271 6.3", raw_path(lambda l: bgp.as_path((bgp.SEQUENCE, [65001, l.asn]))), GONE),
        row("AS_PATH empty", "4271 6.3", raw_path(lambda l: b""), GONE),
        row("AS_PATH with weft's own AS", "4271 9.1.2", path((bgp.SEQUENCE, [64000])), GONE),
    ]


def unknowns():
    out = []
    for code in 99, 28, 128, 255:
        out.append(row(f"unknown optional transitive {code}", "4271 9", with_more(attribute(code, b"weft", 0xC0)), TAKEN, has(code, 0xE0, b"weft")))
    return out + [
        row("unknown optional transitive, Partial already set", "4271 5", with_more(attribute(99, b"x", 0xE0)), TAKEN, has(99, 0xE0, b"x")),
        row("unknown optional transitive, empty", "4271 5", with_more(attribute(99, b"", 0xC0)), TAKEN, has(99, 0xE0, b"")),
        row("unknown optional transitive of 3000 bytes", "4271 5", with_more(attribute(99, b"x" * 3000, 0xC0)), TAKEN, has(99, 0xE0, b"x" * 3000)),
        row("unknown optional transitive before the known ones", "4271 5", with_more(attribute(99, b"x", 0xC0), True), TAKEN, has(99, 0xE0, b"x")),
        row("unknown optional transitive with the unused flags set", "4271 4.3", with_more(attribute(99, b"x", 0xCF & ~0x10)), TAKEN, has(99, 0xE0, b"x")),
        row("unknown optional transitive of type 0", "4271 5", with_more(attribute(0, b"x", 0xC0)), TAKEN, has(0, 0xE0, b"x")),
        row("unknown optional non-transitive", "4271 9", with_more(attribute(99, b"x", 0x80)), TAKEN, lacks(99)),
        row("unknown well-known", "4271 6.3", with_more(attribute(99, b"x", 0x40)), (3, 2), data=lambda m: attribute(99, b"x", 0x40)),
        row("unknown optional transitive twice", "7606 3 g", with_more(attribute(99, b"1", 0xC0) + attribute(99, b"2", 0xC0)), TAKEN, has(99, 0xE0, b"1")),
    ]


LARGE1, LARGE2 = struct.pack("!III", 1, 2, 3), struct.pack("!III", 9, 9, 9)
EXT_ROUTE_TARGET, EXT_BANDWIDTH = b"\0\2\0\1\0\0\0\1", b"\x40\4\0\1\x4c\xee\x6b\x28"


def passed_on():
    """What goes on to another AS, and what does not."""
    return [
        row("MULTI_EXIT_DISC stays here", "4271 5.1.4", with_more(attribute(bgp.MED, bytes(4))), TAKEN, lacks(bgp.MED)),
        row("ATOMIC_AGGREGATE goes on", "4271 5.1.6", with_more(attribute(bgp.ATOMIC, b"")), TAKEN, has(bgp.ATOMIC, 0x40, b"")),
        row("LARGE_COMMUNITY, a value twice", "8092 3", with_more(attribute(bgp.LARGE, LARGE1 + LARGE2 + LARGE1)), TAKEN,
            has(bgp.LARGE, 0xC0, LARGE1 + LARGE2)),
        row("EXTENDED COMMUNITIES that are not transitive stay here", "4360 6", with_more(
            attribute(bgp.EXT_COMMUNITIES, EXT_BANDWIDTH + EXT_ROUTE_TARGET)), TAKEN, has(bgp.EXT_COMMUNITIES, 0xC0, EXT_ROUTE_TARGET)),
        row("EXTENDED COMMUNITIES of which none is transitive", "4360 6", with_more(attribute(bgp.EXT_COMMUNITIES, EXT_BANDWIDTH)), TAKEN,
            lacks(bgp.EXT_COMMUNITIES)),
        row("AS_PATH with weft's own AS in a set", "4271 9.1.2", path((bgp.SET, [65001, 64000])), GONE),
        row("next hop is weft's own address", "4271 6.3", lambda l, two: l.announce(two, tag=TAG, next_hop=bgp.address(l.to)), GONE),
        row("the reserved byte of MP_REACH_NLRI", "4760 3", lambda l, two: bgp.update(l.attributes(tag=TAG, change={
            14: attribute(14, struct.pack("!HBB", 1, 1, 16) + LL + b"\xff" + bgp.nlri(two))})), TAKEN),
    ] + [stays(name, rfc, value) for name, rfc, value in (
        ("NO_EXPORT", "1997", 0xFFFFFF01), ("NO_ADVERTISE", "1997", 0xFFFFFF02), ("NO_EXPORT_SUBCONFED", "1997", 0xFFFFFF03),
        ("BLACKHOLE", "7999 3.2", 0xFFFF029A))]


def stays(name, rfc, value):
    async def play(link):
        session = await link.session()
        await session.send(link.announce(link.net(1)))
        await link.observed(link.net(1))
        await session.send(link.announce(link.net(1), tag=struct.pack("!I", value)))
        await link.flush(session)
        await link.bench.kernel.expect(have=[link.net(1)])
        if link.net(1) in link.bench.observer.routes:
            raise Failed("passed on")
    return f"{name} is used and not passed on", rfc, play


def lists():
    """The list of attributes as a whole: what is missing, double, too long."""
    twice = {"7606 3 g": [("ORIGIN", attribute(1, b"\3")), ("COMMUNITIES", attribute(8, bytes(4))), ("MULTI_EXIT_DISC", attribute(4, bytes(4)) * 2)]}
    out = [row(f"{name} twice", rfc, with_more(more), TAKEN) for rfc, rows_ in twice.items() for name, more in rows_]
    return out + [
        row("ORIGIN missing", "7606 3 d", changed(bgp.ORIGIN, None), GONE),
        row("AS_PATH missing", "7606 3 d", changed(AS_PATH, None), GONE),
        row("NEXT_HOP missing beside classic NLRI", "7606 3 d", classic(leave_out=bgp.NEXT_HOP), GONE),
        row("an attribute past the end of the list", "7606 4", with_more(attribute(99, b"x", 0xC0, length=200)), GONE),
        row("one byte left over in the list", "7606 4", with_more(b"\xc0"), GONE),
        row("a length that is missing its second byte", "7606 4", with_more(b"\xd0\x63\0"), GONE),
        row("MP_REACH_NLRI past the end of the list", "7606 3 j", lambda l, two: bgp.update(attribute(1, b"\0") + attribute(14, bytes(9), length=99)), (3, 1)),
        row("MP_REACH_NLRI twice", "7606 3 g", lambda l, two: bgp.update(
            l.attributes(bgp.nlri(two)) + attribute(14, bgp.mp_reach(bgp.IP4, LL, bgp.nlri(two)))), (3, 1)),
        row("MP_UNREACH_NLRI twice", "7606 3 g", lambda l, two: bgp.update(attribute(15, bgp.mp_unreach(bgp.IP4, bgp.nlri(two))) * 2), (3, 1)),
        row("MP_REACH_NLRI with wrong flags", "7606 3 c", lambda l, two: bgp.update(l.attributes(
            change={14: attribute(14, bgp.mp_reach(bgp.IP4, LL, bgp.nlri(two)), 0xC0)})), GONE),
        row("MP_UNREACH_NLRI with wrong flags", "7606 3 c", lambda l, two: bgp.update(attribute(15, bgp.mp_unreach(bgp.IP4, bgp.nlri(two)), 0xC0)), GONE),
        row("bad attributes and no NLRI", "7606 5.2", lambda l, two: bgp.update(l.attributes(change={1: attribute(1, b"\3")})), (3, 1)),
        row("Withdrawn Routes Length past the end", "4271 6.3", lambda l, two: bgp.update(withdrawn_len=100), (3, 1)),
        row("Total Path Attribute Length past the end", "4271 6.3", lambda l, two: bgp.update(l.attributes(bgp.nlri(two)), attributes_len=3000), (3, 1)),
        row("every attribute with a needless extended length", "7606 3 c", lambda l, two: bgp.update(b"".join(attribute(c, v, bgp.FLAGS[c] | 0x10) for c, v in (
            (1, b"\0"), (2, bgp.as_path((2, [l.asn]))), (8, TAG), (14, bgp.mp_reach(bgp.IP4, LL, bgp.nlri(two)))))), TAKEN),
        row("attributes in descending order", "4271 5", lambda l, two: bgp.update(
            attribute(14, bgp.mp_reach(bgp.IP4, LL, bgp.nlri(two))) + TAGGED + l.attributes()), TAKEN),
    ]


def nlris():
    bad, mp_error = (3, 10), (3, 9)
    v6 = {"family": bgp.IP6}
    return [
        row("classic NLRI", "4271 4.3", classic(), TAKEN),
        row("classic NLRI of length 33", "7606 5.3", classic(b"\x21\x0a\0\0\0\0"), bad),
        row("classic NLRI of length 255", "7606 5.3", classic(b"\xff" + bytes(32)), bad),
        row("classic NLRI past the end", "7606 5.3", classic(b"\x18\x0a"), bad),
        row("withdrawn route of length 33", "7606 5.3", lambda l, two: bgp.update(withdrawn=b"\x21" + bytes(5)), bad),
        row("MP_REACH_NLRI of length 33", "7606 5.3", reach(LL, tail=b"\x21" + bytes(5)), mp_error),
        row("MP_REACH_NLRI, NLRI past the end", "7606 5.3", reach(LL, tail=b"\x18\x0a"), mp_error),
        row("MP_REACH_NLRI of length 129", "7606 5.3", reach(LL, bgp.IP6, b"\x81" + bytes(17)), mp_error, **v6),
        row("MP_UNREACH_NLRI of length 33", "7606 5.3", lambda l, two: bgp.update(attribute(15, bgp.mp_unreach(bgp.IP4, b"\x21" + bytes(5)))), mp_error),
        row("MP_UNREACH_NLRI of 2 bytes", "7606 5.3", lambda l, two: bgp.update(attribute(15, b"\0\1")), mp_error),
        row("MP_REACH_NLRI of 4 bytes", "7606 5.3", changed(14, attribute(14, b"\0\1\1\0")), mp_error),
        row("IPv6 with the bits after the length set", "4271 4.3", lambda l, two: bgp.update(l.attributes(
            b"\x40" + bgp.address(two[:-3])[:8], family=bgp.IP6, tag=TAG)), TAKEN, **v6),
        row("IPv4 with the bits after the length set", "4271 4.3", lambda l, two: bgp.update(l.attributes(
            b"\x17" + bgp.address(l.octets + ".255.0")[:3] + bgp.nlri(two), tag=TAG)), TAKEN),
        row("one prefix twice in one message", "4271 9", lambda l, two: bgp.update(l.attributes(bgp.nlri(two, two), tag=TAG)), TAKEN),
        row("a family that was not negotiated", "4760 8", lambda l, two: bgp.update(l.attributes(
            change={14: attribute(14, bgp.mp_reach((25, 70), LL, b"\2\x21" + bytes(33)))})), SAME),
        row("withdrawals of a family that was not negotiated", "4760 8",
            lambda l, two: bgp.update(attribute(15, bgp.mp_unreach((25, 70), b"\2\x21" + bytes(33)))), SAME),
    ]


def next_hops():
    out = [row(f"next hop of {len(h)} bytes, {name}", "8950 3, 2545 3", reach(h), TAKEN) for name, h in (
        ("link-local", LL), ("link-local twice", LL + LL), (":: and link-local", NONE + LL), ("global and link-local", GLOBAL + LL),
        ("link-local and ::", LL + NONE), ("global", GLOBAL), ("IPv4", bytes([10, 9, 9, 9])), ("link-local twice, not equal", LL + LL2))]
    out += [row(f"IPv6 next hop of {len(h)} bytes", "2545 3", reach(h, bgp.IP6), TAKEN, family=bgp.IP6) for h in (LL, GLOBAL + LL)]
    out += [row(f"next hop of {n} bytes", "7606 7.11", reach(bytes(n)), (3, 9)) for n in (0, 5, 12, 15, 17, 24, 31, 33, 48)]
    out += [row(f"IPv6 next hop of {n} bytes", "7606 7.11", reach(bytes(n), bgp.IP6), (3, 9), family=bgp.IP6) for n in (4, 20)]
    out += [row(f"next hop {a}", "4271 6.3", reach(bgp.address(a)), GONE) for a in ("::", "::1", "ff02::1")]
    return out + [row(f"NEXT_HOP {a}", "4271 6.3", classic(hop=a), GONE) for a in ("0.0.0.0", "127.0.0.1", "224.0.0.5", "255.255.255.255")]


def semantics():
    gone = lambda two: attribute(15, bgp.mp_unreach(bgp.IP4, bgp.nlri(two)))                  # noqa: E731
    out = [
        row("withdraw and announce in one message, MP", "4271 4.3", lambda l, two: bgp.update(l.attributes(
            bgp.nlri(two), tag=TAG, change={15: gone(two)})), TAKEN),
        row("withdraw and announce in one message, classic", "4271 4.3",
            lambda l, two: classic(withdrawn=bgp.nlri(two))(l, two), TAKEN),
        row("withdraw in the old field, announce in MP_REACH_NLRI", "4271 4.3",
            lambda l, two: bgp.update(l.attributes(bgp.nlri(two), tag=TAG), withdrawn=bgp.nlri(two)), TAKEN),
        row("announced again with other attributes", "4271 9", lambda l, two: l.announce(two, tag=TAG), TAKEN),
        row("announced three times, withdrawn once", "4271 9", lambda l, two: l.announce(two) * 3 + bgp.update(withdrawn=bgp.nlri(two)), GONE),
        row("withdrawn in MP_UNREACH_NLRI", "4760 4", lambda l, two: bgp.update(gone(two)), GONE),
        row("withdrawn three times", "4271 9", lambda l, two: bgp.update(gone(two)) * 3, GONE),
        row("a withdrawal of what was never announced", "4271 9", lambda l, two: bgp.update(withdrawn=bgp.nlri(l.net(99))), SAME),
        row("a withdrawal of somebody else's route", "4271 9", lambda l, two: bgp.update(withdrawn=bgp.nlri(*l.bench.mine[:5])), SAME),
        row("End-of-RIB of both families, and again", "4724 2", lambda l, two: (bgp.update() + bgp.update(attribute(15, bgp.mp_unreach(bgp.IP6)))) * 2, SAME),
        row("attributes without NLRI", "4271 4.3", lambda l, two: bgp.update(l.attributes()), SAME),
    ]
    return out + [martian(p) for p in (
        "0.0.0.0/8", "127.0.0.0/8", "127.0.0.1/32", "169.254.0.0/16", "169.254.0.1/32", "224.0.0.0/4", "239.1.2.3/32",
        "fe80::/10", "fe80::/64", "ff00::/8", "ff02::1/128", "::1/128")] + [default(p) for p in ("0.0.0.0/0", "::/0")]


def martian(prefix):
    async def play(link):
        session = await link.session()
        await session.send(link.announce(prefix))
        await link.flush(session)
        await link.bench.kernel.expect(have=[link.net(250)], lack=[prefix])
        if prefix in link.bench.observer.routes:
            raise Failed("passed on")
    return f"{prefix} is refused", "6890 2.2", play


def default(prefix):
    async def play(link):
        session = await link.session()
        await session.send(link.announce(prefix))
        await link.flush(session)
        await link.bench.kernel.expect(have=[prefix])
        await link.observed(prefix)
        await session.send(bgp.update(attribute(15, bgp.mp_unreach(bgp.IP6 if ":" in prefix else bgp.IP4, bgp.nlri(prefix)))))
        await link.bench.kernel.expect(lack=[prefix])
    return f"{prefix} is a route like any other", "4271 4.3", play


def old_speakers():
    """A peer without the 4-octet AS capability (RFC 6793)."""
    def old(link):
        return link.open(my_as=23456, params=b"".join(bgp.parameter(c) for c in [*bgp.MP, bgp.NEXT_HOP6]))

    def build(*more):
        return lambda link, two: link.announce(two, tag=TAG, change={
            AS_PATH: attribute(AS_PATH, bgp.as_path((2, [23456, 23456, 65001]), width="H")), 17: b"".join(more)})
    merged, plain = goes(64000, 23456, 4200000777, 65001), goes(64000, 23456, 23456, 65001)
    return [
        row("AS4_PATH is merged", "6793 4.2.3", build(attribute(17, bgp.as_path((2, [4200000777, 65001])))), TAKEN, merged, open_bytes=old),
        row("AS4_PATH longer than AS_PATH is ignored", "6793 4.2.3", build(attribute(17, bgp.as_path((2, [1, 2, 3, 4])))), TAKEN, plain, open_bytes=old),
        row("AS4_PATH malformed is discarded", "6793 6", build(attribute(17, b"\2\5\0")), TAKEN, plain, open_bytes=old),
        row("AS4_PATH with confederations is discarded", "6793 6", build(attribute(17, bgp.as_path((3, [65001])))), TAKEN, plain, open_bytes=old),
    ]


def rows():
    return [("UPDATE: " + name, rfc, play) for name, rfc, play in
            attributes() + paths() + unknowns() + passed_on() + lists() + nlris() + next_hops() + semantics() + old_speakers()]
