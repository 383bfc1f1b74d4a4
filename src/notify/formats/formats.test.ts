import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sentence } from "../facts.ts";
import { createNotification } from "../notification.ts";
import { encodeAll } from "../notification-format.ts";
import { hostileText, numberedEvent, sampleEvent, sampleIncident, samplePool, sampleSender } from "../testing.ts";
import { FORMAT_NAMES, FORMATS, type FormatName } from "./formats.ts";
import { READERS, SHORTENING } from "./readers.testing.ts";

/** Equal, or cut with an ellipsis where the format shortens. */
function assertShown(name: FormatName, shown: string, sent: string): void {
	if (!SHORTENING.has(name) || sent.length <= 600) assert.equal(shown, sent);
	else assert.ok(shown.endsWith("…") && sent.startsWith(shown.slice(0, -1)) && shown.length > 500, shown);
}

function notificationOf(text: string) {
	const pool = samplePool({ key: text, serverName: text, software: text, coin: text });
	return createNotification(sampleEvent({ words: text, incident: sampleIncident({ pools: [pool] }) }));
}

for (const name of FORMAT_NAMES) {
	const format = FORMATS[name];
	describe(`format ${name}`, () => {
		test("carries sentence, server name, id and sequence", () => {
			const notification = createNotification(sampleEvent());
			const read = READERS[name](format.encode(notification, sampleSender));
			assert.equal(read.sentence, sentence(notification));
			assert.equal(read.serverName, "xmr.pool.example");
			assert.equal(read.id, "5f0c7d3a9b1e4f62-3");
			assert.ok(read.sequence === undefined || read.sequence === 3);
		});

		test("hostile text parses back to what was sent and forges nothing", () => {
			fc.assert(
				fc.property(hostileText, (text) => {
					const notification = notificationOf(text);
					const body = format.encode(notification, sampleSender);
					if (format.separator === "\n") assert.ok(!/[\n\r]/.test(body), "a second line");
					// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals act on these.
					assert.ok(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/.test(body), "a raw control character");
					const read = READERS[name](body);
					assertShown(name, read.sentence, sentence(notification));
					assertShown(name, read.serverName, text.toWellFormed());
					assert.equal(read.id, notification.id);
				}),
				{ numRuns: 300 },
			);
		});

		test("a name of 64 KiB stays whole, or is visibly shortened where a chat asks for it", () => {
			const text = 'a.|=\\"<é'.repeat(8192);
			const read = READERS[name](format.encode(notificationOf(text), sampleSender));
			assertShown(name, read.serverName, text);
		});

		test("encodes incidents without pools, closed ones and IPv6 hosts", () => {
			const incident = sampleIncident({
				host: { address: "2001:db8::7" },
				pools: [],
				state: "closed",
				closed: sampleIncident().lastSeen,
			});
			const body = format.encode(createNotification(sampleEvent({ kind: "closed", incident })), sampleSender);
			assert.ok(body.replaceAll("&#58;", ":").includes("2001:db8::7"), body);
		});

		test("a test notification says so", () => {
			const body = format.encode(createNotification(sampleEvent(), { test: true }), sampleSender);
			assert.match(READERS[name](body).sentence, /^TEST: /);
		});

		test("the same notification has the same body", () => {
			const notification = createNotification(sampleEvent());
			assert.equal(format.encode(notification, sampleSender), format.encode(notification, sampleSender));
		});

		test("several notifications are one body that has them all, except superseded states of an alert", () => {
			const notifications = [1, 2, 3].map((n) => createNotification(numberedEvent(n, `incident${n}`)));
			const body = encodeAll(format, notifications, sampleSender);
			for (const n of [1, 2, 3]) assert.ok(body.includes(`incident${n}`));
		});
	});
}
