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
					const time = minuteText(from);
					const height = running === 0 ? 0 : Math.max(3, (46 * running) / most);
					const address = addressWith("/incidents", new URLSearchParams(), {
						since: String(from),
						until: String(from + HOUR),
					});
					const words = `${time} UTC: ${running} running, ${opened} opened, ${closed} closed`;
					return (
						<a href={address} key={from} aria-label={words} tabIndex={running + opened + closed > 0 ? 0 : -1}>
							<title>{words}</title>
							<rect class="hit" x={k * WIDTH} y="0" width={WIDTH} height={HEIGHT} />
							<rect class="running" x={k * WIDTH + 5} y={BASE - height} width={WIDTH - 10} height={height} rx="2" />
							{running > 0 && (
								<text x={(k + 0.5) * WIDTH} y={BASE - height - 4} class="figure">
									{running}
								</text>
							)}
							{opened > 0 && (
								<text x={(k + 0.5) * WIDTH - (closed > 0 ? 9 : 0)} y={BASE + 13} class="opened">
									+{opened}
								</text>
							)}
							{closed > 0 && (
								<text x={(k + 0.5) * WIDTH + (opened > 0 ? 9 : 0)} y={BASE + 13} class="closed">
									−{closed}
								</text>
							)}
							{k % 3 === 0 && (
								<text x={(k + 0.5) * WIDTH} y={HEIGHT - 3} class="hour">
									{time.slice(11)}
								</text>
							)}
						</a>
					);
				})}
			</svg>
		</div>
	);
}
