#include "nexthop/speed.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORDS_MAX 127                    /* of each of the three masks of link modes: the kernel says how many it has, in an int8_t */

uint32_t speed_read(const char *ifname)
{
	union {
		struct ethtool_link_settings settings;
		uint8_t room[sizeof(struct ethtool_link_settings) + 3 * WORDS_MAX * sizeof(uint32_t)];
	} ask = { .settings.cmd = ETHTOOL_GLINKSETTINGS };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return 0;
	strncpy(ifr.ifr_name, ifname, sizeof(ifr.ifr_name) - 1);
	ifr.ifr_data = (void *)&ask;
	r = ioctl(fd, SIOCETHTOOL, &ifr);        /* the first answer is the size of its masks alone, negative */
	if (r == 0 && ask.settings.link_mode_masks_nwords < 0) {
		ask.settings.cmd = ETHTOOL_GLINKSETTINGS;
		ask.settings.link_mode_masks_nwords = (int8_t)-ask.settings.link_mode_masks_nwords;
		r = ioctl(fd, SIOCETHTOOL, &ifr);
	}
	close(fd);
	return r == 0 && ask.settings.speed != (uint32_t)SPEED_UNKNOWN ? ask.settings.speed : 0;
}
