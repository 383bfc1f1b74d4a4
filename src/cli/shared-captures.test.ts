import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import type { Confidence, Role } from "../incident/incident.ts";
import { runProgram } from "./run-program.testing.ts";

interface SeenIncident {
	readonly id: string;
	readonly host: { readonly address: string };
	readonly role: Role;
	readonly confidence: Confidence;
	readonly pools: readonly { readonly key: string; readonly coin?: string; readonly outcome: string }[];
}

const captures = "data/captures";

/** The last state of each incident that `detect --incidents` tells. */
async function incidentsIn(...paths: string[]): Promise<SeenIncident[]> {
	const { stdout } = await runProgram(
		"detect",
		...paths.map((path) => sharedPath(`${captures}/${path}`)!),
		"--incidents",
	);
	const last = new Map<string, SeenIncident>();
	for (const line of stdout.split("\n")) {
		if (line === "") continue;
		const { incident } = JSON.parse(line) as { incident: SeenIncident };
		last.set(incident.id, incident);
	}
	return [...last.values()];
}

describe("real captures of miners: one incident for each host", { skip: needsShared(captures) }, () => {
	test("rigs at f2pool over days: pools, coins and outcome", async () => {
		const incidents = await incidentsIn("cj-sniffer");
		const hosts = incidents.map(({ host }) => host.address);
		// 192.168.50.73 mined twice, two weeks apart: within 24 h an incident would reopen.
		assert.deepEqual(hosts.toSorted(), [
			"10.0.1.10",
			"10.0.1.4",
			"10.0.1.62",
			"10.0.1.8",
			"10.0.1.9",
			"10.185.239.55",
			"184.171.124.102",
			"192.168.50.73",
			"192.168.50.73",
			"192.168.50.87",
		]);
		for (const { confidence, role, pools } of incidents) {
			assert.deepEqual([confidence, role], ["confirmed", "miner"]);
			for (const { key, coin, outcome } of pools) {
				assert.match(key, /:(13531|6688)$/);
				// Ethereum's pool protocol tells no coin.
				assert.equal(coin, key.endsWith(":13531") ? "Monero" : undefined);
				assert.notEqual(outcome, "refused");
			}
		}
	});

	const single: Readonly<
		Record<string, { pools: readonly string[]; confidence: Confidence; coins: readonly string[] }>
	> = {
		"peafowl/ethereum.pcap.gz": {
			pools: ["94.23.36.128:4444", "91.121.222.33:4444"],
			confidence: "confirmed",
			coins: [],
		},
		"zeek-cryptomining/bitcoin-mining-in-progress.pcap.gz": {
			pools: ["74.84.128.158:3333"],
			confidence: "confirmed",
			coins: [],
		},
		"zeek-cryptomining/coinhive-stratum.pcap.gz": {
			pools: ["192.110.160.114:3333"],
			confidence: "confirmed",
			coins: ["Monero"],
		},
		"zeek-cryptomining/coinhive.pcap.gz": {
			pools: ["ws027.authedmine.com"],
			confidence: "probable",
			coins: ["Monero"],
		},
	};
	for (const [path, expected] of Object.entries(single)) {
		test(path, async () => {
			const [incident, ...others] = await incidentsIn(path);
			assert.equal(others.length, 0);
			assert.equal(incident!.confidence, expected.confidence);
			const keys = incident!.pools.map(({ key }) => key);
			for (const pool of expected.pools) assert.ok(keys.includes(pool), `${pool} of ${keys.join()}`);
			assert.deepEqual([...new Set(incident!.pools.flatMap(({ coin }) => coin ?? []))], expected.coins);
		});
	}
});

test("ordinary captures of many protocols give no incident above suspected", {
	skip: needsShared(captures),
}, async () => {
	const ordinary = ["ndpi", "mercury", "zeek"];
	const above = (await incidentsIn(...ordinary)).filter(({ confidence }) => confidence !== "suspected");
	assert.deepEqual(above, []);
});
