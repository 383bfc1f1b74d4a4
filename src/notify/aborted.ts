/** Rejects with the signal's reason when it aborts: for `Promise.race` with work that does not know the signal. */
export function aborted(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		const fail = (): void => reject(signal.reason);
		if (signal.aborted) fail();
		else signal.addEventListener("abort", fail, { once: true });
	});
}
