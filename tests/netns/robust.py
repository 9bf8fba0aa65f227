#!/usr/bin/env python3
"""Some hundred ways to break a rule, each on a link of its own, many at once: robust.py WEFT_NETNS LINK=ADDRESS...

Runs in the namespace at the other end of all cables. The first link belongs to the observer: a peer that behaves, whose session and
routes must not be touched by anything that happens on the others, and who hears what weft passes on. Each further link plays one case
of robust_cases.py: one line of result each, `ok` or `FAIL`, then the sum; exit 1 when any failed. ONLY=regex plays some of them."""
import asyncio
import json
import os
import re
import sys
import time

import bgp
import robust_cases
from bgp import Failed

OBSERVER_ASN = 64999
AT_ONCE = 64                                                     # more, and a slow machine misses its own hold times


class Kernel:
    """What weft's kernel has: asked by one task for all cases."""

    def __init__(self, netns):
        self.netns, self.routes, self.generation, self.changed = netns, set(), 0, asyncio.Condition()

    async def read(self):
        out = set()
        for family in "-4", "-6":
            proc = await asyncio.create_subprocess_exec(
                "ip", "-n", self.netns, "-j", family, "route", "show", "proto", "bgp", stdout=asyncio.subprocess.PIPE)
            text, _ = await proc.communicate()
            default = "0.0.0.0/0" if family == "-4" else "::/0"
            out |= {default if r["dst"] == "default" else r["dst"] for r in json.loads(text or b"[]")}
        return out

    async def watch(self):
        while True:
            self.routes = await self.read()
            async with self.changed:
                self.generation += 1
                self.changed.notify_all()
            await asyncio.sleep(0.1)

    @staticmethod
    def spelled(prefix):
        """As ip spells it: a host's route without its length."""
        return prefix.removesuffix("/32" if "." in prefix else "/128")

    async def expect(self, have=(), lack=(), seconds=5):
        """Of a reading that began after the call, before the deadline."""
        have, lack = {self.spelled(p) for p in have}, {self.spelled(p) for p in lack}

        async def hold():
            async with self.changed:
                begun_after = self.generation + 2
                await self.changed.wait_for(
                    lambda: self.generation >= begun_after and have <= self.routes and not lack & self.routes)

        try:
            await asyncio.wait_for(hold(), seconds)
        except asyncio.TimeoutError:
            raise Failed(f"kernel: missing {sorted(have - self.routes)}, too many {sorted(lack & self.routes)}") from None


class Link:
    """One case's link: who we are on it, and which prefixes are its own."""

    def __init__(self, bench, name, to, number):
        self.bench, self.name, self.to, self.number = bench, name, to, number
        self.octets = f"{10 + number // 250}.{number % 250}"                 # where its prefixes begin
        self.asn, self.router_id = 4200000000 + number, f"{223 - number // 250}.0.{number % 250}.1"
        self.sessions = []

    def net(self, n, family=bgp.IP4):
        return f"{self.octets}.{n}.0/24" if family == bgp.IP4 else f"2001:db8:{self.number:x}:{n}::/64"

    def open(self, **how):
        return bgp.open_message(how.pop("asn", self.asn), how.pop("router_id", self.router_id), **how)

    def attributes(self, routes=b"", change=None, family=bgp.IP4, tag=None, next_hop=None):
        """A good set in ascending order; change: {code: bytes of the whole attribute, or None to leave it out}."""
        out = {
            bgp.ORIGIN: bgp.attribute(bgp.ORIGIN, b"\0"),
            bgp.AS_PATH: bgp.attribute(bgp.AS_PATH, bgp.as_path((bgp.SEQUENCE, [self.asn]))),
        }
        if tag:
            out[bgp.COMMUNITIES] = bgp.attribute(bgp.COMMUNITIES, tag)
        if routes:
            hop = bgp.address("fe80::2") if next_hop is None else next_hop
            out[bgp.MP_REACH] = bgp.attribute(bgp.MP_REACH, bgp.mp_reach(family, hop, routes))
        out.update(change or {})
        return b"".join(out[code] for code in sorted(out) if out[code])

    def announce(self, *prefixes, **how):
        family = bgp.IP6 if ":" in prefixes[0] else bgp.IP4
        return bgp.update(self.attributes(bgp.nlri(*prefixes), family=family, **how))

    async def connect(self):
        try:
            session = await bgp.Session(self.name, self.to).connect()
        except (OSError, asyncio.TimeoutError) as e:
            raise Failed(f"cannot connect: {e}") from None
        self.sessions.append(session)
        return session

    async def session(self, open_bytes=None):
        session = await self.connect()
        if not await session.establish(open_bytes or self.open()):
            raise Failed(f"no session: {[(k, b.hex()) for k, b in session.heard]}")
        return session

    async def observed(self, prefix, seconds=5):
        """What the observer is told of the prefix; fails if it is not."""
        routes = self.bench.observer.routes
        if not await self.bench.observer.until(lambda: prefix in routes, seconds):
            raise Failed(f"the observer was not told of {prefix}")
        return routes[prefix]

    async def flush(self, session, n=250):
        """When this prefix is passed on, everything before it in the session has been dealt with."""
        await session.send(self.announce(self.net(n)))
        try:
            await self.observed(self.net(n))
        except Failed:
            raise Failed(f"the session did not go on: heard {[(k, b.hex()) for k, b in session.got_after_open()]}"
                         if session.closed else "the session goes on, but its routes do not") from None
        if session.closed or session.got(bgp.NOTIFICATION):
            raise Failed(f"NOTIFICATION {[b.hex() for b in session.got(bgp.NOTIFICATION)]}")

    async def ends(self, session, want, data=None, seconds=5):
        """The session ends with this (code, subcode) and data; want None: without a word."""
        if not await session.until(lambda: session.closed, seconds):
            raise Failed(f"not closed; heard {[(k, b.hex()) for k, b in session.got_after_open()]}")
        said = session.got(bgp.NOTIFICATION)
        if (want is None and said) or (want is not None and (len(said) != 1 or tuple(said[0][:2]) != want)):
            raise Failed(f"NOTIFICATION {[b.hex() for b in said]} instead of {want}")
        if data is not None and said[0][2:] != data:
            raise Failed(f"NOTIFICATION data {said[0][2:].hex()} instead of {data.hex()}")

    async def recovers(self):
        """A good session right after, with a route into the kernel."""
        session = await self.session()
        await self.flush(session, 249)
        await self.bench.kernel.expect(have=[self.net(249)])


