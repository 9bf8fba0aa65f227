#!/usr/bin/env python3
"""probe.py: what a process under weftd.service may not: each attempt as a line "refused NAME: why", "DONE NAME", or "failed NAME: why" when it
was not for a missing permission. The first ones it may: a probe that is refused everything would show nothing."""
import ctypes
import errno
import mmap
import os
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
NR = {"reboot": 169, "init_module": 175, "bpf": 321, "perf_event_open": 298, "keyctl": 250, "ptrace": 101, "clock_settime": 227, "swapon": 167,
      "quotactl": 179, "capset": 126, "chown": 92, "mlock": 149, "kexec_load": 246, "process_vm_readv": 310, "process_vm_writev": 311, "userfaultfd": 323, "io_uring_setup": 425}


def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def syscall(name, *args):
    call(libc.syscall(ctypes.c_long(NR[name]), *[ctypes.c_long(a) for a in args]))


def read(path):
    with open(path, "rb") as f:
        f.read(16)


def write(path):
    with open(path, "r+b", buffering=0) as f:
        f.write(b"1\n")


def create(path):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    os.unlink(path)


def bind(port):
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
        s.bind(("::1", port))


def set_uid_bit():
    create_at = "/run/weft/probe"
    os.close(os.open(create_at, os.O_CREAT | os.O_WRONLY, 0o700))
    try:
        os.chmod(create_at, 0o4755)
    finally:
        os.unlink(create_at)


def writable_code():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def grab_all_capabilities():
    head = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    data = ctypes.create_string_buffer(struct.pack("=6I", *[0xffffffff] * 6))
    call(libc.capset(head, data))


# ENOENT: what is not shown to it, all of which the test has put there. EAFNOSUPPORT: by RestrictAddressFamilies=.
REFUSED = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EAFNOSUPPORT)
MAY = {
    "read the configuration": lambda: read("/etc/weft/weft.json"),
    "write beside the control socket": lambda: create("/run/weft/probe"),
    "write a setting of the network": lambda: write("/proc/sys/net/ipv4/ip_forward"),
    "listen on port 178": lambda: bind(178),
    "open a raw ICMPv6 socket": lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6).close(),
}
MAY_NOT = {
    # files
    "write the configuration": lambda: write("/etc/weft/weft.json"),
    "create a file in /etc": lambda: create("/etc/weft/probe"),
    "write the program": lambda: write("/usr/sbin/weftd"),
    "create a file in /usr": lambda: create("/usr/probe"),
    "create a file in /var": lambda: create("/var/lib/probe"),
    "create a file in /run": lambda: create("/run/probe"),
    "read the passwords": lambda: read("/etc/shadow"),
    "look into /root": lambda: os.listdir("/root"),
    "look into /home": lambda: os.listdir("/home/somebody"),
    "find what others have in /tmp": lambda: read("/tmp/somebody"),
    "write another kernel setting": lambda: write("/proc/sys/kernel/sysrq"),
    "write a setting of memory": lambda: write("/proc/sys/vm/overcommit_memory"),
    "create a control group": lambda: os.mkdir("/sys/fs/cgroup/systemd/probe") if os.path.isdir("/sys/fs/cgroup/systemd") else os.mkdir("/sys/fs/cgroup/probe"),
    "read the kernel log": lambda: read("/dev/kmsg"),
    "read process 1's environment": lambda: read("/proc/1/environ"),
    "use a terminal of others": lambda: read("/dev/console"),
    "make a set-user-id program": set_uid_bit,
    # sockets
    "hear all packets (AF_PACKET)": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
    "talk to a hypervisor (AF_VSOCK)": lambda: socket.socket(40, socket.SOCK_STREAM),
    "use the kernel's ciphers (AF_ALG)": lambda: socket.socket(38, socket.SOCK_SEQPACKET),
    "use AF_KEY": lambda: socket.socket(15, socket.SOCK_RAW, 2),
    # capabilities and system calls
    "become root": lambda: os.setuid(0),
    "take all capabilities": grab_all_capabilities,
    "give a file away": lambda: syscall("chown", 0, 0, 0),
    "send process 1 a signal": lambda: os.kill(1, 1),
    "change root": lambda: os.chroot("/run/weft"),
    "mount": lambda: call(libc.mount(b"tmpfs", b"/run/weft", b"tmpfs", 0, None)),
    "make a user namespace": lambda: call(libc.unshare(0x10000000)),
    "make a network namespace": lambda: call(libc.unshare(0x40000000)),
    "enter process 1's namespaces": lambda: call(libc.setns(os.open("/proc/self/ns/net", os.O_RDONLY), 0)),
    "set the host's name": lambda: call(libc.sethostname(b"probe", 5)),
    "set the clock": lambda: syscall("clock_settime", 0, 0),
    "take a writable page for code": writable_code,
    "run as another kind of system": lambda: call(libc.personality(0x0008)),
}
MAY_NOT.update({f"call {name}": (lambda name=name: syscall(name, 0, 0, 0, 0, 0)) for name in
                ("reboot", "init_module", "bpf", "perf_event_open", "keyctl", "ptrace", "swapon", "quotactl", "mlock", "kexec_load", "process_vm_readv", "process_vm_writev", "userfaultfd",
                 "io_uring_setup")}
               if os.uname().machine == "x86_64" else {})
if os.uname().machine != "x86_64":           # the numbers are x86's
    for sentence in ("give a file away", "set the clock"):
        del MAY_NOT[sentence]


def main():
    for table in (MAY, MAY_NOT):
        for sentence, attempt in table.items():
            try:
                attempt()
                print(f"DONE {sentence}")
            except OSError as e:
                print(f"{'refused' if e.errno in REFUSED else 'failed'} {sentence}: {e.strerror}")
        print("---")
    sys.stdout.flush()


main()
