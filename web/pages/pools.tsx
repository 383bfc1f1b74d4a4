import { useEffect, useState } from "preact/hooks";
import { grouped } from "../../src/report/quantities.ts";
import type { PoolPage as Page, PoolRow } from "../../src/server/api-types.ts";
import { ApiError, read } from "../app/api.ts";
import { addressWith, navigate } from "../app/route.ts";
import { Field } from "../parts/field.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";

/** All pools that hosts were seen at. */
export function PoolsPage({ query }: { readonly query: URLSearchParams }) {
	const text = query.get("text") ?? "";
	const [rows, setRows] = useState<readonly PoolRow[]>();
	const [next, setNext] = useState<string>();
	const [error, setError] = useState<ApiError>();
	const load = (before: readonly PoolRow[], cursor: string | undefined): void => {
		const conditions = new URLSearchParams({ limit: "200", ...(text && { text }), ...(cursor && { cursor }) });
		read<Page>(`/pools?${conditions}`).then(
			(page) => {
				setRows([...before, ...page.pools]);
				setNext(page.next);
				setError(undefined);
			},
			(reason: unknown) => setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason))),
		);
	};
	useEffect(() => load([], undefined), [text]);
	return (
		<section class="page">
			<header class="page">
				<h1>Pools</h1>
				<Field label="Search">
					<input
						type="search"
						value={text}
						maxLength={500}
						placeholder="Name, address or coin"
						onChange={({ currentTarget }) =>
							navigate(addressWith("/pools", query, { text: currentTarget.value.trim() }), true)
						}
					/>
				</Field>
			</header>
			{error && <Failure error={error} onRetry={() => load([], undefined)} />}
			{!rows && !error && <Loading />}
			{rows?.length === 0 && <p class="empty">{text ? "No pool matches." : "No pool has been seen yet."}</p>}
			{rows && rows.length > 0 && (
				<div class="card scroll" tabIndex={0} role="region" aria-label="Pools">
					<table>
						<thead>
							<tr>
								<th scope="col">pool</th>
								<th scope="col">coins</th>
								<th scope="col" class="number">
									mining now
								</th>
								<th scope="col" class="number">
									hosts ever
								</th>
								<th scope="col" class="number">
									flows
								</th>
								<th scope="col">first seen</th>
								<th scope="col">last seen</th>
							</tr>
						</thead>
						<tbody>
							{rows.map(({ key, coins, hosts, openHosts, flows, firstSeen, lastSeen }) => (
								<tr key={key}>
									<th scope="row">
										<a href={`/pools/${encodeURIComponent(key)}`}>
											<bdi>{key}</bdi>
										</a>
									</th>
									<td>
										<bdi>{coins.join(", ")}</bdi>
									</td>
									<td class="number">{grouped(openHosts)}</td>
									<td class="number">{grouped(hosts)}</td>
									<td class="number">{grouped(flows)}</td>
									<td>
										<When at={firstSeen} />
									</td>
									<td>
										<When at={lastSeen} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			{rows && next !== undefined && (
				<button type="button" onClick={() => load(rows, next)}>
					Load more
				</button>
			)}
		</section>
	);
}