class Bench:
    def __init__(self, netns, links):
        self.netns = netns
        self.links = [Link(self, *link.split("="), number) for number, link in enumerate(links)]
        self.kernel = Kernel(netns)
        self.observer = None
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.mine = [self.links[0].net(n) for n in range(1, 6)] + ["2001:db8:0:1::/64"]

    async def start_observer(self):
        link = self.links[0]
        link.asn = OBSERVER_ASN
        self.observer = await link.session()
        await self.observer.send(link.announce(*self.mine[:5]) + link.announce(self.mine[5]))
        await self.kernel.expect(have=self.mine)

    async def play(self, case, link):
        async with self.turn:
            return await self.play_now(case, link)

    async def play_now(self, case, link):
        start = time.monotonic()
        try:
            await asyncio.wait_for(case.play(link), 40)
            verdict = None
        except Failed as e:
            verdict = str(e)
        except asyncio.TimeoutError:
            verdict = "no end after 40 s"
        except Exception as e:                                   # noqa: BLE001: a case that is itself wrong must not hide the others
            verdict = f"{type(e).__name__}: {e}"
        finally:
            for session in link.sessions:
                await session.close()
        return case, verdict, time.monotonic() - start

    async def run(self, cases):
        if len(cases) > len(self.links) - 1:
            sys.exit(f"{len(cases)} cases need {len(cases) + 1} links")
        watch = asyncio.create_task(self.kernel.watch())
        # Every removal of a route, for the whole run: the observer's must not be among them.
        monitor = await asyncio.create_subprocess_exec("ip", "-n", self.netns, "monitor", "route", stdout=asyncio.subprocess.PIPE)
        removed = asyncio.create_task(monitor.stdout.read())
        failed = 0
        try:
            await self.start_observer()
            for done in asyncio.as_completed([self.play(c, l) for c, l in zip(cases, self.links[1:])]):
                case, verdict, seconds = await done
                failed += verdict is not None
                print(f"{'FAIL' if verdict else 'ok  '} {case.name} [{case.rfc}] ({seconds:.1f} s){': ' + verdict if verdict else ''}", flush=True)
            failed += await self.untouched(monitor, removed)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if monitor.returncode is None:
                monitor.kill()
        print(f"{len(cases)} cases, {failed} failed")
        return 1 if failed else 0

    async def untouched(self, monitor, removed):
        """The observer's session and routes: as they were at the start, and never otherwise in between."""
        wrong = []
        try:
            await self.kernel.expect(have=self.mine)
        except Failed as e:
            wrong.append(str(e))
        monitor.terminate()
        await monitor.wait()
        text = (await removed).decode()
        wrong += [line for line in text.splitlines() if line.startswith("Deleted") and any(f" {p} " in line for p in self.mine)]
        if self.observer.closed or self.observer.got(bgp.NOTIFICATION):
            wrong.append("its session ended")
        await self.observer.close()
        print(f"{'FAIL' if wrong else 'ok  '} the other link: its session and its routes were never touched{': ' + '; '.join(wrong) if wrong else ''}")
        return bool(wrong)


if __name__ == "__main__":
    CASES = [c for c in robust_cases.cases() if re.search(os.environ.get("ONLY", ""), c.name)]
    if sys.argv[1:] == ["--count"]:
        print(len(CASES))
    else:
        sys.exit(asyncio.run(Bench(sys.argv[1], sys.argv[2:]).run(CASES)))
