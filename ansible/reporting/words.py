"""Names, numbers and times as people write them."""
import re
from collections import Counter


def natural(text):
    """A sort key: leaf2 before leaf10. No two texts have the same one."""
    parts = re.findall(r"[0-9]+|[^0-9]+", str(text))
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part.lower()) for part in parts] + [(-1, 0, str(text))]


# What moves the cursor of a terminal, turns the direction of a line, or is no character at all.
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def harmless(text):
    """Names come from whoever is at the other end of a cable."""
    return HARMFUL.sub("\ufffd", text)


def same_host(a, b):
    """As weft compares them: without regard to case, and a name without a domain is the first part of one with."""
    a, b = a.lower(), b.lower()
    if "." in a and "." in b:
        return a == b
    return a.split(".")[0] == b.split(".")[0]


def plural(count, one, many=None):
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(names, last="and"):
    """a, b and c"""
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def ranges(names, most=12):
    """leaf01 to leaf04, leaf07: for people who have hundreds of them."""
    names = sorted(set(names), key=natural)
    runs = []
    for name in names:
        stem, number = re.fullmatch(r"(.*?)([0-9]*)", name).groups()
        run = runs[-1] if runs else None
        follows = run and run["stem"] == stem and succeeds(number, run["number"])
        if follows:
            run.update(number=number, last=name, count=run["count"] + 1)
        else:
            runs.append({"stem": stem, "number": number, "first": name, "last": name, "count": 1})
    parts = []
    for run in runs:
        if run["count"] > 2:
            parts.append(f"{run['first']} to {run['last']}")
        else:
            parts += [run["first"]] if run["count"] == 1 else [run["first"], run["last"]]
    if len(parts) > most:
        return f"{', '.join(parts[:most])} and others ({len(names)} in all)"
    return listed(parts)


def succeeds(number, before):
    """10 comes after 09, and after 9; 010 after neither."""
    return number and before and int(number) == int(before) + 1 and (len(number) == len(before) or not number.startswith("0") and not before.startswith("0"))


def duration(seconds):
    """The two largest units: 3d 4h."""
    if seconds is None:
        return ""
    seconds = int(seconds)
    for unit, size, lower, small in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // small
            return f"{seconds // size}{'' if unit == 'd' or unit == 'h' else ' '}{unit}" + (f" {rest}{'' if lower == 'h' else ' '}{lower}" if rest else "")
    return f"{seconds} s"


def most_common(values):
    """The value that most have; of equally many the largest one. None: there are no values."""
    count = Counter(values)
    return max(count, key=lambda v: (count[v], v)) if count else None
