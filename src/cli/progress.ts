import type { SourceCounters } from "../bytes/counters.ts";
import { terminalText } from "../bytes/terminal-text.ts";
import { byteSize, duration, grouped } from "../report/quantities.ts";

const REDRAW_MS = 200;

/** One line on a terminal that is redrawn while work goes on: bytes read, packets/s, flows, time left. Silent elsewhere. */
export class Progress {
	readonly #stream: NodeJS.WriteStream;
	readonly #enabled: boolean;
	#started = 0;
	#timer: NodeJS.Timeout | undefined;
	#drawn = false;
	#name = "";
	#counters: SourceCounters | undefined;

	constructor(stream: NodeJS.WriteStream, quiet: boolean) {
		this.#stream = stream;
		this.#enabled = !quiet && stream.isTTY === true;
	}

	/** Follows these counters from now on. */
	follow(name: string, counters: SourceCounters): void {
		if (!this.#enabled) return;
		this.#name = name;
		this.#counters = counters;
		this.#started = performance.now();
		this.#timer ??= setInterval(() => this.redraw(), REDRAW_MS).unref();
	}

	/** To be called from busy loops too: a timer waits while they run. */
	tick(): void {
		if (this.#enabled && performance.now() - this.#lastDraw >= REDRAW_MS) this.redraw();
	}

	#lastDraw = 0;

	redraw(): void {
		if (!this.#counters) return;
		this.#lastDraw = performance.now();
		const line = progressLine(terminalText(this.#name), this.#counters, (this.#lastDraw - this.#started) / 1000);
		this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns || 80) - 1)}`);
		this.#drawn = true;
	}

	/** Takes the line away, so that other output has the terminal. */
	clear(): void {
		if (this.#drawn) this.#stream.write("\r\u001b[2K");
		this.#drawn = false;
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#counters = undefined;
		this.clear();
	}
}

export function progressLine(name: string, counters: SourceCounters, seconds: number): string {
	const { bytesRead, bytesTotal, packets, flows } = counters;
	const share = bytesTotal > 0 ? Math.min(1, bytesRead / bytesTotal) : 0;
	const parts = [
		bytesTotal > 0
			? `${name} ${(share * 100).toFixed(0)} % of ${byteSize(bytesTotal)}`
			: `${name} ${byteSize(bytesRead)}`,
	];
	if (packets > 0) parts.push(`${grouped(packets)} packets`, `${grouped(packets / Math.max(seconds, 0.001))}/s`);
	parts.push(`${grouped(flows)} flows`);
	if (share > 0.02 && share < 1 && seconds > 1) parts.push(`${duration((seconds * (1 - share)) / share)} left`);
	return parts.join(" · ");
}
