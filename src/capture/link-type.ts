/** Link types of tcpdump.org's registry that are decoded. */
export const LINK_TYPE = {
	NULL: 0,
	ETHERNET: 1,
	PPP: 9,
	RAW_BSD: 12,
	RAW_OPENBSD: 14,
	PPP_HDLC: 50,
	PPP_ETHER: 51,
	RAW: 101,
	CISCO_HDLC: 104,
	LOOP: 108,
	LINUX_SLL: 113,
	PPI: 192,
	IPV4: 228,
	IPV6: 229,
	LINUX_SLL2: 276,
} as const;
