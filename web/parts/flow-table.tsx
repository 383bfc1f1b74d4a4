import { useState } from "preact/hooks";
import { byteSize, duration, grouped } from "../../src/report/quantities.ts";
import type { ApiSighting } from "../../src/server/api-types.ts";
import { When } from "./when.tsx";

/** Flows that are shown before all are asked for. */
const FEW = 8;

const HEAD = ["end", "duration", "miner port", "pool", "server name", "decided by", "probability", "score"];

/** The flows of an incident that the store keeps, newest first; each unfolds its evidence. */
export function FlowTable({ flows }: { readonly flows: readonly ApiSighting[] }) {
	const [showsAll, setShowsAll] = useState(false);
	const newestFirst = flows.toReversed();
	const shown = showsAll ? newestFirst : newestFirst.slice(0, FEW);
	return (
		<>
			<div class="scroll" tabIndex={0} role="region" aria-label="Kept flows">
				<table>
					<thead>
						<tr>
							{HEAD.map((name) => (
								<th scope="col" key={name}>
									{name}
								</th>
							))}
							<th scope="col" class="number">
								packets
							</th>
							<th scope="col" class="number">
								bytes
							</th>
							<th scope="col">evidence</th>
						</tr>
					</thead>
					<tbody>
						{shown.map((flow) => (
							<tr key={`${flow.at} ${flow.miner.port} ${flow.begin}`}>
								<td>
									<When at={flow.at} />
								</td>
								<td>{duration((flow.at - flow.begin) / 1e6)}</td>
								<td>{flow.miner.port}</td>
								<td>
									{flow.pool.address}:{flow.pool.port}
								</td>
								<td>
									<bdi>{flow.serverName ?? ""}</bdi>
								</td>
								<td>{flow.decidedBy}</td>
								<td>{flow.probability?.toFixed(3) ?? ""}</td>
								<td>{flow.score?.toFixed(3) ?? ""}</td>
								<td class="number">{grouped(flow.packetsToPool + flow.packetsToMiner)}</td>
								<td class="number">{byteSize(flow.bytesToPool + flow.bytesToMiner)}</td>
								<td>
									<details>
										<summary>{flow.evidence.length} signals</summary>
										<ul>
											{flow.evidence.map(({ signal, words }) => (
												<li key={signal + words}>
													<bdi>{words}</bdi>
												</li>
											))}
										</ul>
									</details>
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			{shown.length < flows.length && (
				<button type="button" onClick={() => setShowsAll(true)}>
					All {flows.length} flows
				</button>
			)}
		</>
	);
}
