import { useEffect, useRef, useState } from "preact/hooks";
import { counted, grouped } from "../../src/report/quantities.ts";
import { apiAddress } from "../app/api.ts";
import { filterQuery, listQuery } from "../app/incident-filter.ts";
import { useKeys } from "../app/keyboard.ts";
import { navigate } from "../app/route.ts";
import { useMayOperate } from "../app/session.ts";
import { useIncidentList } from "../app/use-incident-list.ts";
import { useMedia, useVisibleRows } from "../app/visible-rows.ts";
import { FilterBar } from "../parts/filter-bar.tsx";
import { IncidentActions } from "../parts/incident-actions.tsx";
import { IncidentTableHead, IncidentTableRow } from "../parts/incident-row.tsx";
import { Failure } from "../parts/states.tsx";

/** Rows of one request. */
const PAGE = 200;
/** Incidents that one action may name. */
const MOST_SELECTED = 1000;
/** Heights of a row in pixels; style/pages.css has the same. */
const ROW_HEIGHT = { wide: 60, narrow: 116 };

const FORMATS = ["csv", "json", "stix", "ecs", "ocsf"] as const;

export function IncidentsPage({ query }: { readonly query: URLSearchParams }) {
	const list = useIncidentList(listQuery(query, PAGE).toString());
	const { rows, total } = list;
	const mayOperate = useMayOperate();
	const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
	const [active, setActive] = useState(-1);
	const body = useRef<HTMLDivElement>(null);
	const isNarrow = useMedia("(max-width: 70rem)");
	const height = isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide;
	const { first, end } = useVisibleRows(body, height, rows.length);
	const filter = filterQuery(query).toString();
	useEffect(() => {
		setSelected(new Set());
		setActive(-1);
	}, [filter]);
	useEffect(() => {
		if (end > rows.length - PAGE / 2) list.more();
	});
	useFocusOn(active, height, body);
	const select = (id: string, isChosen: boolean): void =>
		setSelected((before) => {
			const next = new Set(before);
			if (isChosen && next.size < MOST_SELECTED) next.add(id);
			else next.delete(id);
			return next;
		});
	const move = (by: number): void => setActive((before) => Math.min(Math.max(before + by, 0), rows.length - 1));
	const toggle = (): void => {
		const row = rows[active];
		if (row && mayOperate) select(row.id, !selected.has(row.id));
	};
	useKeys({
		j: () => move(1),
		k: () => move(-1),
		ArrowDown: () => move(1),
		ArrowUp: () => move(-1),
		x: toggle,
		Enter: () => {
			const focused = document.activeElement;
			if (focused instanceof HTMLElement && focused.matches("a, button, summary, input")) focused.click();
			else if (rows[active]) navigate(`/incidents/${rows[active].id}`);
		},
	});
	const chosen = rows.filter(({ id }) => selected.has(id));
	return (
		<section class="page incidents">
			<header class="page">
				<h1>{total === undefined ? "Incidents" : counted(total, "incident")}</h1>
				<details class="menu">
					<summary>Export</summary>
					<ul>
						{FORMATS.map((format) => (
							<li key={format}>
								<a download href={apiAddress(`/incidents/export?format=${format}${filter && `&${filter}`}`)}>
									{format.toUpperCase()}
								</a>
							</li>
						))}
					</ul>
				</details>
			</header>
			<FilterBar query={query} />
			{list.error && <Failure error={list.error} onRetry={list.reload} />}
			{list.news > 0 && (
				<button type="button" class="news" onClick={list.reload}>
					{counted(list.news, "incident")} changed or new: load the list again
				</button>
			)}
			<div
				class={`grid-table ${mayOperate ? "" : "no-selection"}`}
				role="table"
				aria-label="Incidents"
				aria-rowcount={total ?? -1}
			>
				<IncidentTableHead
					query={query}
					{...(mayOperate && {
						allSelected: rows.length > 0 && chosen.length === Math.min(rows.length, MOST_SELECTED),
						onSelectAll: (isChosen: boolean) =>
							setSelected(new Set(isChosen ? rows.slice(0, MOST_SELECTED).map(({ id }) => id) : [])),
					})}
				/>
				<div class="rows" role="rowgroup" ref={body} style={{ height: `${rows.length * height}px` }}>
					{rows.slice(first, end).map((row, k) => (
						<IncidentTableRow
							key={row.id}
							row={row}
							index={first + k}
							top={(first + k) * height}
							isActive={first + k === active}
							{...(mayOperate && {
								isSelected: selected.has(row.id),
								onSelect: (isChosen: boolean) => select(row.id, isChosen),
							})}
						/>
					))}
				</div>
			</div>
			{total === 0 && <p class="empty">No incident meets these conditions.</p>}
			<p class="muted small" role="status">
				{list.isLoading ? "Loading …" : total !== undefined && `${grouped(rows.length)} of ${grouped(total)} loaded`}
			</p>
			{selected.size > 0 && (
				<aside class="bulk" aria-label="Selected incidents">
					<strong>{grouped(selected.size)} selected</strong>
					<IncidentActions
						ids={[...selected]}
						known={chosen.map(({ host }) => ({ host, pools: [] }))}
						hasOpen={chosen.some(({ state }) => state === "open")}
						onDone={list.reload}
					>
						<button type="button" class="plain" onClick={() => setSelected(new Set())}>
							Clear
						</button>
					</IncidentActions>
				</aside>
			)}
		</section>
	);
}

/** Brings the row that the keyboard has reached into the window, and the focus to its link. */
function useFocusOn(active: number, height: number, body: { readonly current: HTMLElement | null }): void {
	useEffect(() => {
		if (active < 0 || !body.current) return;
		const top = body.current.getBoundingClientRect().top + active * height;
		if (top < 120) window.scrollBy(0, top - 120);
		else if (top + 2 * height > window.innerHeight) window.scrollBy(0, top + 2 * height - window.innerHeight);
		const frame = requestAnimationFrame(() =>
			body.current?.querySelector<HTMLElement>(`[data-index="${active}"] a`)?.focus({ preventScroll: true }),
		);
		return () => cancelAnimationFrame(frame);
	}, [active, height, body]);
}
