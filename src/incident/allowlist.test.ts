import assert from "node:assert/strict";
import { test } from "node:test";
import { Allowlist, DEFAULT_VALIDITY, readAllowlist } from "./allowlist.ts";
import type { CoveredIncident, CoveredPool } from "./coverage.ts";
import { MINUTE, sightingAt, T0 } from "./sighting.testing.ts";
import { IncidentTracker } from "./tracker.ts";

const NOW = T0 / 1000;
const WHO = "reason: course\n  owner: j.doe@campus.example";

function covers(conditions: string, changes: Partial<CoveredIncident> & { pool?: Partial<CoveredPool> } = {}): boolean {
	const { pool, ...rest } = changes;
	const incident: CoveredIncident = {
		host: { address: "10.20.4.7" },
		confidence: "suspected",
		lastSeen: T0,
		pools: [{ address: "203.0.113.7", port: 3333, serverName: "eu.pool.example", coin: "Monero", ...pool }],
		furtherPools: 0,
		...rest,
	};
	const list = new Allowlist(readAllowlist("a.yaml", `- ${WHO}\n  ${conditions}\n`), NOW);
	return list.coveredBy(incident, T0).length > 0;
}

test("each condition decides", () => {
	assert.equal(covers("hosts: [10.20.4.0/24]"), true);
	assert.equal(covers("hosts: [10.20.5.0/24]"), false);
	assert.equal(covers('pools: ["*.pool.example"]'), true);
	assert.equal(covers('pools: ["*.pool.example:443"]'), false);
	assert.equal(covers('pools: ["203.0.113.0/24:3333"]'), true);
	assert.equal(covers('pools: ["203.0.113.0/24:3334"]'), false);
	assert.equal(covers('pools: ["[2001:db8::]/32:3333"]', { pool: { address: "2001:db8::1" } }), true);
	assert.equal(covers("coins: [monero]"), true);
	assert.equal(covers("coins: [Raptoreum]"), false);
	assert.equal(covers("hosts: [10.20.4.0/24]\n  below: probable"), true);
	assert.equal(covers("hosts: [10.20.4.0/24]\n  below: confirmed", { confidence: "confirmed" }), false);
	assert.equal(covers("everything: true"), true);
});

test("a permitted pool does not hide another one", () => {
	const permitted = { address: "203.0.113.7", port: 3333 };
	const other = { address: "198.51.100.1", port: 3333 };
	assert.equal(covers('pools: ["203.0.113.0/24"]', { pools: [permitted, other] }), false);
	assert.equal(covers('pools: ["203.0.113.0/24"]', { pools: [permitted], furtherPools: 1 }), false);
});

test("hours are those of the time zone", () => {
	// T0 is a Sunday, 09:12 UTC; 10:12 in Prague.
	assert.equal(covers('hosts: [10.0.0.0/8]\n  hours: "Sun 10:00-11:00 Europe/Prague"'), true);
	assert.equal(covers('hosts: [10.0.0.0/8]\n  hours: "Sun 10:00-11:00"'), false);
	assert.equal(covers('hosts: [10.0.0.0/8]\n  hours: "Mon-Fri 00:00-24:00"'), false);
	assert.equal(covers('hosts: [10.0.0.0/8]\n  hours: "Sat 22:00-10:00"'), true);
});

test("faults are located and say what was expected", () => {
	const faultsOf = (text: string) => {
		try {
			readAllowlist("a.yaml", text);
			return [];
		} catch (error) {
			return (error as Error).message.split("\n");
		}
	};
	assert.deepEqual(faultsOf(`- ${WHO}\n  hosts: [10.20.4.0/33]\n`), [
		"a.yaml:3:11: [0].hosts[0]: expected a network such as 10.20.4.0/24",
	]);
	const [unknown] = faultsOf(`allowlist:\n- ${WHO}\n  host: [10.20.4.0/24]\n`);
	assert.equal(unknown, 'a.yaml:4:3: unknown key "host"; did you mean "hosts"?');
	assert.match(faultsOf(`- ${WHO}\n`)[0]!, /^a\.yaml:1:3: \[0\]: the entry matches all .* "everything: true"$/);
	assert.match(faultsOf(`- ${WHO}\n  hosts: [0.0.0.0/0]\n`)[0]!, /matches all/);
	assert.match(faultsOf(`- ${WHO}\n  hosts: [10.0.0.0/8]\n  until: 2027-02-31\n`)[0]!, /:4:10: .*expected a date/);
	assert.match(faultsOf(`- ${WHO}\n  hosts: [10.0.0.0/8]\n  hours: Mon-Fri\n`)[0]!, /:4:10: .*expected hours/);
	assert.match(faultsOf("- reason: x\n  hosts: [10.0.0.0/8]\n")[0]!, /owner: expected string, found nothing/);
});

test("an entry expires after 90 days, at its date, or never", () => {
	const expiry = (until: string) => {
		const entries = readAllowlist("a.yaml", `- ${WHO}\n  hosts: [10.0.0.0/8]\n  ${until}\n`);
		return new Allowlist(entries, NOW).entries[0]!.expires;
	};
	assert.equal(expiry(""), (NOW + DEFAULT_VALIDITY) * 1000);
	assert.equal(expiry("until: 2027-02-01"), Date.parse("2027-02-02T00:00:00Z") * 1000);
	assert.equal(expiry("until: never"), Infinity);
});

test("an entry applies to open incidents at once; when it goes, they are told as opened", () => {
	const list = new Allowlist(readAllowlist("a.yaml", `- ${WHO}\n  hosts: [10.3.0.0/16]\n`), NOW);
	const tracker = new IncidentTracker();
	tracker.add(sightingAt(0));
	tracker.flush();
	tracker.take();
	tracker.setCoverage(list);
	const { events, updated } = tracker.take();
	assert.deepEqual([events, updated[0]!.incident.allowedBy], [[], [list.entries[0]!.id]]);
	tracker.setCoverage(new Allowlist([], NOW));
	const [event] = tracker.take().events;
	assert.equal(event!.kind, "opened");
	assert.match(event!.words, /^allowlist entry "course \(j\.doe@campus\.example\)" no longer covers it: /);
});

test("a test tells which stored incidents the entries would have covered", () => {
	const tracker = new IncidentTracker();
	tracker.add(sightingAt(0));
	tracker.add(sightingAt(1, { at: T0 + MINUTE, miner: { address: "10.4.0.1", port: 1 } }));
	tracker.flush();
	const incidents = tracker.take().updated.map(({ incident }) => incident);
	const list = new Allowlist(readAllowlist("a.yaml", `- ${WHO}\n  hosts: [10.3.0.0/16]\n`), NOW);
	assert.deepEqual([...list.test(incidents)], [[list.entries[0]!.id, [incidents[0]!.id]]]);
});
