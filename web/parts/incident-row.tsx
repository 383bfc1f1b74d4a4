import { byteSize, grouped } from "../../src/report/quantities.ts";
import type { IncidentRow } from "../../src/server/api-types.ts";
import { nextSort } from "../app/incident-filter.ts";
import { addressWith } from "../app/route.ts";
import { Confidence } from "./confidence.tsx";
import { Signals } from "./signals.tsx";
import { When } from "./when.tsx";

const COLUMNS = [
	["confidence", "confidence"],
	["host", "host"],
	[undefined, "pool"],
	[undefined, "signals"],
	["opened", "opened"],
	["lastSeen", "last seen"],
	["flows", "flows"],
	["bytes", "bytes"],
	[undefined, "state"],
] as const;

interface HeadProps {
	readonly query: URLSearchParams;
	readonly allSelected?: boolean;
	readonly onSelectAll?: (isChosen: boolean) => void;
}

export function IncidentTableHead({ query, allSelected = false, onSelectAll }: HeadProps) {
	const sorted = query.get("sort") ?? "lastSeen";
	const isAscending = query.get("ascending") === "true";
	return (
		<div role="rowgroup" class="head">
			<div role="row" class="grid-row">
				{onSelectAll && (
					<span role="columnheader" class="select">
						<input
							type="checkbox"
							aria-label="Select all loaded incidents"
							checked={allSelected}
							onChange={({ currentTarget }) => onSelectAll(currentTarget.checked)}
						/>
					</span>
				)}
				{COLUMNS.map(([sort, name]) => (
					<span
						role="columnheader"
						key={name}
						class={name.replace(" ", "-")}
						aria-sort={sort === sorted ? (isAscending ? "ascending" : "descending") : undefined}
					>
						{sort === undefined ? (
							name
						) : (
							<a href={addressWith("/incidents", query, nextSort(query, sort))}>
								{name}
								{sort === sorted && <span aria-hidden="true">{isAscending ? " ↑" : " ↓"}</span>}
							</a>
						)}
					</span>
				))}
			</div>
		</div>
	);
}

interface RowProps {
	readonly row: IncidentRow;
	readonly index: number;
	/** Distance from the list's upper edge, in pixels. */
	readonly top: number;
	readonly isActive: boolean;
	readonly isSelected?: boolean;
	readonly onSelect?: (isChosen: boolean) => void;
}

export function IncidentTableRow({ row, index, top, isActive, isSelected = false, onSelect }: RowProps) {
	const { id, host, pool, furtherPools } = row;
	return (
		<div
			role="row"
			class={`grid-row ${isActive ? "active" : ""}`}
			aria-rowindex={index + 1}
			aria-selected={onSelect ? isSelected : undefined}
			data-index={index}
			style={{ transform: `translateY(${top}px)` }}
		>
			{onSelect && (
				<span role="cell" class="select">
					<input
						type="checkbox"
						aria-label={`Select the incident of ${host.address}`}
						checked={isSelected}
						onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
					/>
				</span>
			)}
			<span role="cell" class="confidence">
				<Confidence of={row.confidence} />
			</span>
			<span role="cell" class="host">
				<a href={`/incidents/${id}`} title={row.sentence}>
					{host.address}
				</a>
				<span class="muted small">
					<bdi>{[host.network, host.domain, row.role === "miner" ? "" : row.role].filter(Boolean).join(", ")}</bdi>
				</span>
			</span>
			<span role="cell" class="pool">
				<bdi>{pool?.key ?? "no pool known"}</bdi>
				<span class="muted small">
					<bdi>{[pool?.coin, furtherPools > 0 ? `and ${furtherPools} more` : ""].filter(Boolean).join(", ")}</bdi>
				</span>
			</span>
			<span role="cell" class="signals small">
				<Signals of={row.signals} />
			</span>
			<span role="cell" class="opened">
				<When at={row.opened} />
			</span>
			<span role="cell" class="last-seen">
				<When at={row.lastSeen} />
			</span>
			<span role="cell" class="flows">
				{grouped(row.flows)}
			</span>
			<span role="cell" class="bytes">
				{byteSize(row.bytes)}
			</span>
			<span role="cell" class="state">
				{row.state}
				{row.allowed && <span class="muted small">allowed</span>}
			</span>
		</div>
	);
}
