import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { secondTicks, tickText } from "./axis-ticks.ts";
import { confidencePicture } from "./confidence-picture.ts";
import { contributionBars } from "./contribution-bars.ts";
import { element, markupOf, type PageElement } from "./element.ts";
import { evidenceList } from "./evidence-list.ts";
import { rhythmPicture, rhythmWords } from "./rhythm-picture.ts";
import { shownText } from "./shown-text.ts";
import { isoText, spanText, timeText } from "./time-text.ts";
import { DESIGN_TOKENS } from "./tokens.ts";

const T0 = 1_772_356_320_000_000;

test("markup is never taken from text or attribute values", () => {
	const hostile = `<img src=x onerror="alert('1')">&amp;`;
	const markup = markupOf(element("p", { title: hostile, hidden: false, id: undefined }, hostile, false, undefined));
	const shown = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;";
	assert.equal(markup, `<p title="${shown}">${shown}</p>`);
	assert.equal(markupOf(element("meta", { charset: "utf-8" })), '<meta charset="utf-8">');
});

test("whatever the text, the markup has no other tags than ours", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, value) => {
			const markup = markupOf(element("p", { title: value }, text));
			assert.match(markup, /^<p title="[^"<>]*">[^<>]*<\/p>$/u);
		}),
	);
});

test("control and format characters become visible, lines and tabs stay", () => {
	assert.equal(shownText("a\u202eb\u001b[31mc\u200bd\ud800e\tf\ng"), "a\ufffdb\ufffd[31mc\ufffdd\ufffde\tf\ng");
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => assert.doesNotMatch(shownText(text), /[^\P{C}\t\n]/u)),
	);
});

test("times are UTC, and times out of range do not throw", () => {
	assert.equal(timeText(T0), "2026-03-01 09:12:00");
	for (const time of [-1, 0, 1e30, Number.NaN, Number.POSITIVE_INFINITY]) assert.match(isoText(time), /^\d{4}-.*Z$/);
	assert.deepEqual([9e6, 120e6, 7200e6, 3 * 86_400e6].map(spanText), ["9 s", "2 min", "2 h", "3 d"]);
});

