"""What the report reads of each answer of `weft --json`, and of what kind it is. What is absent or of another kind is empty: an answer that somebody else
wrote, or a version that is yet to come, costs a value and never the page."""

BFD = {"state": str, "blocks_bgp": bool}
SESSION = {"link": str, "address": str, "mac": str, "remote_asn": int, "remote_router_id": str, "hostname": str, "remote_port": str, "state": str, "drained": bool,
           "uptime_seconds": int, "prefixes_received": int, "bfd": BFD, "last_error": str, "fault": str}
PEER = {"address": str, "mac": str}
CABLING = {"verdict": str, "what": str}
LINK = {"link": str, "fabric": bool, "mac": str, "address": str, "state": str, "expect": str, "cabling": CABLING, "alarms": [str], "drained": bool, "peer": PEER,
        "further": [PEER]}
SHAPES = {
    "show summary": {"router_id": str, "asn": int, "hostname": str, "version": str, "json_version": int, "uptime_seconds": int, "prefixes": int, "peers": int,
                     "peers_established": int, "drained": bool, "drain": {"drained_seconds": int, "traffic_gone": "maybe"}, "drained_links": [str], "routes_installed": int,
                     "restart": "present", "start_hold": {"seconds_left": int}, "neighbors": [SESSION]},
    "show links": [LINK],
    "show nexthops": {"groups": [{"routes": int, "hops": [{"link": str, "address": str}]}]},
    "doctor": {"findings": [{"check": str, "severity": str, "link": str, "what": str, "do": str}]},
}
EMPTY = {str: "", int: 0, bool: False, "maybe": None}


def shaped(value, shape):
    if shape == "present":
        return bool(value)
    if isinstance(shape, dict):
        return {key: shaped(value.get(key), kind) for key, kind in shape.items()} if is_kind(value, shape) else {}
    if isinstance(shape, list):
        return [shaped(one, shape[0]) for one in value if is_kind(one, shape[0])] if isinstance(value, list) else []
    return value if is_kind(value, shape) else EMPTY[shape]


def is_kind(value, kind):
    if kind == "maybe":
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return isinstance(value, dict) and bool(value) if isinstance(kind, dict) else isinstance(value, kind)


def read(question, value):
    """The whole shape, whatever the value is; of lists what is right of them."""
    shape = SHAPES[question]
    if isinstance(shape, dict) and not is_kind(value, shape):
        return {key: shaped(None, kind) for key, kind in shape.items()}
    return shaped(value, shape)
