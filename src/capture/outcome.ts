/** What became of a packet in the decoder: 0 is decoded, the others are minus an index into {@link OUTCOME_REASONS}. */
export const OUTCOME = {
	DECODED: 0,
	LINK_TYPE: -1,
	LINK_CUT: -2,
	NOT_IP: -3,
	TAG_CUT: -4,
	MPLS_PAYLOAD: -5,
	PPPOE_CODE: -6,
	TUNNEL_CUT: -7,
	TUNNEL_PAYLOAD: -8,
	TOO_DEEP: -9,
	IP_VERSION: -10,
	IPV4_CUT: -11,
	IPV6_CUT: -12,
	EXTENSION_CUT: -13,
	TCP_CUT: -14,
	TCP_OPTIONS: -15,
	UDP_CUT: -16,
	/** Nothing is wrong with it, but another meter has it: see `Shard`. Not counted. */
	ELSEWHERE: -17,
} as const;

/** The words under which packets that make no flow are counted. */
export const OUTCOME_REASONS: readonly string[] = [
	"decoded",
	"link: type not supported",
	"link: header cut",
	"link: not IP",
	"link: vlan, mpls, pppoe or trill header cut",
	"mpls: neither IP nor Ethernet inside",
	"pppoe: not session data",
	"tunnel: header cut",
	"tunnel: nothing that is read inside",
	"tunnel: too many layers",
	"ip: neither version 4 nor 6",
	"ipv4: header cut",
	"ipv6: header cut",
	"ipv6: extension header cut",
	"tcp: header cut",
	"tcp: options damaged",
	"udp: header cut",
];
