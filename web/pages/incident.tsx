import { useCallback, useMemo } from "preact/hooks";
import type { PoolOfIncident } from "../../src/incident/incident.ts";
import { confidencePicture } from "../../src/report/page/confidence-picture.ts";
import { contributionBars } from "../../src/report/page/contribution-bars.ts";
import { element } from "../../src/report/page/element.ts";
import { evidenceList } from "../../src/report/page/evidence-list.ts";
import { poolTable } from "../../src/report/page/pool-table.ts";
import { byteSize, counted, grouped } from "../../src/report/quantities.ts";
import type { Change, IncidentDetail, Rhythm, Sightings } from "../../src/server/api-types.ts";
import { apiAddress } from "../app/api.ts";
import { useChanges } from "../app/live.ts";
import { useMayOperate } from "../app/session.ts";
import { useData } from "../app/use-data.ts";
import { Confidence } from "../parts/confidence.tsx";
import { Drawn, Picture } from "../parts/drawn.tsx";
import { FlowTable } from "../parts/flow-table.tsx";
import { IncidentActions } from "../parts/incident-actions.tsx";
import { ProbeButton } from "../parts/probe.tsx";
import { RhythmPictures } from "../parts/rhythm.tsx";
import { Loaded } from "../parts/states.tsx";
import { Ago, When } from "../parts/when.tsx";

/** One incident: a sentence, what to do, the evidence in words, and the pictures that show it. */
export function IncidentPage({ id }: { readonly id: string }) {
	const path = `/incidents/${encodeURIComponent(id)}`;
	const detail = useData<IncidentDetail>(path);
	const rhythm = useData<Rhythm>(`${path}/rhythm`);
	const sightings = useData<Sightings>(`${path}/sightings`);
	const concerns = useCallback(
		(change: Change) =>
			(change.type === "incident" && change.incident.id === id) || (change.type === "remark" && change.incident === id),
		[id],
	);
	const reload = useCallback(() => {
		detail.reload();
		rhythm.reload();
		sightings.reload();
	}, [detail.reload, rhythm.reload, sightings.reload]);
	useChanges(concerns, reload);
	return (
		<Loaded data={detail}>
			{(value) => (
				<article class="page incident">
					<Summary detail={value} path={path} onDone={detail.reload} />
					<section class="card">
						<h2>Evidence</h2>
						<Drawn of={evidenceList(value.evidence)} />
					</section>
					<section class="card">
						<h2>Rhythm</h2>
						<Loaded data={rhythm}>{(flows) => <RhythmPictures rhythm={flows} />}</Loaded>
					</section>
					<section class="card">
						<h2>Confidence over time</h2>
						<Loaded data={sightings}>
							{(flows) => (
								<Picture
									draw={(width) =>
										confidencePicture(
											{ until: value.incident.lastSeen, events: value.events, flows: flows.sightings },
											width,
										)
									}
									caption="The line is the confidence; each dot is a kept flow, higher with a higher score."
								/>
							)}
						</Loaded>
					</section>
					<Pools detail={value} />
					{value.contributions.length > 0 && (
						<section class="card">
							<h2>What moved the probability</h2>
							<p class="muted small">
								Of the flow with the highest probability. Right: towards mining. <a href="/model">The model</a> lists
								all measures.
							</p>
							<Picture draw={(width) => contributionBars(value.contributions, width)} />
						</section>
					)}
					<OtherHosts detail={value} />
					<History detail={value} />
					<section class="card">
						<h2>Kept flows</h2>
						<Loaded data={sightings}>{(flows) => <FlowTable flows={flows.sightings} />}</Loaded>
					</section>
				</article>
			)}
		</Loaded>
	);
}

interface PartProps {
	readonly detail: IncidentDetail;
}

