/* Links that fail: down and up by ioctl; silently, by a program of a few instructions that drops what arrives. */
#include "tests/bench/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int rig_socket(const char *ns, int domain, int type, int protocol)
{
	char path[128];
	int fd, r;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
	close(fd);
	if (r < 0)
		return r;
	fd = socket(domain, type | SOCK_CLOEXEC, protocol);
	return fd < 0 ? -errno : fd;
}

int link_set(int fd, const char *link, int up)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", link);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) < 0)
		return -errno;
	ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	return ioctl(fd, SIOCSIFFLAGS, &ifr) < 0 ? -errno : 0;
}

/* if (random % 100 < percent) drop; else pass */
static int dropper(unsigned percent)
{
	struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_prandom_u32 },
		{ .code = BPF_ALU | BPF_MOD | BPF_K, .dst_reg = BPF_REG_0, .imm = 100 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP },
		{ .code = BPF_JMP | BPF_JLT | BPF_K, .dst_reg = BPF_REG_1, .off = 1, .imm = (int)percent },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP, .insn_cnt = sizeof(program) / sizeof(*program), .insns = (uintptr_t)program, .license = (uintptr_t)"GPL",
	};
	long fd = syscall(__NR_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	return fd < 0 ? -errno : (int)fd;
}

static int attach(int fd, unsigned ifindex, int program)
{
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
		struct rtattr xdp, fd_attr;
		int32_t fd;
		struct rtattr flags_attr;
		uint32_t flags;
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_type = RTM_SETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.ifi = { .ifi_index = (int)ifindex },
		.xdp = { .rta_len = sizeof(req) - NLMSG_LENGTH(sizeof(req.ifi)), .rta_type = IFLA_XDP | NLA_F_NESTED },
		.fd_attr = { .rta_len = RTA_LENGTH(4), .rta_type = IFLA_XDP_FD }, .fd = program,
		.flags_attr = { .rta_len = RTA_LENGTH(4), .rta_type = IFLA_XDP_FLAGS }, .flags = XDP_FLAGS_SKB_MODE,
	};
	struct { struct nlmsghdr nlh; struct nlmsgerr err; char rest[1024]; } answer = { 0 };

	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.err)))
		return -errno;
	return answer.err.error;
}

int link_drop(const char *ns, const char *link, unsigned percent)
{
	int fd = rig_socket(ns, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), program = -1, r;
	unsigned ifindex;

	if (fd < 0)
		return fd;
	ifindex = if_nametoindex(link);          /* rig_socket has entered the namespace */
	r = ifindex ? 0 : -ENODEV;
	if (r == 0 && percent)
		r = program = dropper(percent);
	if (r >= 0)
		r = attach(fd, ifindex, program);        /* -1: takes it off */
	if (program >= 0)
		close(program);
	close(fd);
	return r;
}
