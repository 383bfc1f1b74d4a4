import { useState } from "preact/hooks";
import { byteSize, grouped } from "../../src/report/quantities.ts";
import type { AuditTrail, Change, ReceiverTest, System } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { useChanges } from "../app/live.ts";
import { useMayOperate } from "../app/session.ts";
import { useData } from "../app/use-data.ts";
import { AccessTokens } from "../parts/access-tokens.tsx";
import { HealthState } from "../parts/health.tsx";
import { InputList } from "../parts/input-list.tsx";
import { Failure, Loaded } from "../parts/states.tsx";
import { Ago, When } from "../parts/when.tsx";

const concerns = (change: Change): boolean => change.type === "status";

/** Whether the sensor itself works: inputs, threads, receivers, store, versions, configuration. */
export function SystemPage() {
	const data = useData<System>("/system");
	const audit = useData<AuditTrail>("/audit?limit=100");
	useChanges(concerns, data.reload);
	return (
		<Loaded data={data}>
			{(system) => (
				<section class="page system">
					<header class="page">
						<h1>System</h1>
						<p class="muted">
							DeCrypto {system.version}, running since <When at={system.started} />
						</p>
					</header>
					{system.problems.length > 0 && (
						<ul class="problems" aria-label="Needs attention">
							{system.problems.map((problem) => (
								<li key={problem}>{problem}</li>
							))}
						</ul>
					)}
					<section class="card">
						<h2>Inputs</h2>
						<InputList inputs={system.inputs} />
					</section>
					<Pipelines pipelines={system.pipelines} />
					<Receivers receivers={system.receivers} onDone={data.reload} />
					<div class="columns wide">
						<Store store={system.store} />
						<Process system={system} />
					</div>
					<section class="card">
						<h2>Configuration</h2>
						{system.reload && (
							<p class={system.reload.ok ? "muted" : "failure"}>
								{system.reload.ok ? "Loaded" : "Refused"} <Ago at={system.reload.at} />: {system.reload.words}
							</p>
						)}
						<p class="muted small">
							{system.configuration.file ? <code>{system.configuration.file}</code> : "without a file"}; secrets are
							hidden
						</p>
						<pre class="configuration" tabIndex={0}>
							{system.configuration.text}
						</pre>
					</section>
					<AccessTokens />
					<section class="card">
						<h2>Audit trail</h2>
						<Loaded data={audit}>{(trail) => <Audit trail={trail} />}</Loaded>
					</section>
				</section>
			)}
		</Loaded>
	);
}

