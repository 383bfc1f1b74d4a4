import { isIPv6 } from "node:net";
import { UsageError } from "../bytes/error.ts";
import { CONTAINER_LENGTH_MAX } from "./framing.ts";
import type { OutputPathOptions } from "./output-path.ts";

/**
 * The behaviour of an output without a receiver, or with one that is behind by as many containers as there are buffers:
 * `wait` for it; `half-wait`: drop without receivers, wait with one; `no-wait`: never wait, let it lose containers.
 */
export type Patience = "wait" | "half-wait" | "no-wait";

/** Options of an interface: `buffer=`, `autoflush=`, `timeout=` and others. */
export interface InterfaceOptions {
	readonly patience: Patience;
	/** Gather messages in containers; otherwise each is a container of its own. */
	readonly buffered: boolean;
	/** Microseconds after which an unfilled container is sent; 0: never. */
	readonly autoflush: number;
	readonly maxClients: number;
	/** Containers that a receiver may be behind. */
	readonly bufferCount: number;
	/** Bytes of a whole container. */
	readonly bufferSize: number;
	/** Send containers with the 4-byte header of libtrap before 1.16.3 (`framing=plain`; ours, not the reference's). */
	readonly plainFraming: boolean;
}

export interface UnixAddress {
	readonly kind: "unix";
	/** Of the socket `trap-NAME.sock` in the socket directory. */
	readonly socketName: string;
}

export interface TcpAddress {
	readonly kind: "tcp";
	/** Inputs connect there, outputs listen there; undefined: this machine, and every address of it. */
	readonly host: string | undefined;
	readonly port: number;
}

export interface TlsAddress {
	readonly kind: "tls";
	readonly host: string | undefined;
	readonly port: number;
	/** Paths of PEM files; both ends present a certificate signed by `authority`. */
	readonly key: string;
	readonly certificate: string;
	readonly authority: string;
}

export interface FileAddress extends OutputPathOptions {
	readonly kind: "file";
}

export type SocketAddress = UnixAddress | TcpAddress | TlsAddress;

/** One interface of a specifier, `u:name:timeout=NO_WAIT`. */
export interface Interface {
	/** As it was written. */
	readonly text: string;
	readonly address: SocketAddress | FileAddress | { readonly kind: "blackhole" };
	readonly options: InterfaceOptions;
}

export type Direction = "input" | "output";

const CLIENTS_MAX = 64;
const BUFFER_COUNT_MAX = 10_000;
const BUFFER_SIZE_MIN = 64;
const NUMBER_MAX = 2 ** 31 - 1;
const MEGABYTE = 1 << 20;

/**
 * Parses `IFC,IFC,…`, the inputs first; their numbers must match. Throws a `UsageError` that quotes the
 * invalid interface.
 */
export function parseSpecifier(text: string, inputs: number, outputs: number): Interface[] {
	const parts = text.split(",");
	if (parts.length !== inputs + outputs) {
		const wanted = [plural(inputs, "input"), plural(outputs, "output")].filter((words) => words !== "").join(" and ");
		throw new UsageError(`"${text}" names ${plural(parts.length, "interface")}, wanted: ${wanted}`, {
			specifier: text,
		});
	}
	return parts.map((part, i) => parseInterface(part, i < inputs ? "input" : "output"));
}

/** Parses one interface. Throws a `UsageError` that quotes it. */
export function parseInterface(text: string, direction: Direction): Interface {
	const [type, ...parameters] = text.split(":");
	const settings = new Map<string, string>();
	const places: string[] = [];
	for (const parameter of parameters) {
		const setting = /^([a-z_]+)=(.*)$/.exec(parameter);
		if (setting && SETTINGS.has(setting[1]!)) settings.set(setting[1]!, setting[2]!);
		else places.push(parameter);
	}
	const wrong = (reason: string): UsageError => new UsageError(`interface "${text}": ${reason}`, { interface: text });
	const address = parseAddress(type!, places, settings, direction, wrong);
	return { text, address, options: parseOptions(settings, direction, wrong) };
}

/** Whether an argument of a command line is an interface and not a path: a known letter, a colon. */
export function isInterface(text: string): boolean {
	return /^[utTfb]:/.test(text);
}

const SETTINGS = new Set([
	"timeout",
	"buffer",
	"autoflush",
	"max_clients",
	"buffer_count",
	"buffer_size",
	"framing",
	"time",
	"size",
]);

type Wrong = (reason: string) => UsageError;
type Settings = ReadonlyMap<string, string>;

