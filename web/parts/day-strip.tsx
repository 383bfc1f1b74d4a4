import { minuteText } from "../../src/report/page/time-text.ts";
import type { Now } from "../../src/server/api-types.ts";
import { addressWith } from "../app/route.ts";

const HOUR = 3600e6;
const WIDTH = 40;
const HEIGHT = 92;
const BASE = 62;

/** 24 hours: running incidents as bars; below the line what opened and what closed. Each hour leads to its incidents. */
export function DayStrip({ strip }: { readonly strip: Now["strip"] }) {
	const most = Math.max(1, ...strip.map(({ running }) => running));
	return (
		<div class="scroll" role="group" aria-label="Incidents of the last 24 hours by hour">
			<svg class="strip" viewBox={`0 0 ${WIDTH * strip.length} ${HEIGHT}`}>
				<line class="axis" x1="0" x2={WIDTH * strip.length} y1={BASE} y2={BASE} />
				{strip.map(({ from, opened, closed, running }, k) => {
					const address = addressWith("/incidents", new URLSearchParams(), {
						since: String(from),
						until: String(from + HOUR),
					});
					const words = `${minuteText(from)} UTC: ${running} running, ${opened} opened, ${closed} closed`;
					const height = barHeight(running, most);
					return (
						<a href={address} key={from} aria-label={words} tabIndex={running + opened + closed > 0 ? 0 : -1}>
							<title>{words}</title>
							<rect class="hit" x={k * WIDTH} y="0" width={WIDTH} height={HEIGHT} />
							<rect class="running" x={k * WIDTH + 5} y={BASE - height} width={WIDTH - 10} height={height} rx="2" />
						</a>
					);
				})}
				<g aria-hidden="true">
					{strip.map((hour, k) => (
						<HourTexts key={hour.from} hour={hour} index={k} top={BASE - barHeight(hour.running, most)} />
					))}
				</g>
			</svg>
		</div>
	);
}

function barHeight(running: number, most: number): number {
	return running === 0 ? 0 : Math.max(3, (46 * running) / most);
}

interface HourTextsProps {
	readonly hour: Now["strip"][number];
	readonly index: number;
	/** The bar's upper edge. */
	readonly top: number;
}

/** The figures at one hour's bar; the link's label says the same. */
function HourTexts({ hour: { from, opened, closed, running }, index, top }: HourTextsProps) {
	const middle = (index + 0.5) * WIDTH;
	return (
		<>
			{running > 0 && (
				<text x={middle} y={top - 4} class="figure">
					{running}
				</text>
			)}
			{opened > 0 && (
				<text x={middle - (closed > 0 ? 9 : 0)} y={BASE + 13} class="opened">
					+{opened}
				</text>
			)}
			{closed > 0 && (
				<text x={middle + (opened > 0 ? 9 : 0)} y={BASE + 13} class="closed">
					−{closed}
				</text>
			)}
			{index % 3 === 0 && (
				<text x={middle} y={HEIGHT - 3} class="hour">
					{minuteText(from).slice(11)}
				</text>
			)}
		</>
	);
}
