import { counted, grouped } from "../../src/report/quantities.ts";
import type { Change, Now } from "../../src/server/api-types.ts";
import { useChanges } from "../app/live.ts";
import { nextStep } from "../app/next-step.ts";
import { useData } from "../app/use-data.ts";
import { Confidence } from "../parts/confidence.tsx";
import { CountedList } from "../parts/counted-list.tsx";
import { DayStrip } from "../parts/day-strip.tsx";
import { InputList } from "../parts/input-list.tsx";
import { Signals } from "../parts/signals.tsx";
import { Loaded } from "../parts/states.tsx";
import { Ago, When } from "../parts/when.tsx";

const concerns = (change: Change): boolean => change.type !== "remark";

/** The server counts incidents anew at most every 3 s; after this time (ms) the counts contain a change. */
const COUNTED_AGAIN = 3500;

/** The first screen: which hosts mine now, how certain it is, what to do. */
export function NowPage() {
	const data = useData<Now>("/now");
	useChanges(concerns, data.reload, COUNTED_AGAIN);
	return <Loaded data={data}>{(now) => <Overview now={now} />}</Loaded>;
}

function Overview({ now }: { readonly now: Now }) {
	const filter = (name: string) => (value: string) => `/incidents?state=open&${name}=${encodeURIComponent(value)}`;
	return (
		<section class="page now">
			<header class="page">
				<h1>{headline(now)}</h1>
				<p class="summary">
					{(["confirmed", "probable", "suspected"] as const).map((confidence) => (
						<a key={confidence} href={filter("confidence")(confidence)} class="count">
							<strong>{grouped(now.byConfidence[confidence])}</strong> <Confidence of={confidence} />
						</a>
					))}
					<a href="/incidents?state=open&allowlisted=true" class="count">
						<span class="muted">of them allowed</span> <strong>{grouped(now.allowlisted)}</strong>
					</a>
				</p>
			</header>
			{now.problems.length > 0 && (
				<ul class="problems" aria-label="Needs attention">
					{now.problems.map((problem) => (
						<li key={problem}>{problem}</li>
					))}
				</ul>
			)}
			<ol class="hosts" aria-label="Mining hosts, most certain first">
				{now.hosts.map((row) => (
					<li key={row.id} class={`card finding ${row.confidence}`}>
						<Confidence of={row.confidence} />
						<div>
							<a class="sentence" href={`/incidents/${row.id}`}>
								<bdi>{row.sentence}</bdi>
							</a>
							<p class="muted small">
								<Signals of={row.signals} /> · {counted(row.flows, "flow")} · last seen <Ago at={row.lastSeen} />
							</p>
						</div>
						<p class="step">{nextStep(row)}</p>
					</li>
				))}
			</ol>
			{now.open - now.allowlisted > now.hosts.length && (
				<p>
					<a href="/incidents?state=open&allowlisted=false&sort=confidence">
						All {grouped(now.open - now.allowlisted)} hosts
					</a>
				</p>
			)}
			<section class="card">
				<h2>Last 24 hours</h2>
				<DayStrip strip={now.strip} />
			</section>
			<div class="columns">
				<CountedList title="Networks" rows={now.byNetwork} address={filter("network")} none="No named network mines." />
				<CountedList title="Coins" rows={now.byCoin} address={filter("coin")} none="No coin is known." />
				<CountedList
					title="Pools"
					rows={now.byPool}
					address={(key) => `/pools/${encodeURIComponent(key)}`}
					none="No pool is in use."
				/>
			</div>
			<section class="card">
				<h2>Inputs</h2>
				<InputList inputs={now.inputs} />
			</section>
			<section class="card">
				<h2>Newest events</h2>
				{now.events.length === 0 && <p class="muted">Nothing has happened yet.</p>}
				<ol class="events" aria-live="polite" aria-relevant="additions">
					{now.events.slice(0, 10).map(({ incident, sequence, at, kind, words }) => (
						<li key={`${incident} ${sequence}`}>
							<When at={at} />
							<span class={`kind ${kind}`}>{kind}</span>
							<a href={`/incidents/${incident}`}>
								<bdi>{words}</bdi>
							</a>
						</li>
					))}
				</ol>
			</section>
		</section>
	);
}

function headline({ open, allowlisted, inputs }: Now): string {
	const mining = open - allowlisted;
	if (mining > 0) return `${counted(mining, "host is", "hosts are")} mining now`;
	if (inputs.length === 0) return "Nothing is watched: the configuration has no inputs";
	return allowlisted > 0 ? "Only permitted hosts are mining now" : "No host is mining now";
}
