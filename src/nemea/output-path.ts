import { existsSync } from "node:fs";

/** How an output file is named: `f:path[:w|a][:time=minutes][:size=megabytes]`. */
export interface OutputPathOptions {
	/** May hold `%` conversions of strftime. */
	readonly path: string;
	/** Begin the next free `path.00000`, `.00001` … in place of overwriting `path`. */
	readonly append: boolean;
	/** Minutes after which a new file begins; 0: never. */
	readonly minutes: number;
	/** Bytes after which a new file begins; 0: never. */
	readonly size: number;
}

/**
 * The name of a file begun at `now`, when `begun` files of the same name have been begun before by this output: the
 * path; `.YYYYmmddHHMM` (local time, rounded down to whole intervals) if files change with time; a number of five digits if
 * they change with size, if they are appended, or if the name would not differ otherwise (the reference then overwrites its
 * own file and loses its content).
 */
export function outputPath(options: OutputPathOptions, now: Date, begun: number): string {
	let path = expandTime(options.path, now);
	if (options.minutes > 0) path += `.${expandTime("%Y%m%d%H%M", intervalBegin(now, options.minutes))}`;
	if (!options.append && options.size === 0 && begun === 0) return path;
	const numbered = (number: number) => `${path}.${String(number).padStart(5, "0")}`;
	let number = begun;
	while (options.append && existsSync(numbered(number))) number++;
	return numbered(number);
}

/** The beginning of the interval that `now` is in; intervals are counted from the epoch. */
export function intervalBegin(now: Date, minutes: number): Date {
	const length = minutes * 60_000;
	return new Date(Math.floor(now.getTime() / length) * length);
}

/** strftime in local time. Unknown conversions stay as they are. */
export function expandTime(format: string, now: Date): string {
	return format.replace(/%([a-zA-Z%])/g, (whole, conversion: string) => CONVERSIONS[conversion]?.(now) ?? whole);
}

const two = (value: number): string => String(value).padStart(2, "0");

const CONVERSIONS: Readonly<Record<string, (now: Date) => string>> = {
	Y: (now) => String(now.getFullYear()),
	y: (now) => two(now.getFullYear() % 100),
	m: (now) => two(now.getMonth() + 1),
	d: (now) => two(now.getDate()),
	e: (now) => String(now.getDate()).padStart(2, " "),
	H: (now) => two(now.getHours()),
	I: (now) => two(now.getHours() % 12 || 12),
	M: (now) => two(now.getMinutes()),
	S: (now) => two(now.getSeconds()),
	p: (now) => (now.getHours() < 12 ? "AM" : "PM"),
	j: (now) => String(dayOfYear(now)).padStart(3, "0"),
	u: (now) => String(now.getDay() || 7),
	w: (now) => String(now.getDay()),
	s: (now) => String(Math.floor(now.getTime() / 1000)),
	F: (now) => expandTime("%Y-%m-%d", now),
	T: (now) => expandTime("%H:%M:%S", now),
	R: (now) => expandTime("%H:%M", now),
	D: (now) => expandTime("%m/%d/%y", now),
	n: () => "\n",
	t: () => "\t",
	"%": () => "%",
};

function dayOfYear(now: Date): number {
	const begin = Date.UTC(now.getFullYear(), 0, 1);
	return Math.round((Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - begin) / 86_400_000) + 1;
}
