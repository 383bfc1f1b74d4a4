import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../conversation.ts";
import { Random } from "../../random.ts";
import { Dialogue } from "../dialogue.ts";
import { drawPath } from "../path.ts";
import { MINERS } from "./protocols.ts";

/** What miners of a kind say in ten minutes, one conversation for each seed. */
function conversationsOf(kind: string, count: number): (readonly Message[])[] {
	const { script } = MINERS.find((miner) => miner.kind === kind)!;
	return Array.from({ length: count }, (_, seed) => {
		const random = new Random(seed + 1);
		const dialogue = new Dialogue(random, { ...drawPath(random), roundTrip: 0.04, jitter: 0.001 }, 600);
		script(dialogue);
		return dialogue.messages();
	});
}

test("some miners of Bitcoin ask for the transactions behind each job, and hear at once that there are none", () => {
	let asking = 0;
	let judged = 0;
	for (const messages of conversationsOf("bitcoin/stratum", 300)) {
		const jobs = messages.filter(({ at, from, length }) => from === "server" && length > 300 && at > 2 && at < 599);
		if (jobs.length < 20) continue;
		judged++;
		const isAsked = (job: Message) => {
			const asked = messages.find(({ at, from }) => from === "client" && at > job.at && at < job.at + 0.2);
			return messages.some(({ at, from }) => asked && from === "server" && at > asked.at && at < asked.at + 0.2);
		};
		if (jobs.every(isAsked)) asking++;
	}
	assert.ok(judged > 150, `${judged} of 300 with jobs enough`);
	assert.ok(asking > 0.12 * judged && asking < 0.4 * judged, `${asking} of ${judged} ask after every job`);
});

test("some pools of Ether let the first question for work hang until there is some", () => {
	let hanging = 0;
	for (const messages of conversationsOf("ether/getwork proxy", 300)) {
		const asked = messages.filter(({ from }) => from === "client")[1]!;
		const next = messages.find(({ at, from }) => from === "server" && at > asked.at);
		if (next === undefined || next.at > asked.at + 0.5) hanging++;
	}
	assert.ok(hanging > 20 && hanging < 90, `${hanging} of 300`);
});
