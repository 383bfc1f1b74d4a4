import { BlockList, isIP } from "node:net";

/**
 * Addresses that no public pool has: IANA's special-purpose registries (RFC 6890 and its updates), multicast, and
 * IPv4 addresses of these kinds written as IPv6 (mapped, NAT64, 6to4).
 */
const V4 =
	"0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
const V6 =
	"::/127 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8";

// Two lists: in one, the rule for mapped addresses would match every IPv4 address.
const reserved4 = new BlockList();
const reserved6 = new BlockList();
for (const network of V4.split(" ")) reserved4.addSubnet(...networkOf(network), "ipv4");
for (const network of V6.split(" ")) reserved6.addSubnet(...networkOf(network), "ipv6");

/** Whether an address is private, local, reserved or multicast: probed only if the user requests it. */
export function isReservedAddress(address: string): boolean {
	const version = isIP(address);
	if (version === 0) return true;
	return version === 4 ? reserved4.check(address, "ipv4") : reserved6.check(address, "ipv6");
}

function networkOf(text: string): [address: string, prefix: number] {
	const [address, prefix] = text.split("/") as [string, string];
	return [address, Number(prefix)];
}
