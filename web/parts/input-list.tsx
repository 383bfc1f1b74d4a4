import { byteSize, grouped } from "../../src/report/quantities.ts";
import type { InputStatus } from "../../src/server/api-types.ts";
import { HealthState } from "./health.tsx";

/** Inputs with their rates and drops. */
export function InputList({ inputs }: { readonly inputs: readonly InputStatus[] }) {
	if (inputs.length === 0) {
		return (
			<p class="muted">
				There is none. Add one to the configuration; <code>decrypto watch --example</code> shows how.
			</p>
		);
	}
	return (
		<div class="scroll" tabIndex={0} role="region" aria-label="Inputs">
			<table>
				<thead>
					<tr>
						<th scope="col">input</th>
						<th scope="col">state</th>
						<th scope="col" class="number">
							flows/s
						</th>
						<th scope="col" class="number">
							rate
						</th>
						<th scope="col" class="number">
							flows
						</th>
						<th scope="col" class="number">
							dropped
						</th>
						<th scope="col" class="number">
							malformed
						</th>
					</tr>
				</thead>
				<tbody>
					{inputs.map(({ name, kind, health, flows, flowsPerSecond, bitsPerSecond, drops, malformed }) => (
						<tr key={name}>
							<th scope="row">
								<bdi>{name}</bdi> <span class="muted">{kind}</span>
							</th>
							<td>
								<HealthState of={health} />
							</td>
							<td class="number">{flowsPerSecond < 10 ? flowsPerSecond.toFixed(1) : grouped(flowsPerSecond)}</td>
							<td class="number">{byteSize(Math.round(bitsPerSecond)).replace("B", "bit")}/s</td>
							<td class="number">{grouped(flows)}</td>
							<td class="number">
								<Breakdown of={drops} />
							</td>
							<td class="number">
								<Breakdown of={malformed} />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** A sum; its parts by name in the title and, where there are any, below. */
function Breakdown({ of }: { readonly of: Readonly<Record<string, number>> }) {
	const parts = Object.entries(of).filter(([, count]) => count > 0);
	const sum = parts.reduce((total, [, count]) => total + count, 0);
	if (parts.length === 0) return <>0</>;
	return (
		<details>
			<summary>{grouped(sum)}</summary>
			{parts.map(([name, count]) => (
				<div key={name}>
					{name}: {grouped(count)}
				</div>
			))}
		</details>
	);
}
