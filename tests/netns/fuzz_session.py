#!/usr/bin/env python3
"""Mutated messages in good sessions, against a live daemon: fuzz_session.py SEED SECONDS OBSERVER=ADDRESS LINK=ADDRESS...

On every LINK sessions are opened, one after the other; each then says valid messages in which some bytes, lengths or whole parts are changed,
until weft ends it. The observer's session and what it is told of must live through all of it. The same seed sends the same messages."""
import asyncio
import random
import struct
import sys
import time

import bgp
import robust

MESSAGES_MAX = 200000


def valid(link, rng):
    """A message that is good: what is changed afterwards is one step away from being understood."""
    n = rng.randrange(1, 250)
    kind = rng.randrange(8)
    if kind == 0:
        return bgp.refresh(rng.choice((bgp.IP4, bgp.IP6)), rng.randrange(4))
    if kind == 1:
        return bgp.message(bgp.KEEPALIVE)
    if kind == 2:
        return bgp.update(bgp.attribute(bgp.MP_UNREACH, bgp.mp_unreach(bgp.IP4, bgp.nlri(link.net(n)))))
    if kind == 3:
        return bgp.update(withdrawn=bgp.nlri(link.net(n), link.net(n + 1)))
    change = {
        bgp.MED: bgp.attribute(bgp.MED, bytes(4)), bgp.LARGE: bgp.attribute(bgp.LARGE, bytes(12 * rng.randrange(1, 30))),
        bgp.AGGREGATOR: bgp.attribute(bgp.AGGREGATOR, struct.pack("!I4s", 65001, b"\1\2\3\4")), 99: bgp.attribute(99, bytes(rng.randrange(300)), 0xC0),
    }
    change = {code: change[code] for code in change if rng.randrange(2)}
    if kind == 4:
        change[bgp.NEXT_HOP] = bgp.attribute(bgp.NEXT_HOP, bytes([10, 9, 9, 9]))
        return bgp.update(link.attributes(change=change), routes=bgp.nlri(link.net(n)))
    family = rng.choice((bgp.IP4, bgp.IP6))
    return link.announce(*(link.net(n + i, family) for i in range(rng.randrange(1, 5))), change=change, tag=bytes(4))


def mutate(message, rng):
    """A few bytes of the body; seldom the header, which ends the session at once. Mostly the length is made to fit."""
    data = bytearray(message)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
        if not data:                                             # a KEEPALIVE, of which three changes took everything
            break
        at = rng.randrange(19, len(data)) if len(data) > 19 and rng.randrange(50) else rng.randrange(len(data))
        how = rng.randrange(5)
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at] = rng.choice((0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, rng.randrange(256)))
        elif how == 2:
            del data[at : at + rng.randrange(1, 9)]
        elif how == 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        else:
            end = min(len(data), at + rng.randrange(1, 33))
            data[at:at] = data[at:end]
    if len(data) >= 19 and rng.randrange(20):
        data[16:18] = struct.pack("!H", min(len(data), 65535))
    return bytes(data)


async def fuzz(link, rng, until, count):
    while time.monotonic() < until and count["messages"] < MESSAGES_MAX:
        session = bgp.Session(link.name, link.to)
        try:
            await session.connect()
            opening = link.open() if rng.randrange(4) else mutate(link.open(), rng)
            established = await asyncio.wait_for(session.establish(opening), 2)
        except (OSError, asyncio.TimeoutError):
            established = False
        count["sessions"] += established
        while established and not session.closed and time.monotonic() < until and count["messages"] < MESSAGES_MAX:
            batch = [mutate(valid(link, rng), rng) for _ in range(rng.randrange(1, 40))]
            count["messages"] += len(batch)
            await session.send(b"".join(batch))
            await asyncio.sleep(0)
        if session.sock:
            await session.close()
        # A peer whose sessions all end in errors is refused for longer and longer (up to 5 s): others are on at this time.
        await asyncio.sleep(0.05)


async def main(seed, seconds, ends):
    bench = robust.Bench("", ends)
    count = {"sessions": 0, "messages": 0}
    observer = bench.links[0]
    observer.asn = robust.OBSERVER_ASN
    bench.observer = await observer.session()
    await bench.observer.send(observer.announce(*bench.mine[:5]) + observer.announce(bench.mine[5]))
    until = time.monotonic() + seconds
    await asyncio.gather(*(fuzz(link, random.Random(f"{seed} {link.number}"), until, count) for link in bench.links[1:]))
    alive = not bench.observer.closed and not bench.observer.got(bgp.NOTIFICATION)
    print(f"seed {seed}: {count['messages']} messages in {count['sessions']} sessions; the observer {'lives' if alive else 'is gone'}", flush=True)
    if not alive or not count["sessions"]:
        return 1
    # Its session goes on until it is told that that is enough: the routes are looked at meanwhile.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    return 1 if bench.observer.closed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])))
