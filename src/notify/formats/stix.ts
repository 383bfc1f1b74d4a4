import { isIP } from "node:net";
import type { Incident, PoolOfIncident } from "../../incident/incident.ts";
import { rfc3339 } from "../event-time.ts";
import { sentence, TECHNIQUE } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { stableUuid } from "../stable-uuid.ts";
import { jsonLine } from "./json-line.ts";

type StixObject = Readonly<Record<string, unknown>> & { readonly id: string };

/** The range of STIX's integers. */
const COUNT_MAX = 999_999_999;

/** STIX 2.1: a bundle with a report of the incident, what was observed, and a sighting of ATT&CK T1496. */
export const stixFormat: NotificationFormat = {
	name: "stix",
	contentType: "application/stix+json;version=2.1",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => bundle([notification], sender),
	batch: bundle,
};

function bundle(notifications: readonly Notification[], sender: Sender): string {
	const objects = new Map<string, StixObject>();
	for (const notification of notifications) {
		for (const object of stixObjects(notification, sender)) objects.set(object.id, object);
	}
	const names = notifications.map(({ id }) => id).join(" ");
	return jsonLine({ type: "bundle", id: stixId("bundle", names), objects: [...objects.values()] });
}

function stixObjects(notification: Notification, { sensor }: Sender): StixObject[] {
	const { event } = notification;
	const { incident } = event;
	const created = rfc3339(incident.opened);
	const identity: StixObject = {
		...common("identity", sensor, rfc3339(0), rfc3339(0)),
		name: sensor,
		identity_class: "system",
	};
	const frame = (type: string, name: string) => ({
		...common(type, name, created, rfc3339(Math.max(event.at, incident.opened))),
		created_by_ref: identity.id,
	});
	const pattern = attackPattern();
	const observables = observed(incident);
	const references = observables.map(({ id }) => id);
	const observation: StixObject = {
		...frame("observed-data", incident.id),
		first_observed: rfc3339(incident.opened),
		last_observed: rfc3339(Math.max(incident.lastSeen, incident.opened)),
		number_observed: Math.min(Math.max(incident.flows, 1), COUNT_MAX),
		object_refs: references,
	};
	const sighting: StixObject = {
		...frame("sighting", incident.id),
		first_seen: rfc3339(incident.opened),
		last_seen: rfc3339(Math.max(incident.lastSeen, incident.opened)),
		count: Math.min(incident.flows, COUNT_MAX),
		sighting_of_ref: pattern.id,
		observed_data_refs: [observation.id],
		where_sighted_refs: [identity.id],
	};
	return [
		identity,
		pattern,
		...observables,
		observation,
		reportObject(notification, frame("report", incident.id), [observation.id, pattern.id, sighting.id]),
		sighting,
	];
}

function reportObject(notification: Notification, frame: StixObject, references: readonly string[]): StixObject {
	const { event, id, test } = notification;
	return {
		...frame,
		name: `${test ? "TEST: " : ""}Cryptomining by ${event.incident.host.address}`,
		description: sentence(notification),
		published: rfc3339(event.at),
		object_refs: references,
		confidence: Math.round(event.incident.score * 100),
		labels: ["cryptomining", event.kind, event.incident.state, ...(test ? ["test"] : [])],
		external_references: [{ source_name: "decrypto", external_id: id }],
	};
}

function attackPattern(): StixObject {
	const { technique, url, subtechnique } = TECHNIQUE;
	return {
		...common("attack-pattern", subtechnique.id, rfc3339(0), rfc3339(0)),
		name: `${technique.name}: ${subtechnique.name}`,
		external_references: [{ source_name: "mitre-attack", external_id: subtechnique.id, url }],
	};
}

function observed({ host, pools }: Incident): StixObject[] {
	const source = addressObject(host.address);
	return [source, ...pools.flatMap((pool) => traffic(source, pool))];
}

function traffic(source: StixObject, pool: PoolOfIncident): StixObject[] {
	const destination = addressObject(pool.address);
	const name = pool.serverName;
	const family = isIP(pool.address) === 6 ? "ipv6" : "ipv4";
	const key = `${source.id} ${pool.key} ${pool.address} ${pool.port} ${pool.firstSeen}`;
	return [
		destination,
		...(name ? [{ ...observable("domain-name", name), value: name, resolves_to_refs: [destination.id] }] : []),
		{
			...observable("network-traffic", key),
			start: rfc3339(pool.firstSeen),
			end: rfc3339(Math.max(pool.lastSeen, pool.firstSeen)),
			src_ref: source.id,
			dst_ref: destination.id,
			dst_port: pool.port,
			protocols: [family],
			src_byte_count: pool.bytesToPool,
			dst_byte_count: pool.bytesToMiner,
		},
	];
}

function addressObject(address: string): StixObject {
	return { ...observable(isIP(address) === 6 ? "ipv6-addr" : "ipv4-addr", address), value: address };
}

function observable(type: string, name: string): StixObject {
	return { type, spec_version: "2.1", id: stixId(type, name) };
}

function common(type: string, name: string, created: string, modified: string): StixObject {
	return { type, spec_version: "2.1", id: stixId(type, name), created, modified };
}

function stixId(type: string, name: string): string {
	return `${type}--${stableUuid(`${type} ${name}`)}`;
}
