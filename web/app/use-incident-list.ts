import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Change, IncidentPage, IncidentRow } from "../../src/server/api-types.ts";
import { ApiError, read } from "./api.ts";
import { useEachChange } from "./live.ts";

export interface IncidentList {
	readonly rows: readonly IncidentRow[];
	/** Incidents that meet the conditions; undefined before the first answer. */
	readonly total: number | undefined;
	/** Incidents that appeared or moved since the list was loaded. */
	readonly news: number;
	readonly error: ApiError | undefined;
	readonly isLoading: boolean;
	/** Loads the next page, if there is one and none is being loaded. */
	more(): void;
	reload(): void;
}

interface State {
	readonly query: string;
	readonly rows: readonly IncidentRow[];
	readonly total?: number;
	readonly next?: string;
	readonly error?: ApiError;
}

/** A list that is loaded page by page. Rows that change while it is shown are replaced where they stand. */
export function useIncidentList(query: string): IncidentList {
	const [state, setState] = useState<State>({ query, rows: [] });
	const [news, setNews] = useState<ReadonlySet<string>>(new Set());
	const [isLoading, setLoading] = useState(true);
	const loading = useRef<AbortController>(undefined);
	const load = useCallback((query: string, before: State | undefined) => {
		loading.current?.abort();
		const controller = new AbortController();
		loading.current = controller;
		setLoading(true);
		const cursor = before?.next === undefined ? "" : `&cursor=${encodeURIComponent(before.next)}`;
		read<IncidentPage>(`/incidents?${query}${cursor}`, controller.signal)
			.then(
				({ incidents, total, next }) => {
					const rows = before ? [...before.rows, ...incidents] : incidents;
					setState({ query, rows, total, ...(next !== undefined && { next }) });
					if (!before) setNews(new Set());
				},
				(reason: unknown) => {
					if (controller.signal.aborted) return;
					const error = reason instanceof ApiError ? reason : new ApiError(0, String(reason));
					setState({ ...(before ?? { query, rows: [] }), error });
				},
			)
			.finally(() => {
				if (loading.current !== controller) return;
				loading.current = undefined;
				setLoading(false);
			});
	}, []);
	useEffect(() => load(query, undefined), [query, load]);
	useEffect(() => () => loading.current?.abort(), []);
	useEachChange((change: Change) => {
		if (change.type !== "incident") return;
		const { incident } = change;
		setState((before) => {
			const at = before.rows.findIndex(({ id }) => id === incident.id);
			if (at >= 0) return { ...before, rows: before.rows.with(at, incident) };
			setNews((ids) => (ids.has(incident.id) ? ids : new Set([...ids, incident.id])));
			return before;
		});
	});
	return {
		rows: state.rows,
		total: state.total,
		news: news.size,
		error: state.error,
		isLoading,
		more: () => {
			if (state.next !== undefined && loading.current === undefined && state.error === undefined) load(query, state);
		},
		reload: () => load(query, undefined),
	};
}
