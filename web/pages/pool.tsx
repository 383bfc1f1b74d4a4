import { useCallback } from "preact/hooks";
import { counted, grouped } from "../../src/report/quantities.ts";
import type { Change, PoolDetail } from "../../src/server/api-types.ts";
import { useChanges } from "../app/live.ts";
import { useData } from "../app/use-data.ts";
import { ProbeButton } from "../parts/probe.tsx";
import { Loaded } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";

/** One pool: its names and addresses, and the hosts that mine there. */
export function PoolPage({ id }: { readonly id: string }) {
	const data = useData<PoolDetail>(`/pools/${encodeURIComponent(id)}`);
	const concerns = useCallback(
		(change: Change) => change.type === "incident" && change.incident.pool?.key === id,
		[id],
	);
	useChanges(concerns, data.reload);
	return (
		<Loaded data={data}>
			{({ pool, name, addresses, protocols, hosts }) => (
				<article class="page">
					<header class="card summary">
						<p class="muted">
							<a href="/pools">Pools</a>
						</p>
						<h1>
							<bdi>{name ?? pool.key}</bdi>
						</h1>
						<p>
							{pool.openHosts > 0
								? `${counted(pool.openHosts, "host mines", "hosts mine")} here now`
								: "No host mines here now"}
							; {counted(pool.hosts, "host was", "hosts were")} seen here since <When at={pool.firstSeen} />, with{" "}
							{counted(pool.flows, "flow")}.
						</p>
						<p class="muted">
							<bdi>{[...(name === undefined ? [] : [pool.key]), ...pool.coins, ...protocols].join(" · ")}</bdi>
						</p>
						<p class="small">
							<a href={`/incidents?pool=${encodeURIComponent(pool.key)}`}>All incidents at this pool</a>
						</p>
					</header>
					<section class="card">
						<h2>Addresses</h2>
						<ul class="addresses">
							{addresses.map((each) => (
								<li key={`${each.address} ${each.port} ${each.serverName}`}>
									<span>
										<code>{each.address}</code>, port {each.port}
										{each.serverName && (
											<>
												, <bdi>{each.serverName}</bdi>
											</>
										)}
									</span>
									<ProbeButton pool={each} />
								</li>
							))}
						</ul>
					</section>
					<section class="card">
						<h2>Hosts</h2>
						<div class="scroll" tabIndex={0} role="region" aria-label="Hosts">
							<table>
								<thead>
									<tr>
										<th scope="col">host</th>
										<th scope="col">state</th>
										<th scope="col">since</th>
										<th scope="col">last seen</th>
										<th scope="col" class="number">
											flows
										</th>
									</tr>
								</thead>
								<tbody>
									{hosts.map(({ incident, host, isOpen, firstSeen, lastSeen, flows }) => (
										<tr key={incident}>
											<th scope="row">
												<a href={`/incidents/${incident}`}>{host}</a>
											</th>
											<td>{isOpen ? "open" : "closed"}</td>
											<td>
												<When at={firstSeen} />
											</td>
											<td>
												<When at={lastSeen} />
											</td>
											<td class="number">{grouped(flows)}</td>
										</tr>
									))}
								</tbody>
							</table>
						</div>
					</section>
				</article>
			)}
		</Loaded>
	);
}