function parseAddress(type: string, places: string[], settings: Settings, direction: Direction, wrong: Wrong) {
	switch (type) {
		case "u":
			return parseUnix(places, wrong);
		case "t":
			return { kind: "tcp", ...parseHostPort(places, wrong) } as const;
		case "T": {
			const [key, certificate, authority] = places.splice(-3);
			if (places.length === 0 || !key || !certificate || !authority)
				throw wrong("wants [HOST:]PORT:KEY:CERTIFICATE:AUTHORITY, three PEM files");
			return { kind: "tls", ...parseHostPort(places, wrong), key, certificate, authority } as const;
		}
		case "f":
			return parseFile(places, settings, direction, wrong);
		case "b":
			if (direction === "input") throw wrong("a blackhole gives nothing; it can only be an output");
			return { kind: "blackhole" } as const;
		default:
			throw wrong(`"${type}" is no type of interface (u, t, T, f${direction === "output" ? ", b" : ""})`);
	}
}

function parseUnix(places: readonly string[], wrong: Wrong): UnixAddress {
	const [socketName = "", ...rest] = places;
	if (rest.length > 0) throw wrong(`"${rest.join(":")}" behind the socket's name is not understood`);
	if (socketName === "") throw wrong("wants a socket's name");
	if (socketName.includes("/") || socketName.includes("\0")) throw wrong("a socket's name is no path");
	if (/^\d+$/.test(socketName)) parsePort(socketName, wrong);
	return { kind: "unix", socketName };
}

/** `port`, `host:port`, `[v6]:port`, `v6:port`. */
function parseHostPort(places: readonly string[], wrong: Wrong): { host: string | undefined; port: number } {
	const host = places.slice(0, -1).join(":");
	const port = parsePort(places.at(-1) ?? "", wrong);
	if (host === "") return { host: undefined, port };
	const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
	if (bare.includes(":") ? !isIPv6(bare) : !/^[A-Za-z0-9._-]+$/.test(bare)) throw wrong(`"${host}" is no host`);
	return { host: bare, port };
}

function parsePort(text: string, wrong: Wrong): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	if (port < 1 || port > 65535) throw wrong(`"${text}" is no port (1 to 65535)`);
	return port;
}

/** The path may contain colons; the mode after it is `w` or `a`. */
function parseFile(places: string[], settings: Settings, direction: Direction, wrong: Wrong): FileAddress {
	const mode = places.length > 1 && /^[wa]$/.test(places.at(-1)!) ? places.pop() : "w";
	const path = places.join(":");
	if (path === "") throw wrong("wants a path");
	if (direction === "input" && (settings.has("time") || settings.has("size"))) {
		throw wrong("time= and size= are for outputs");
	}
	return {
		kind: "file",
		path,
		append: mode === "a",
		minutes: parseNumber(settings, "time", 0, 1, NUMBER_MAX, wrong),
		size: parseNumber(settings, "size", 0, 1, NUMBER_MAX, wrong) * MEGABYTE,
	};
}

function parseOptions(settings: Settings, direction: Direction, wrong: Wrong): InterfaceOptions {
	const buffer = settings.get("buffer") ?? "on";
	if (buffer !== "on" && buffer !== "off") throw wrong(`buffer=${buffer} is neither on nor off`);
	const framing = settings.get("framing") ?? "sequenced";
	if (framing !== "sequenced" && framing !== "plain") throw wrong(`framing=${framing} is neither sequenced nor plain`);
	return {
		patience: parsePatience(settings.get("timeout") ?? "WAIT", direction, wrong),
		buffered: buffer === "on",
		autoflush:
			settings.get("autoflush") === "off" ? 0 : parseNumber(settings, "autoflush", 2_000_000, 1, NUMBER_MAX, wrong),
		maxClients: parseNumber(settings, "max_clients", CLIENTS_MAX, 1, CLIENTS_MAX, wrong),
		bufferCount: parseNumber(settings, "buffer_count", 50, 1, BUFFER_COUNT_MAX, wrong),
		bufferSize: parseNumber(
			settings,
			"buffer_size",
			CONTAINER_LENGTH_MAX,
			BUFFER_SIZE_MIN,
			CONTAINER_LENGTH_MAX,
			wrong,
		),
		plainFraming: framing === "plain",
	};
}

/** A number of microseconds is no time to wait in libtrap 1.18 either: it selects the mode that never waits. */
function parsePatience(timeout: string, direction: Direction, wrong: Wrong): Patience {
	if (timeout === "WAIT") return "wait";
	if (timeout === "NO_WAIT" || /^\d+$/.test(timeout)) return "no-wait";
	if (timeout === "HALF_WAIT" && direction === "output") return "half-wait";
	throw wrong(
		`timeout=${timeout} is none of WAIT, NO_WAIT${direction === "output" ? ", HALF_WAIT" : ""}, microseconds`,
	);
}

function parseNumber(
	settings: Settings,
	name: string,
	byDefault: number,
	min: number,
	max: number,
	wrong: Wrong,
): number {
	const text = settings.get(name);
	if (text === undefined) return byDefault;
	const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (!(value >= min && value <= max)) throw wrong(`${name}=${text} is no number of ${min} to ${max}`);
	return value;
}

function plural(count: number, noun: string): string {
	return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
