import { useState } from "preact/hooks";
import { counted, grouped } from "../../src/report/quantities.ts";
import type { ModelStatus, ModelView, WhatIf } from "../../src/server/api-types.ts";
import { apiAddress } from "../app/api.ts";
import { addressWith, navigate } from "../app/route.ts";
import { useData } from "../app/use-data.ts";
import { Loaded } from "../parts/states.tsx";
import { ThresholdPicture } from "../parts/threshold-picture.tsx";
import { When } from "../parts/when.tsx";

/** How the shape of traffic is judged, and how another threshold would have done. */
export function ModelPage({ query }: { readonly query: URLSearchParams }) {
	const model = useData<ModelView>("/model");
	const whatIf = useData<WhatIf>("/model/what-if");
	return (
		<section class="page">
			<header class="page">
				<h1>Model</h1>
			</header>
			<section class="card">
				<h2>Another threshold</h2>
				<Loaded data={whatIf}>{(value) => <Thresholds whatIf={value} query={query} />}</Loaded>
			</section>
			<Loaded data={model}>
				{({ model: status, feedback }) => (
					<>
						{status ? (
							<Card status={status} />
						) : (
							<p class="empty">No model is loaded: traffic is not judged by its shape.</p>
						)}
						<Feedback feedback={feedback} />
					</>
				)}
			</Loaded>
		</section>
	);
}

function Thresholds({ whatIf, query }: { readonly whatIf: WhatIf; readonly query: URLSearchParams }) {
	const { points, present, days, isComplete } = whatIf;
	const asked = Number(query.get("threshold") ?? present);
	const [chosen, setChosen] = useState(Number.isNaN(asked) ? present : asked);
	const point = points.findLast(({ threshold }) => threshold <= chosen + 1e-9) ?? points[0];
	if (!point) return <p class="muted">No incident has a score yet.</p>;
	const choose = (value: number): void => {
		setChosen(value);
		navigate(addressWith("/model", query, { threshold: String(value) }), true);
	};
	return (
		<>
			<p>
				With a threshold of <strong>{chosen.toFixed(3)}</strong> for shape, the last {days} days would have had{" "}
				<strong>{counted(point.incidents, "incident")}</strong> of {counted(point.hosts, "host")}.{" "}
				<span class="muted">
					Of them {grouped(point.labelledMiners)} are labelled miners, {grouped(point.labelledOthers)} not.
				</span>
			</p>
			<ThresholdPicture points={points} present={present} chosen={chosen} />
			<label class="field">
				<span class="label">Threshold</span>
				<input
					type="range"
					min={present}
					max={1}
					step={0.001}
					value={chosen}
					onInput={({ currentTarget }) => choose(Number(currentTarget.value))}
				/>
			</label>
			<p class="muted small">
				The threshold is {present} now. Flows below it were not stored, so lower ones cannot be judged. Incidents with
				other evidence than shape stay whatever the threshold.{" "}
				{!isComplete && "Older incidents of these days were left out."}
			</p>
		</>
	);
}

function Card({ status }: { readonly status: ModelStatus }) {
	const { card, trees, features, thresholds, loaded, file, sha256 } = status;
	const most = Math.max(1e-9, ...features.map(({ importance }) => importance));
	const ranked = features.toSorted((a, b) => b.importance - a.importance).slice(0, 20);
	return (
		<>
			<section class="card">
				<h2>
					<bdi>{card.name}</bdi>
				</h2>
				{card.summary && <p class="prose">{card.summary}</p>}
				<dl class="figures">
					<Figure name="shape alone decides above" value={String(thresholds.ml)} />
					<Figure name="all signals decide above" value={String(thresholds.dst)} />
					<Figure name="trees" value={grouped(trees)} />
					<Figure name="measures" value={grouped(features.length)} />
				</dl>
				<p class="muted small">
					Made by {card.origin}; loaded <When at={loaded} />
					{file && (
						<>
							{" "}
							from <code>{file}</code>
						</>
					)}
					{sha256 && (
						<>
							, SHA-256 <code>{sha256}</code>
						</>
					)}
				</p>
				{card.notes && (
					<ul class="prose">
						{card.notes.map((note) => (
							<li key={note}>{note}</li>
						))}
					</ul>
				)}
			</section>
			{card.quality && card.quality.length > 0 && (
				<section class="card">
					<h2>Quality, as it was measured</h2>
					<div class="scroll" tabIndex={0} role="region" aria-label="Quality">
						<table>
							<thead>
								<tr>
									<th scope="col">measure</th>
									<th scope="col" class="number">
										value
									</th>
									<th scope="col">95 % interval</th>
									<th scope="col">measured on</th>
								</tr>
							</thead>
							<tbody>
								{card.quality.map(({ measure, value, low, high, on }) => (
									<tr key={measure + on}>
										<th scope="row">{measure}</th>
										<td class="number">{figure(value)}</td>
										<td>{low !== undefined && high !== undefined && `${figure(low)} to ${figure(high)}`}</td>
										<td>{on}</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				</section>
			)}
			{card.sources && card.sources.length > 0 && (
				<section class="card">
					<h2>Training data</h2>
					<div class="scroll" tabIndex={0} role="region" aria-label="Training data">
						<table>
							<thead>
								<tr>
									<th scope="col">source</th>
									<th scope="col">licence</th>
									<th scope="col" class="number">
										flows of miners
									</th>
									<th scope="col" class="number">
										other flows
									</th>
								</tr>
							</thead>
							<tbody>
								{card.sources.map(({ name, licence, miners, others }) => (
									<tr key={name}>
										<th scope="row">{name}</th>
										<td>{licence}</td>
										<td class="number">{grouped(miners)}</td>
										<td class="number">{grouped(others)}</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				</section>
			)}
			<section class="card counted measures">
				<h2>Measures that count most</h2>
				<ul>
					{ranked.map(({ name, importance }) => (
						<li key={name}>
							<code>{name}</code>
							<span>{(100 * importance).toFixed(1)} %</span>
							<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
								<rect width={(100 * importance) / most} height="4" />
							</svg>
						</li>
					))}
				</ul>
			</section>
		</>
	);
}

function Feedback({ feedback }: { readonly feedback: ModelView["feedback"] }) {
	return (
		<section class="card">
			<h2>Feedback</h2>
			<p>
				{counted(feedback.miner, "incident is labelled a miner", "incidents are labelled miners")},{" "}
				{grouped(feedback.notAMiner)} not a miner.{" "}
				{feedback.miner + feedback.notAMiner > 0 && (
					<>
						<a download href={apiAddress("/model/labelled-flows")}>
							Download their flows
						</a>{" "}
						for <code>decrypto train</code>.
					</>
				)}
			</p>
			<ul class="labelled">
				{feedback.newest.map(({ incident, label, at, sentence, flows }) => (
					<li key={`${incident} ${at}`}>
						<When at={at} /> <strong>{label === "miner" ? "a miner" : "not a miner"}</strong>{" "}
						<a href={`/incidents/${incident}`}>
							<bdi>{sentence}</bdi>
						</a>{" "}
						<span class="muted">{counted(flows, "flow")}</span>
					</li>
				))}
			</ul>
		</section>
	);
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{value}</dd>
		</div>
	);
}

function figure(value: number): string {
	return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
}
