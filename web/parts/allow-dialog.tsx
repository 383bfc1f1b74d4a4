import { useContext, useState } from "preact/hooks";
import type { Action, ApiIncident } from "../../src/server/api-types.ts";
import { type AllowScope, entryFor } from "../app/allow-entry.ts";
import { dayAfter } from "../app/expiry.ts";
import { SessionContext } from "../app/session.ts";
import { Covered } from "./covered.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { UntilField } from "./until-field.tsx";

interface AllowDialogProps {
	/** With one incident the dialog shows what the entry would have covered. */
	readonly incidents: readonly Pick<ApiIncident, "host" | "pools">[];
	readonly count: number;
	readonly onAction: (action: Action) => void;
	readonly onClose: () => void;
}

export function AllowDialog({ incidents, count, onAction, onClose }: AllowDialogProps) {
	const user = useContext(SessionContext)?.user ?? "";
	const [reason, setReason] = useState("");
	const [owner, setOwner] = useState(user);
	const [until, setUntil] = useState(() => dayAfter(90, Date.now()));
	const [scope, setScope] = useState<AllowScope>("host");
	const [only] = incidents;
	return (
		<Dialog
			title={count === 1 && only ? `Allow ${only.host.address} to mine` : `Allow ${count} hosts to mine`}
			onClose={onClose}
		>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					onAction({ action: "allow", reason, owner, until, scope });
				}}
			>
				<Field label="Reason" hint="Why mining is permitted here. The allowlist shows it.">
					<input
						value={reason}
						required
						maxLength={500}
						onInput={({ currentTarget }) => setReason(currentTarget.value)}
					/>
				</Field>
				<Field label="Owner" hint="Who answers for it.">
					<input
						value={owner}
						required
						maxLength={500}
						onInput={({ currentTarget }) => setOwner(currentTarget.value)}
					/>
				</Field>
				<UntilField value={until} onInput={setUntil} />
				<Field label="What is allowed">
					<select value={scope} onChange={({ currentTarget }) => setScope(currentTarget.value as AllowScope)}>
						<option value="host">the host, at every pool</option>
						<option value="host-and-pools">the host, at the pools seen so far only</option>
					</select>
				</Field>
				{count === 1 && only && <Covered entry={entryFor(only, scope, { reason, owner, until })} />}
				<footer>
					<button type="button" onClick={onClose}>
						Cancel
					</button>
					<button type="submit" class="primary">
						Allow
					</button>
				</footer>
			</form>
		</Dialog>
	);
}
