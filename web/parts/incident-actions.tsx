import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { counted } from "../../src/report/quantities.ts";
import type { Action, ActionResult, ApiIncident, BulkAction } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { AllowDialog } from "./allow-dialog.tsx";
import { Failure } from "./states.tsx";
import { WordsDialog } from "./words-dialog.tsx";

type Asked = "allow" | "close" | "note" | "miner" | "not-a-miner";

interface IncidentActionsProps {
	/** Identifiers of the incidents that are acted upon. */
	readonly ids: readonly string[];
	/** What is known of them; one is enough for the dialog of `allow`. */
	readonly known: readonly Pick<ApiIncident, "host" | "pools">[];
	readonly hasOpen: boolean;
	readonly onDone: () => void;
	readonly children?: ComponentChildren;
}

/** The answers to an incident, or to several: allow, close, note, label. */
export function IncidentActions({ ids, known, hasOpen, onDone, children }: IncidentActionsProps) {
	const [asked, setAsked] = useState<Asked>();
	const [told, setTold] = useState("");
	const [error, setError] = useState<ApiError>();
	const close = (): void => setAsked(undefined);
	const act = async (action: Action): Promise<void> => {
		close();
		setError(undefined);
		try {
			const { results } = await send<ActionResult>("POST", "/incidents/actions", {
				incidents: [...ids],
				action,
			} satisfies BulkAction);
			const failed = results.filter(({ done }) => !done);
			const first = failed[0];
			setTold(
				first
					? `${counted(results.length - failed.length, "incident")} done, ${failed.length} not: ${first.reason ?? "unknown reason"}`
					: `${DONE[action.action]}: ${counted(results.length, "incident")}`,
			);
			onDone();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
		}
	};
	const what = ids.length === 1 ? "incident" : `${ids.length} incidents`;
	return (
		<>
			<div class="actions">
				<button type="button" onClick={() => setAsked("allow")}>
					Allow …
				</button>
				{hasOpen && (
					<button type="button" onClick={() => setAsked("close")}>
						Close …
					</button>
				)}
				<button type="button" onClick={() => setAsked("note")}>
					Note …
				</button>
				<button type="button" onClick={() => setAsked("miner")}>
					It is a miner …
				</button>
				<button type="button" onClick={() => setAsked("not-a-miner")}>
					It is not a miner …
				</button>
				{children}
			</div>
			<p class="told" role="status">
				{told}
			</p>
			{error && <Failure error={error} />}
			{asked === "allow" && (
				<AllowDialog incidents={known} count={ids.length} onAction={(action) => void act(action)} onClose={close} />
			)}
			{asked === "close" && (
				<WordsDialog
					title={`Close ${what}`}
					label="Reason"
					hint="What was done about it. New flows of the host open the incident again."
					button="Close"
					onDone={(reason) => void act({ action: "close", reason })}
					onClose={close}
				/>
			)}
			{asked === "note" && (
				<WordsDialog
					title={`Note on ${what}`}
					label="Note"
					button="Add"
					onDone={(text) => void act({ action: "note", text })}
					onClose={close}
				/>
			)}
			{(asked === "miner" || asked === "not-a-miner") && (
				<WordsDialog
					title={asked === "miner" ? "It is a miner" : "It is not a miner"}
					label="How you know (may be empty)"
					hint="Labels are feedback for training. They do not close an incident and do not allow anything."
					button="Label"
					isOptional
					onDone={(text) => void act({ action: "label", label: asked, text })}
					onClose={close}
				/>
			)}
		</>
	);
}

const DONE: Readonly<Record<Action["action"], string>> = {
	allow: "Allowed",
	close: "Closed",
	note: "Noted",
	label: "Labelled",
};
