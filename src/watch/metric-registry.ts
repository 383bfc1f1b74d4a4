import { Counter, Gauge, Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];
type Samples = readonly Sample[] | Promise<readonly Sample[]>;

/** Metrics that are read when they are asked for: what is counted is counted where it happens. */
export class MetricRegistry {
	readonly #registry = new Registry();

	get contentType(): string {
		return this.#registry.contentType;
	}

	/** Prometheus text. */
	text(): Promise<string> {
		return this.#registry.metrics();
	}

	/** A value that goes up and down. The labels are those of the samples, in this order. */
	gauge(name: string, help: string, labelNames: string[], read: () => Samples): void {
		new Gauge({ name, help, labelNames, registers: [this.#registry], collect: collector(read) });
	}

	/** A value that only grows, or begins again at 0. */
	counter(name: string, help: string, labelNames: string[], read: () => Samples): void {
		new Counter({ name, help, labelNames, registers: [this.#registry], collect: collector(read) });
	}
}

/** The one sample of a metric without labels. */
export function one(value: number): Sample[] {
	return [[{}, value]];
}

function collector(read: () => Samples) {
	return async function (this: Gauge | Counter): Promise<void> {
		const samples = await read();
		this.reset();
		for (const [labels, value] of samples) this.inc(labels, value);
	};
}
