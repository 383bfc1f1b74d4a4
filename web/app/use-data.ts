import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, read } from "./api.ts";

export interface Data<T> {
	/** The last answer; stays while a newer one is loaded. */
	readonly value: T | undefined;
	readonly error: ApiError | undefined;
	readonly isLoading: boolean;
	reload(): void;
}

/** Reads a resource and keeps the answer until the path changes. No path: nothing is read. */
export function useData<T>(path: string | undefined): Data<T> {
	const [state, setState] = useState<{ path?: string | undefined; value?: T; error?: ApiError; isLoading: boolean }>({
		isLoading: path !== undefined,
	});
	const [round, setRound] = useState(0);
	const shown = useRef<string | undefined>(undefined);
	useEffect(() => {
		if (path === undefined) return;
		const controller = new AbortController();
		const keeps = shown.current === path;
		setState((before) => (keeps ? { ...before, isLoading: true } : { path, isLoading: true }));
		shown.current = path;
		read<T>(path, controller.signal).then(
			(value) => {
				if (!controller.signal.aborted) setState({ path, value, isLoading: false });
			},
			(error: unknown) => {
				if (controller.signal.aborted) return;
				const known = error instanceof ApiError ? error : new ApiError(0, String(error));
				setState((before) => ({ ...before, path, error: known, isLoading: false }));
			},
		);
		return () => controller.abort();
	}, [path, round]);
	const reload = useCallback(() => setRound((before) => before + 1), []);
	const isOfPath = state.path === path;
	return {
		value: isOfPath ? state.value : undefined,
		error: isOfPath ? state.error : undefined,
		isLoading: state.isLoading || !isOfPath,
		reload,
	};
}
