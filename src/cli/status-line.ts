import { terminalText } from "../bytes/terminal-text.ts";

const REDRAW_MS = 200;

/** A line on a terminal that is redrawn while work goes on, and lines that stay; nothing where it is quiet, but for complaints. */
export class StatusLine {
	readonly #stream: NodeJS.WriteStream;
	readonly #quiet: boolean;
	#timer: NodeJS.Timeout | undefined;
	#drawn = false;

	constructor(stream: NodeJS.WriteStream, quiet: boolean) {
		this.#stream = stream;
		this.#quiet = quiet;
	}

	/** Draws what `text` gives from now on, until {@link clear}; only on a terminal. */
	follow(text: () => string): void {
		this.clear();
		if (this.#quiet || this.#stream.isTTY !== true) return;
		this.#timer = setInterval(() => this.#draw(text()), REDRAW_MS).unref();
	}

	/** Writes a line that stays; a complaint also where it is quiet. */
	tell(line: string, isComplaint = false): void {
		if (this.#quiet && !isComplaint) return;
		this.#erase();
		this.#stream.write(`decrypto: ${terminalText(line)}\n`);
	}

	clear(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#erase();
	}

	#draw(text: string): void {
		this.#stream.write(`\r\u001b[2K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
		this.#drawn = true;
	}

	#erase(): void {
		if (this.#drawn) this.#stream.write("\r\u001b[2K");
		this.#drawn = false;
	}
}