function Pipelines({ pipelines }: { readonly pipelines: System["pipelines"] }) {
	if (pipelines.length === 0) return null;
	return (
		<section class="card">
			<h2>Pipelines</h2>
			<div class="scroll" tabIndex={0} role="region" aria-label="Pipelines">
				<table>
					<thead>
						<tr>
							<th scope="col">input</th>
							<th scope="col">state</th>
							<th scope="col" class="number">
								thread
							</th>
							<th scope="col" class="number">
								busy
							</th>
							<th scope="col" class="number">
								flows
							</th>
							<th scope="col" class="number">
								of miners
							</th>
						</tr>
					</thead>
					<tbody>
						{pipelines.map(({ input, thread, flows, miners, utilisation, health }) => (
							<tr key={`${input} ${thread}`}>
								<th scope="row">
									<bdi>{input}</bdi>
								</th>
								<td>
									<HealthState of={health} />
								</td>
								<td class="number">{thread}</td>
								<td class="number">{Math.round(100 * utilisation)} %</td>
								<td class="number">{grouped(flows)}</td>
								<td class="number">{grouped(miners)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}

function Receivers({ receivers, onDone }: { readonly receivers: System["receivers"]; readonly onDone: () => void }) {
	const mayOperate = useMayOperate();
	const [results, setResults] = useState<ReceiverTest["results"]>([]);
	const [error, setError] = useState<ApiError>();
	const [isBusy, setBusy] = useState(false);
	const test = async (path: string): Promise<void> => {
		setBusy(true);
		setError(undefined);
		try {
			setResults((await send<ReceiverTest>("POST", path)).results);
			onDone();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
		} finally {
			setBusy(false);
		}
	};
	return (
		<section class="card">
			<h2>Receivers of notifications</h2>
			{receivers.length === 0 && (
				<p class="muted">
					There is none: incidents are only shown here. Add <code>receivers</code> to the configuration.
				</p>
			)}
			{receivers.length > 0 && (
				<div class="scroll" tabIndex={0} role="region" aria-label="Receivers">
					<table>
						<thead>
							<tr>
								<th scope="col">receiver</th>
								<th scope="col">state</th>
								{["delivered", "failures", "waiting", "dropped", "expired"].map((name) => (
									<th scope="col" class="number" key={name}>
										{name}
									</th>
								))}
								{mayOperate && <th scope="col">test</th>}
							</tr>
						</thead>
						<tbody>
							{receivers.map((receiver) => (
								<tr key={receiver.name}>
									<th scope="row">
										{receiver.name}{" "}
										<span class="muted">{[receiver.kind, receiver.format].filter(Boolean).join(", ")}</span>
									</th>
									<td>
										<HealthState of={receiver.health} />
									</td>
									<td class="number">{grouped(receiver.delivered)}</td>
									<td class="number">{grouped(receiver.failures)}</td>
									<td class="number">
										{grouped(receiver.waiting)}
										{receiver.oldest !== undefined && (
											<small>
												since <Ago at={receiver.oldest} />
											</small>
										)}
									</td>
									<td class="number">{grouped(receiver.dropped)}</td>
									<td class="number">{grouped(receiver.expired)}</td>
									{mayOperate && (
										<td>
											<button
												type="button"
												disabled={isBusy}
												aria-label={`Send a test notification to ${receiver.name}`}
												onClick={() => void test(`/system/receivers/${encodeURIComponent(receiver.name)}/test`)}
											>
												Send
											</button>
										</td>
									)}
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			<p role="status">
				{results.map(({ receiver, delivered, reason }) => (
					<span key={receiver} class={`health ${delivered ? "ok" : "failed"}`}>
						{receiver}: {delivered ? "the test notification was delivered." : `not delivered: ${reason}`}{" "}
					</span>
				))}
			</p>
			{error && <Failure error={error} />}
		</section>
	);
}

function Store({ store }: { readonly store: System["store"] }) {
	return (
		<section class="card">
			<h2>Store</h2>
			<p>
				<HealthState of={store.health} />
			</p>
			<p class="muted small">
				<code>{store.path}</code>
			</p>
			<Pairs
				of={{
					size: byteSize(store.bytes),
					incidents: grouped(store.incidents),
					written: grouped(store.written),
					"waiting in memory": grouped(store.queued),
					dropped: grouped(store.dropped),
					"deleted by age": grouped(store.deleted),
					"notifications waiting": grouped(store.waiting),
				}}
			/>
		</section>
	);
}

function Process({ system: { memory, eventLoopDelay, versions } }: { readonly system: System }) {
	return (
		<section class="card">
			<h2>Process</h2>
			<Pairs
				of={{
					memory: byteSize(memory.resident),
					"JavaScript heap": byteSize(memory.heap),
					"event-loop delay, mean": `${eventLoopDelay.mean.toFixed(1)} ms`,
					"event-loop delay, 99th percentile": `${eventLoopDelay.p99.toFixed(1)} ms`,
					...versions,
				}}
			/>
		</section>
	);
}

function Pairs({ of }: { readonly of: Readonly<Record<string, string>> }) {
	return (
		<dl class="pairs">
			{Object.entries(of).map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

function Audit({ trail: { records } }: { readonly trail: AuditTrail }) {
	if (records.length === 0) return <p class="muted">Nobody has changed anything yet.</p>;
	return (
		<div class="scroll" tabIndex={0} role="region" aria-label="Audit trail">
			<table>
				<thead>
					<tr>
						{["time", "who", "what", "subject", "detail"].map((name) => (
							<th scope="col" key={name}>
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{records.map(({ at, actor, action, subject, detail }, k) => (
						<tr key={k}>
							<td>
								<When at={at} />
							</td>
							<td>{actor}</td>
							<td>{action}</td>
							<td>
								<bdi>{subject}</bdi>
							</td>
							<td>
								<bdi>{detail}</bdi>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
