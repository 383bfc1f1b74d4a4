import { MutedLog } from "./muted-log.ts";

/** In ascending order of importance. */
export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogOptions {
	readonly level: LogLevel;
	readonly format: LogFormat;
	/** The lines go to journald: each begins with its priority (sd-daemon(3)) and has no time. */
	readonly journal?: boolean;
}

/** Values in addition to the sentence, for programs. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Syslog priorities (RFC 5424, section 6.2.1). */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warning: 4, error: 3 };

/** Lines of one topic that are written per period; the others are counted, and one line reports their number. */
const BURST = 20;
const PERIOD_MS = 10_000;

/**
 * One fact per line: time, level, topic, sentence. Lines of one topic are rate-limited, so that no peer can flood it.
 */
export class Log {
	readonly #write: (line: string) => void;
	readonly #muted: Readonly<Record<LogLevel, MutedLog>>;
	#options: LogOptions;
	#fields: LogFields = {};
	#topic = "";

	/** `write` receives lines without a line feed. */
	constructor(write: (line: string) => void, options: LogOptions) {
		this.#write = write;
		this.#options = options;
		const muted = (level: LogLevel) => new MutedLog((line) => this.#tell(level, line), BURST, PERIOD_MS);
		this.#muted = { debug: muted("debug"), info: muted("info"), warning: muted("warning"), error: muted("error") };
	}

	get options(): LogOptions {
		return this.#options;
	}

	/** Sets the form of all later lines. */
	set options(options: LogOptions) {
		this.#options = options;
	}

	debug(topic: string, words: string, fields?: LogFields): void {
		this.#log("debug", topic, words, fields);
	}

	info(topic: string, words: string, fields?: LogFields): void {
		this.#log("info", topic, words, fields);
	}

	warn(topic: string, words: string, fields?: LogFields): void {
		this.#log("warning", topic, words, fields);
	}

	error(topic: string, words: string, fields?: LogFields): void {
		this.#log("error", topic, words, fields);
	}

	/** Reports how many lines were left out; call it at the end of the work. */
	flush(): void {
		this.#fields = {};
		for (const muted of Object.values(this.#muted)) muted.flush();
	}

	#log(level: LogLevel, topic: string, words: string, fields: LogFields = {}): void {
		if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.#options.level)) return;
		this.#fields = fields;
		this.#topic = topic;
		this.#muted[level].warn(topic, words);
	}

	#tell(level: LogLevel, words: string): void {
		const { format, journal = false } = this.#options;
		const priority = journal ? `<${PRIORITIES[level]}>` : "";
		const time = new Date().toISOString();
		if (format === "json") {
			this.#write(priority + JSON.stringify({ time, level, topic: this.#topic, message: words, ...this.#fields }));
			return;
		}
		const sentence = printable(words);
		this.#write(journal ? `${priority}${this.#topic}: ${sentence}` : `${time} ${level} ${this.#topic}: ${sentence}`);
	}
}

/** Text from the network must not end the line or move the cursor. */
function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}
