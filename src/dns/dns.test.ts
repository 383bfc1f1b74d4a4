import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DnsResponse, MOST_ADDRESSES } from "./dns-response.ts";
import { addressKey, NameTable } from "./name-table.ts";

const u16 = (value: number) => [value >> 8, value & 0xff];
const labels = (name: string) => [...name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]), 0];

interface Answer {
	readonly name?: readonly number[];
	readonly type: number;
	readonly lifetime?: number;
	readonly data: readonly number[];
}

const POINTER_TO_QUESTION = [0xc0, 12];

function response(name: readonly number[], answers: readonly Answer[], { flags = 0x8180, type = 1 } = {}): number[] {
	const records = answers.flatMap((answer) => [
		...(answer.name ?? POINTER_TO_QUESTION),
		...[...u16(answer.type), ...u16(1), 0, 0, ...u16(answer.lifetime ?? 60)],
		...[...u16(answer.data.length), ...answer.data],
	]);
	return [1, 2, ...u16(flags), 0, 1, ...u16(answers.length), 0, 0, 0, 0, ...name, ...u16(type), 0, 1, ...records];
}

function read(message: readonly number[]) {
	const into = new DnsResponse();
	const bytes = Uint8Array.from([9, 9, 9, ...message]);
	const isResponse = into.read(bytes, 3, bytes.length);
	return { isResponse, into, name: into.name.toString() };
}

const POOL = labels("XMR.Pool.example");

describe("a DNS response", () => {
	test("returns the name of the question in lower case and all addresses behind its aliases", () => {
		const alias = { type: 5, data: labels("eu.pool.example") };
		const v4 = { name: labels("eu.pool.example"), type: 1, lifetime: 300, data: [192, 0, 2, 1] };
		const { isResponse, name, into } = read(response(POOL, [alias, v4, { ...v4, data: [192, 0, 2, 2] }]));
		assert.ok(isResponse);
		assert.equal(name, "xmr.pool.example");
		assert.equal(into.addresses, 2);
		assert.deepEqual([...into.lifetimes.subarray(0, 2)], [300, 300]);
		assert.equal(addressKey(4, into.words, 4), (192 << 24) | (2 << 8) | 2);
	});

	test("returns IPv6 addresses, and none if the name does not exist", () => {
		const v6 = { type: 28, data: [0x20, 1, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 7] };
		const { into } = read(response(POOL, [v6], { type: 28 }));
		assert.deepEqual([into.addresses, into.versions[0], addressKey(6, into.words, 0)], [1, 6, "536939960,0,0,7"]);
		const missing = read(response(POOL, [], { flags: 0x8183 }));
		assert.deepEqual([missing.isResponse, missing.into.addresses, missing.into.code], [true, 0, 3]);
	});

	test("is recognised: not a query, not an answer about other types", () => {
		assert.equal(read(response(POOL, [], { flags: 0x0100 })).isResponse, false);
		assert.equal(read(response(POOL, [], { type: 15 })).isResponse, false);
	});

	test("with pointers that loop, lead forwards or make a name too long is malformed", () => {
		for (const name of [
			[0xc0, 12],
			[0xc0, 40],
			[1, 97, 0xc0, 12],
			[0x40, 0],
		]) {
			assert.equal(read(response(name, [])).isResponse, false, String(name));
		}
		const long = new Array<readonly number[]>(5).fill([63, ...new Array<number>(63).fill(97)]).flat();
		assert.equal(read(response([...long, 0], [])).isResponse, false);
	});

	test("escapes everything but visible ASCII, and dots within labels", () => {
		assert.equal(read(response([4, 97, 46, 0, 200, 1, 98, 0], [])).name, "a\\.\\000\\200.b");
	});

	test("counts up to a truncation; many addresses are bounded; no bytes do harm", () => {
		const v4 = { type: 1, data: [192, 0, 2, 1] };
		const whole = response(POOL, [v4, v4]);
		assert.equal(read(whole.slice(0, -1)).into.addresses, 1);
		assert.equal(read(response(POOL, new Array<Answer>(100).fill(v4))).into.addresses, MOST_ADDRESSES);
		const mutated = fc.tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))), fc.nat(whole.length));
		fc.assert(
			fc.property(mutated, ([changes, length]) => {
				const message = [...whole];
				for (const [at, value] of changes) message[at] = value;
				const { into } = read(message.slice(0, length));
				assert.ok(into.name.length <= into.name.bytes.length && into.addresses <= MOST_ADDRESSES);
			}),
			{ numRuns: 2000, seed: 31 },
		);
	});
});

function learnt(table: NameTable, client: number, name: string, address: readonly number[] | undefined, time: number) {
	table.learn(client, read(response(labels(name), address ? [{ type: 1, data: address }] : [])).into, time);
}

describe("the table of names", () => {
	const server = (192 << 24) | (2 << 8) | 1;
	const nameOf = (table: NameTable, client: number, time: number) => {
		const name = table.nameOf(client, server, time);
		return name && Buffer.from(name).toString();
	};

	test("knows for each client the name of an address, from the answer until its lifetime ends", () => {
		const table = new NameTable();
		learnt(table, 1, "xmr.pool.example", [192, 0, 2, 1], 1000e6);
		learnt(table, 2, "www.example", [192, 0, 2, 1], 1000e6);
		assert.equal(nameOf(table, 1, 1001e6), "xmr.pool.example");
		assert.equal(nameOf(table, 2, 1001e6), "www.example");
		assert.equal(nameOf(table, 3, 1001e6), undefined);
		assert.equal(nameOf(table, 1, 999e6), undefined);
		assert.equal(nameOf(table, 1, 100_000e6), undefined);
	});

	test("counts queried names, and lists those without a connection", () => {
		const table = new NameTable();
		for (let i = 0; i < 40; i++) learnt(table, 1, "blocked.pool.example", undefined, i * 1e6);
		learnt(table, 1, "used.example", [192, 0, 2, 1], 0);
		nameOf(table, 1, 1e6);
		const asked = [...table.asked()].map(({ name, times, isResolved, isConnected }) => [
			name,
			times,
			isResolved,
			isConnected,
		]);
		assert.deepEqual(asked, [
			["blocked.pool.example", 40, false, false],
			["used.example", 1, true, true],
		]);
	});

	test("stays bounded in a flood of clients, names and addresses, and keeps the clients in use", () => {
		const table = new NameTable();
		for (let i = 0; i < 6000; i++) {
			learnt(table, 1_000_000 + i, `n${i}.example`, [10, 0, i >> 8, i & 255], i);
			learnt(table, 7, `n${i}.example`, [10, 0, i >> 8, i & 255], i);
		}
		assert.equal(table.size, 4096);
		assert.equal([...table.asked()].filter(({ client }) => client === 7).length, 256);
	});
});