function Summary({ detail, path, onDone }: PartProps & { readonly path: string; readonly onDone: () => void }) {
	const { incident, sentence, advice, allowedBy, label } = detail;
	const mayOperate = useMayOperate();
	const [pool] = incident.pools;
	return (
		<header class={`card summary ${incident.confidence}`}>
			<p class="facts">
				<Confidence of={incident.confidence} />
				<span>{incident.state}</span>
				<span>
					score <strong>{incident.score.toFixed(3)}</strong>
				</span>
				<span>
					last seen <Ago at={incident.lastSeen} />
				</span>
				<span>
					{counted(incident.flows, "flow")}, {byteSize(incident.bytesToPool)} sent, {byteSize(incident.bytesToMiner)}{" "}
					received
				</span>
				{label && <span>labelled {label === "miner" ? "a miner" : "not a miner"}</span>}
			</p>
			<h1>
				<bdi>{sentence}</bdi>
			</h1>
			{allowedBy.length > 0 && (
				<p class="allowed">
					Allowed:{" "}
					{allowedBy.map(({ id, reason, owner }, k) => (
						<span key={id}>
							{k > 0 && "; "}
							<a href={`/allowlist?entry=${encodeURIComponent(id)}`}>
								<bdi>{reason}</bdi>
							</a>{" "}
							(<bdi>{owner}</bdi>)
						</span>
					))}
				</p>
			)}
			{advice.length > 0 && (
				<div class="advice">
					<h2>What to do</h2>
					<ol>
						{advice.map((each) => (
							<li key={each}>
								<bdi>{each}</bdi>
							</li>
						))}
					</ol>
				</div>
			)}
			{mayOperate && (
				<IncidentActions ids={[incident.id]} known={[incident]} hasOpen={incident.state === "open"} onDone={onDone}>
					{pool && <ProbeButton pool={pool} />}
				</IncidentActions>
			)}
			<p class="small">
				<a download={`incident-${incident.id}.json`} href={apiAddress(path)}>
					Download as JSON
				</a>{" "}
				· <a href={`/incidents?host=${encodeURIComponent(incident.host.address)}`}>all incidents of this host</a> · seen
				by <bdi>{incident.inputs.join(", ")}</bdi>
			</p>
		</header>
	);
}

function Pools({ detail: { incident } }: PartProps) {
	const table = useMemo(
		() =>
			// The schema's optional members may be undefined by type; JSON has no undefined.
			poolTable("Pools", incident.pools as readonly PoolOfIncident[], ({ key }, text) =>
				element("a", { href: `/pools/${encodeURIComponent(key)}` }, text),
			),
		[incident],
	);
	return (
		<section class="card">
			<h2>Pools</h2>
			<Drawn of={table} />
			{incident.furtherPools > 0 && <p class="muted">and {counted(incident.furtherPools, "further pool")}</p>}
		</section>
	);
}

function OtherHosts({ detail: { otherHosts } }: PartProps) {
	const known = otherHosts.filter(({ hosts }) => hosts.length > 0);
	if (known.length === 0) return null;
	return (
		<section class="card">
			<h2>Other hosts at the same pools</h2>
			{known.map(({ pool, hosts }) => (
				<div key={pool} class="at-pool">
					<h3>
						<a href={`/pools/${encodeURIComponent(pool)}`}>
							<bdi>{pool}</bdi>
						</a>
					</h3>
					<ul>
						{hosts.map(({ incident, host, isOpen, lastSeen }) => (
							<li key={incident}>
								<a href={`/incidents/${incident}`}>{host}</a>{" "}
								<span class="muted">
									{isOpen ? "open" : "closed"}, last seen <When at={lastSeen} />
								</span>
							</li>
						))}
					</ul>
				</div>
			))}
		</section>
	);
}

function History({ detail: { events, remarks, notifications } }: PartProps) {
	const told = (sequence: number) => notifications.filter((each) => each.sequence === sequence);
	return (
		<section class="card">
			<h2>History</h2>
			<ol class="history">
				{events.map(({ sequence, at, kind, words }) => (
					<li key={`event ${sequence}`}>
						<When at={at} />
						<span class={`kind ${kind}`}>{kind}</span>
						<span>
							<bdi>{words}</bdi>
							{told(sequence).map(({ receiver, state, attempts }) => (
								<span key={receiver} class="notified muted small">
									{receiver}: {state === "settled" ? "notified" : "waiting"}
									{attempts > 0 && `, ${counted(attempts, "failed attempt")}`}
								</span>
							))}
						</span>
					</li>
				))}
				{remarks.map(({ at, author, kind, text }) => (
					<li key={`remark ${at}`}>
						<When at={at} />
						<span class="kind remark">{kind === "note" ? "note" : "label"}</span>
						<span>
							{kind !== "note" && <strong>{kind === "miner" ? "a miner" : "not a miner"} </strong>}
							<bdi>{text}</bdi> <span class="muted">({author})</span>
						</span>
					</li>
				))}
			</ol>
			<p class="muted small">
				{grouped(events.length)} events, {counted(notifications.length, "notification")}
			</p>
		</section>
	);
}
