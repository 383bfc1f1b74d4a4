import { useEffect, useState } from "preact/hooks";
import { SIGNAL_NAMES } from "../../src/report/page/evidence-list.ts";
import { minuteText } from "../../src/report/page/time-text.ts";
import { FILTERS, type FilterName, filterQuery } from "../app/incident-filter.ts";
import { addressWith, navigate } from "../app/route.ts";
import { Field } from "./field.tsx";

const CONFIDENCES = ["confirmed", "probable", "suspected"] as const;
const NAMES: Readonly<Record<FilterName, string>> = {
	state: "state",
	confidence: "confidence",
	network: "network",
	host: "host",
	pool: "pool",
	coin: "coin",
	signal: "signal",
	allowlisted: "on the allowlist",
	since: "seen since",
	until: "opened before",
	text: "text",
};
const SPANS = [
	["", "at any time"],
	["3600", "in the last hour"],
	["86400", "in the last day"],
	["604800", "in the last week"],
	["2592000", "in the last 30 days"],
] as const;

/** The conditions of the list. Each change becomes part of the address at once. */
export function FilterBar({ query }: { readonly query: URLSearchParams }) {
	const change = (changes: Readonly<Record<string, string | readonly string[] | undefined>>): void =>
		navigate(addressWith("/incidents", query, changes), true);
	const chosen = query.getAll("confidence");
	const given = [...filterQuery(query)] as [FilterName, string][];
	return (
		<div class="filters">
			<div class="row">
				<Words label="Search" name="text" query={query} onChange={change} hint="Host, pool, coin, software …" />
				<Field label="State">
					<select
						value={query.get("state") ?? ""}
						onChange={({ currentTarget }) => change({ state: currentTarget.value })}
					>
						<option value="">open and closed</option>
						<option value="open">open</option>
						<option value="closed">closed</option>
					</select>
				</Field>
				<Field label="Seen">
					<select
						value={query.has("since") ? "given" : ""}
						onChange={({ currentTarget: { value } }) =>
							change({
								since: value && String((Math.floor(Date.now() / 1000) - Number(value)) * 1e6),
								until: undefined,
							})
						}
					>
						{query.has("since") && (
							<option value="given" disabled>
								since {minuteText(Number(query.get("since")))}
							</option>
						)}
						{SPANS.map(([seconds, name]) => (
							<option key={seconds} value={seconds}>
								{name}
							</option>
						))}
					</select>
				</Field>
				<Field label="Allowlist">
					<select
						value={query.get("allowlisted") ?? ""}
						onChange={({ currentTarget }) => change({ allowlisted: currentTarget.value })}
					>
						<option value="">allowed or not</option>
						<option value="false">not allowed</option>
						<option value="true">allowed</option>
					</select>
				</Field>
				<fieldset>
					<legend>Confidence</legend>
					{CONFIDENCES.map((confidence) => (
						<label key={confidence}>
							<input
								type="checkbox"
								checked={chosen.includes(confidence)}
								onChange={({ currentTarget }) =>
									change({
										confidence: currentTarget.checked
											? [...chosen, confidence]
											: chosen.filter((each) => each !== confidence),
									})
								}
							/>{" "}
							{confidence}
						</label>
					))}
				</fieldset>
			</div>
			<details>
				<summary>More conditions</summary>
				<div class="row">
					<Words label="Host" name="host" query={query} onChange={change} hint="10.3.7.21" />
					<Words label="Network" name="network" query={query} onChange={change} />
					<Words label="Pool" name="pool" query={query} onChange={change} hint="name, or address:port" />
					<Words label="Coin" name="coin" query={query} onChange={change} />
					<Field label="Signal">
						<select
							value={query.get("signal") ?? ""}
							onChange={({ currentTarget }) => change({ signal: currentTarget.value })}
						>
							<option value="">any</option>
							{Object.entries(SIGNAL_NAMES).map(([signal, name]) => (
								<option key={signal} value={signal}>
									{name}
								</option>
							))}
						</select>
					</Field>
				</div>
			</details>
			{given.length > 0 && (
				<ul class="chips" aria-label="Conditions">
					{given.map(([name, value]) => (
						<li key={`${name} ${value}`}>
							<button
								type="button"
								aria-label={`Remove the condition ${NAMES[name]} ${value}`}
								onClick={() => change({ [name]: query.getAll(name).filter((each) => each !== value) })}
							>
								{NAMES[name]}: <bdi>{name === "since" || name === "until" ? minuteText(Number(value)) : value}</bdi> ✕
							</button>
						</li>
					))}
					<li>
						<button
							type="button"
							class="plain"
							onClick={() => change(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
						>
							Clear all
						</button>
					</li>
				</ul>
			)}
		</div>
	);
}

interface WordsProps {
	readonly label: string;
	readonly name: FilterName;
	readonly query: URLSearchParams;
	readonly onChange: (changes: Readonly<Record<string, string>>) => void;
	readonly hint?: string;
}

/** Pause in typing (ms) after which the list follows. */
const PAUSE = 250;

function Words({ label, name, query, onChange, hint }: WordsProps) {
	const given = query.get(name) ?? "";
	const [value, setValue] = useState(given);
	useEffect(() => setValue(given), [given]);
	useEffect(() => {
		if (value.trim() === given) return;
		const timer = setTimeout(() => onChange({ [name]: value.trim() }), PAUSE);
		return () => clearTimeout(timer);
	}, [value]);
	return (
		<Field label={label}>
			<input
				type="search"
				value={value}
				maxLength={500}
				placeholder={hint}
				autocomplete="off"
				onInput={({ currentTarget }) => setValue(currentTarget.value)}
			/>
		</Field>
	);
}
