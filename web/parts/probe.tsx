import { useEffect, useState } from "preact/hooks";
import type { ApiPoolOfIncident, ProbePlan, ProbeResult, ProbeTarget } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { useMayProbe } from "../app/session.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./states.tsx";

/** Asks a server whether it is a pool; shown only where the configuration and the user's role permit it. */
export function ProbeButton({ pool }: { readonly pool: Pick<ApiPoolOfIncident, "address" | "port" | "serverName"> }) {
	const mayProbe = useMayProbe();
	const [isOpen, setOpen] = useState(false);
	if (!mayProbe) return null;
	const { address, port, serverName } = pool;
	return (
		<>
			<button type="button" onClick={() => setOpen(true)}>
				Probe …
			</button>
			{isOpen && (
				<ProbeDialog
					target={{ address, port, ...(serverName !== undefined && { serverName }) }}
					onClose={() => setOpen(false)}
				/>
			)}
		</>
	);
}

/** First what will be sent; only the second step sends it. */
function ProbeDialog({ target, onClose }: { readonly target: ProbeTarget; readonly onClose: () => void }) {
	const [plan, setPlan] = useState<ProbePlan>();
	const [result, setResult] = useState<ProbeResult>();
	const [error, setError] = useState<ApiError>();
	const [isBusy, setBusy] = useState(false);
	const failed = (reason: unknown): void =>
		setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
	useEffect(() => {
		send<ProbePlan>("POST", "/probes/plan", target).then(setPlan, failed);
	}, []);
	const probe = async (): Promise<void> => {
		setBusy(true);
		setError(undefined);
		try {
			setResult(await send<ProbeResult>("POST", "/probes", target));
		} catch (reason) {
			failed(reason);
		} finally {
			setBusy(false);
		}
	};
	return (
		<Dialog title={`Probe ${target.serverName ?? target.address}, port ${target.port}`} onClose={onClose}>
			<p>
				DeCrypto connects to the server and speaks like a miner, without a wallet that is paid. The server sees this
				sensor's address.
			</p>
			{plan && (
				<ol class="plan">
					{plan.steps.map(({ words, bytes }) => (
						<li key={words + bytes}>
							{words}
							{bytes && <pre>{bytes}</pre>}
						</li>
					))}
				</ol>
			)}
			{error && <Failure error={error} />}
			{result && (
				<p role="status" class={`probe-result ${result.isPool ? "yes" : "no"}`}>
					<strong>{result.isPool ? "It is a pool." : "It does not answer like a pool."}</strong>{" "}
					<bdi>{result.words}</bdi>
					{result.latency !== undefined && ` (${Math.round(result.latency)} ms)`}
				</p>
			)}
			<footer>
				<button type="button" onClick={onClose}>
					Close
				</button>
				<button type="button" class="primary" disabled={!plan || isBusy} onClick={() => void probe()}>
					{isBusy ? "Waiting for the answer …" : "Send this"}
				</button>
			</footer>
		</Dialog>
	);
}