test("an axis has at most the wanted ticks, in steps that people count in", () => {
	assert.deepEqual(secondTicks(111, 12), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
	const texts = [
		[0, 30],
		[0.5, 0.5],
		[120, 30],
		[300, 60],
		[7200, 7200],
	] as const;
	assert.deepEqual(
		texts.map(([seconds, step]) => tickText(seconds, step)),
		["0", "500 ms", "120 s", "5 min", "2 h"],
	);
	fc.assert(
		fc.property(fc.double({ min: 1e-3, max: 1e7, noNaN: true }), fc.integer({ min: 2, max: 30 }), (span, most) => {
			const ticks = secondTicks(span, most);
			assert.ok(ticks.length >= 1 && ticks.length <= most + 1, `${ticks.length} ticks`);
			assert.ok(ticks.at(-1)! <= span * (1 + 1e-6));
		}),
	);
});

/** All elements of a picture with the class. */
function classed({ children, attributes, ...rest }: PageElement, name: string): PageElement[] {
	const own = String(attributes.class ?? "").split(" ");
	const inner = children.flatMap((child) => (typeof child === "string" ? [] : classed(child, name)));
	return own.includes(name) ? [{ ...rest, children, attributes }, ...inner] : inner;
}

const FLOW = {
	begin: T0,
	end: T0 + 60e6,
	packets: [
		{ at: T0, length: 200, fromMiner: true, isPush: false },
		{ at: T0 + 0.1e6, length: 400, fromMiner: false, isPush: false },
		{ at: T0 + 30e6, length: 400, fromMiner: false, isPush: true },
		{ at: T0 + 60e6, length: 100, fromMiner: true, isPush: false },
	],
};

test("in the picture of a rhythm the miner is up and the pool down, longer packets are longer lines, pushes end in a ring", () => {
	const picture = rhythmPicture(FLOW, [
		{ at: T0 + 29e6, coin: "Monero", height: 7 },
		{ at: T0 - 1, coin: "Monero" },
	]);
	const lines = classed(picture, "packet").map(({ attributes }) => ({
		up: Number(attributes.y1) - Number(attributes.y2),
		x: Number(attributes.x1),
	}));
	assert.deepEqual(
		lines.map(({ up }) => Math.sign(up)),
		[1, -1, -1, 1],
	);
	assert.ok(lines[0]!.up > lines[3]!.up && -lines[1]!.up > lines[0]!.up);
	assert.ok(lines[0]!.x < lines[1]!.x && lines[2]!.x < lines[3]!.x);
	assert.equal(classed(picture, "push").length, 2, "one is in the legend");
	const blocks = classed(picture, "block").filter(({ tag }) => tag === "line");
	assert.equal(blocks.length, 1, "blocks outside of the flow are left out");
	assert.ok(Number(blocks[0]!.attributes.x1) < lines[2]!.x);
	assert.match(
		rhythmWords(FLOW),
		/4 packets in 60\.0 s, 2 from the miner and 2 from the pool; the pool spoke first once/,
	);
});

test("pictures of any packets, events and effects have finite coordinates within their frame", () => {
	const time = fc.double({ min: 0, max: 2e15, noNaN: true });
	const packet = fc.record({
		at: time,
		length: fc.integer({ min: 0, max: 1e9 }),
		fromMiner: fc.boolean(),
		isPush: fc.boolean(),
	});
	const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
	const event = fc.record({
		at: time,
		kind: fc.constantFrom("opened", "closed"),
		confidence: fc.constantFrom("suspected" as const, "probable" as const, "confirmed" as const),
	});
	const effect = fc.record({
		feature: fc.string({ unit: "binary" }),
		value: fc.double(),
		effect: fc.double({ min: -1, max: 1, noNaN: true }),
	});
	fc.assert(
		fc.property(
			fc.array(packet, { maxLength: 30 }),
			fc.array(event, { maxLength: 5 }),
			fc.array(fc.record({ at: time, score }), { maxLength: 5 }),
			fc.array(effect, { maxLength: 5 }),
			fc.integer({ min: 280, max: 2560 }),
			(packets, events, flows, effects, width) => {
				const markup = [
					rhythmPicture({ begin: T0, end: T0, packets }, [], width),
					confidencePicture({ until: T0, events, flows }, width),
					contributionBars(effects, width),
				].map(markupOf);
				for (const each of markup) {
					assert.doesNotMatch(each.replace(/<title>.*?<\/title>|aria-label="[^"]*"/gs, ""), /NaN|Infinity|undefined/);
				}
			},
		),
		{ numRuns: 200 },
	);
});

test("evidence is a sentence with its weight", () => {
	const [item] = evidenceList([{ signal: "payload", flows: 1, mass: 0.99, words: "the payload speaks <b>" }]).children;
	assert.match(markupOf(item!), /The payload speaks &lt;b&gt;.*weight 0\.99, in 1 flow/);
});

/** Relative luminance and contrast of WCAG 2.2. */
function contrast(a: string, b: string): number {
	const luminance = (colour: string) => {
		const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
		const [r, g, bl] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r! + 0.7152 * g! + 0.0722 * bl!;
	};
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (light! + 0.05) / (dark! + 0.05);
}

test("all colours of text have a contrast of 4.5 on their backgrounds, light and dark", () => {
	const colours = new Map(
		[...DESIGN_TOKENS.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, ...pair]) => [
			name,
			pair,
		]),
	);
	const pairs = [
		...["ink", "muted", "accent", "confirmed", "probable", "suspected", "good", "miner", "pool"].flatMap((text) =>
			["paper", "card", "sunken"].map((background) => [text, background]),
		),
		["on-accent", "accent"],
		["accent", "wash"],
		...["confirmed", "probable", "suspected"].map((tone) => [tone, `${tone}-wash`]),
	];
	for (const [text, background] of pairs) {
		for (const scheme of [0, 1]) {
			const ratio = contrast(colours.get(text)![scheme]!, colours.get(background)![scheme]!);
			assert.ok(ratio >= 4.5, `${text} on ${background}: ${ratio.toFixed(2)}`);
		}
	}
});
