/** SIGHUP does not end a live run: log rotation asks for files to be opened again by it, and a lost terminal sends it too. */
export class HangupSignal implements Disposable {
	readonly #onSignal: () => void;

	constructor(reopen: () => Promise<void>) {
		this.#onSignal = () => void reopen();
		process.on("SIGHUP", this.#onSignal);
	}

	[Symbol.dispose](): void {
		process.off("SIGHUP", this.#onSignal);
	}
}
