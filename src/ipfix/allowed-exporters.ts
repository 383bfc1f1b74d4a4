import { type Network, NetworkList } from "../flow/networks.ts";

/** Cached answers: addresses of exporters repeat, and senders with forged addresses must not fill the memory. */
const MAX_REMEMBERED = 4096;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** The networks that exporters may send from. Without a list every address is allowed. */
export class AllowedExporters {
	readonly #networks: NetworkList | undefined;
	readonly #answers = new Map<string, boolean>();

	constructor(networks: readonly Network[] | undefined) {
		this.#networks = networks && new NetworkList(networks);
	}

	/** `address` in the form of sockets: IPv4 addresses possibly mapped to IPv6, and a zone after `%`. */
	has(address: string): boolean {
		if (this.#networks === undefined) return true;
		let answer = this.#answers.get(address);
		if (answer === undefined) {
			answer = this.#networks.containsText(address.replace(MAPPED, "").replace(/%.*$/, ""));
			if (this.#answers.size >= MAX_REMEMBERED) this.#answers.clear();
			this.#answers.set(address, answer);
		}
		return answer;
	}
}
