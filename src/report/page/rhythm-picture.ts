import type { RhythmPacket } from "../../incident/packet-rhythm.ts";
import { counted } from "../quantities.ts";
import { secondTicks, tickText } from "./axis-ticks.ts";
import { element, type PageElement } from "./element.ts";
import { timeText } from "./time-text.ts";

/** The listed packets of one flow, as the picture shows them. */
export interface RhythmFlow {
	/** Microseconds since the epoch. */
	readonly begin: number;
	readonly end: number;
	readonly packets: readonly RhythmPacket[];
}

export interface RhythmBlock {
	readonly at: number;
	readonly coin: string;
	readonly height?: number | undefined;
}

const HEIGHT = 210;
const LEFT = 52;
const RIGHT = 16;
const TOP = 26;
const BOTTOM = 30;
const MIDDLE = (TOP + HEIGHT - BOTTOM) / 2;
/** Half of the drawing: the length of the line of the longest packet. */
const REACH = MIDDLE - TOP - 4;
/** The shortest line that can be seen, for packets without payload. */
const STUB = 3;

/**
 * The rhythm of one flow: time to the right, the miner's packets up, the pool's down. Heights are the square root of the
 * payload's length, so that short shares and long jobs are both visible. Pushes end in a ring; blocks are dashed lines.
 */
export function rhythmPicture(flow: RhythmFlow, blocks: readonly RhythmBlock[], width = 760): PageElement {
	const times = flow.packets.map(({ at }) => at);
	const first = Math.min(flow.begin, ...times);
	const last = Math.max(first + 1000, ...times);
	const span = (last - first) / 1e6;
	const x = (at: number) => round(LEFT + ((at - first) / (last - first)) * (width - LEFT - RIGHT));
	const longest = Math.max(64, ...flow.packets.map(({ length }) => length));
	const reach = (length: number) => Math.max(STUB, REACH * Math.sqrt(length / longest));
	const y = (packet: { length: number; fromMiner: boolean }) =>
		round(packet.fromMiner ? MIDDLE - reach(packet.length) : MIDDLE + reach(packet.length));
	const ticks = secondTicks(span, (width - LEFT) / 90);
	return element(
		"svg",
		{ viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": rhythmWords(flow) },
		lengthTicks(longest).flatMap((length) =>
			[true, false].map((fromMiner) => {
				const at = y({ length, fromMiner });
				return element(
					"g",
					{},
					element("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: at, y2: at }),
					element("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, `${length} B`),
				);
			}),
		),
		element("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: MIDDLE, y2: MIDDLE }),
		ticks.map((seconds) => {
			const at = x(first + seconds * 1e6);
			return element(
				"g",
				{},
				element("line", { class: "axis", x1: at, x2: at, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 }),
				element("text", { x: at, y: HEIGHT - 10, "text-anchor": "middle" }, tickText(seconds, ticks[1] ?? 1)),
			);
		}),
		blocks
			.filter(({ at }) => at >= first && at <= last)
			.map(({ at, coin, height }) =>
				element(
					"g",
					{},
					element("line", { class: "block", x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM }),
					element("text", { class: "block", x: x(at) + 4, y: HEIGHT - BOTTOM - 4 }, blockText(coin, height)),
				),
			),
		legend(width < 480),
		flow.packets.map((packet) =>
			element(
				"g",
				{},
				element("title", {}, packetWords(packet, first)),
				element("line", {
					class: `packet ${packet.fromMiner ? "miner" : "pool"}`,
					x1: x(packet.at),
					x2: x(packet.at),
					y1: MIDDLE,
					y2: y(packet),
				}),
				packet.isPush && element("circle", { class: "push", cx: x(packet.at), cy: y(packet), r: 4 }),
			),
		),
	);
}

/** The picture in a sentence, for those who do not see it. */
export function rhythmWords({ begin, packets }: RhythmFlow): string {
	const fromMiner = packets.filter((packet) => packet.fromMiner).length;
	const pushes = packets.filter(({ isPush }) => isPush).length;
	const seconds = (Math.max(begin, ...packets.map(({ at }) => at)) - begin) / 1e6;
	return (
		`Flow of ${timeText(begin)} UTC: ${counted(packets.length, "packet")} in ${seconds.toFixed(1)} s, ` +
		`${fromMiner} from the miner and ${packets.length - fromMiner} from the pool; ` +
		`the pool spoke first ${pushes === 1 ? "once" : `${pushes} times`}.`
	);
}

function legend(isShort: boolean): PageElement {
	const [miner, pool, left] = isShort ? ["▲ miner", "▼ pool", 60] : ["▲ miner to pool", "▼ pool to miner", 115];
	return element(
		"g",
		{},
		element("text", { class: "miner", x: LEFT, y: 14 }, miner),
		element("text", { class: "pool", x: LEFT + left, y: 14 }, pool),
		element("circle", { class: "push", cx: LEFT + 2 * left + 4, cy: 10, r: 4 }),
		element("text", { x: LEFT + 2 * left + 13, y: 14 }, "pool speaks first"),
	);
}

function packetWords({ at, length, fromMiner, isPush }: RhythmPacket, first: number): string {
	const direction = fromMiner ? "miner to pool" : isPush ? "pool to miner, after a silence" : "pool to miner";
	return `${length} bytes, ${direction}, at ${((at - first) / 1e6).toFixed(3)} s`;
}

/** One or two lengths that help to read the heights. */
function lengthTicks(longest: number): number[] {
	const all = [100, 500, 1500, 10_000, 50_000].filter((length) => length <= longest);
	return all.length === 0 ? [Math.round(longest)] : all.slice(-2);
}

function blockText(coin: string, height: number | undefined): string {
	return height === undefined ? `${coin} block` : `${coin} block ${height}`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
