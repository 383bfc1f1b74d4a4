import { useEffect, useState } from "preact/hooks";
import { counted } from "../../src/report/quantities.ts";
import type { Entry, EntryTest } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { Failure } from "./states.tsx";

/** Wait for this time (ms) after the last change before the server is asked. */
const PATIENCE = 300;

/** What an entry would have covered in the last 30 days. The entry is tested again when it changes. */
export function Covered({ entry }: { readonly entry: Entry }) {
	const text = JSON.stringify(entry);
	const [test, setTest] = useState<EntryTest>();
	const [error, setError] = useState<ApiError>();
	useEffect(() => {
		let isCurrent = true;
		const timer = setTimeout(() => {
			send<EntryTest>("POST", "/allowlist/test", JSON.parse(text)).then(
				(value) => {
					if (!isCurrent) return;
					setTest(value);
					setError(undefined);
				},
				(reason: unknown) =>
					isCurrent && setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason))),
			);
		}, PATIENCE);
		return () => {
			isCurrent = false;
			clearTimeout(timer);
		};
	}, [text]);
	if (error) return <Failure error={error} />;
	if (!test) return <p class="muted">Testing …</p>;
	const { covered, tested, days, examples, isComplete } = test;
	return (
		<div class="covered" role="status">
			<p>
				In the last {days} days it would have covered <strong>{covered}</strong> of {counted(tested, "incident")}
				{isComplete ? "." : "; older ones were not tested."}
			</p>
			{examples.length > 0 && (
				<ul>
					{examples.slice(0, 5).map(({ incident, sentence, state }) => (
						<li key={incident}>
							<bdi>{sentence}</bdi> <span class="muted">({state})</span>
						</li>
					))}
				</ul>
			)}
		</div>
	);
}
