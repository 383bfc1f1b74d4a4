import { useContext, useState } from "preact/hooks";
import type { EntryTest, ListedEntry } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { type EntryForm, entryOf, formOf } from "../app/entry-form.ts";
import { dayAfter } from "../app/expiry.ts";
import { SessionContext } from "../app/session.ts";
import { Covered } from "./covered.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Failure } from "./states.tsx";
import { UntilField } from "./until-field.tsx";

interface EntryDialogProps {
	/** The entry to edit; absent: a new one. */
	readonly listed?: ListedEntry;
	readonly onDone: () => void;
	readonly onClose: () => void;
}

/** Makes or edits an entry of the allowlist; "Test" shows what it would have covered before it is saved. */
export function EntryDialog({ listed, onDone, onClose }: EntryDialogProps) {
	const user = useContext(SessionContext)?.user ?? "";
	const [form, setForm] = useState<EntryForm>(() =>
		formOf(listed?.entry, { owner: user, until: dayAfter(90, Date.now()) }),
	);
	const [tested, setTested] = useState<EntryForm>();
	const [error, setError] = useState<ApiError>();
	const set = (changes: Partial<EntryForm>): void => setForm((before) => ({ ...before, ...changes }));
	const save = async (): Promise<void> => {
		try {
			if (listed) await send<EntryTest>("PUT", `/allowlist/${encodeURIComponent(listed.id)}`, entryOf(form));
			else await send("POST", "/allowlist", entryOf(form));
			onDone();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
		}
	};
	return (
		<Dialog title={listed ? "Edit the entry" : "New entry"} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
			>
				<div class="row">
					<Field label="Reason" hint="Why mining is permitted here.">
						<input
							value={form.reason}
							required
							maxLength={500}
							onInput={({ currentTarget }) => set({ reason: currentTarget.value })}
						/>
					</Field>
					<Field label="Owner" hint="Who answers for it.">
						<input
							value={form.owner}
							required
							maxLength={500}
							onInput={({ currentTarget }) => set({ owner: currentTarget.value })}
						/>
					</Field>
				</div>
				<UntilField value={form.until} onInput={(until) => set({ until })} />
				<div class="row">
					<Field label="Hosts" hint="Addresses or networks: 10.20.4.0/24">
						<textarea
							rows={2}
							value={form.hosts}
							onInput={({ currentTarget }) => set({ hosts: currentTarget.value })}
						/>
					</Field>
					<Field label="Pools" hint="Names with * or networks, with or without :port">
						<textarea
							rows={2}
							value={form.pools}
							onInput={({ currentTarget }) => set({ pools: currentTarget.value })}
						/>
					</Field>
				</div>
				<div class="row">
					<Field label="Coins" hint="Monero, Ravencoin">
						<input value={form.coins} onInput={({ currentTarget }) => set({ coins: currentTarget.value })} />
					</Field>
					<Field label="Only less certain than">
						<select
							value={form.below}
							onChange={({ currentTarget }) => set({ below: currentTarget.value as EntryForm["below"] })}
						>
							<option value="">any confidence</option>
							<option value="probable">probable</option>
							<option value="confirmed">confirmed</option>
						</select>
					</Field>
					<Field label="Hours" hint="Mon-Fri 08:00-18:00 Europe/Prague">
						<input value={form.hours} onInput={({ currentTarget }) => set({ hours: currentTarget.value })} />
					</Field>
				</div>
				<label>
					<input
						type="checkbox"
						checked={form.everything}
						onChange={({ currentTarget }) => set({ everything: currentTarget.checked })}
					/>{" "}
					It may cover all hosts, pools and coins
				</label>
				{tested && <Covered entry={entryOf(tested)} />}
				{error && <Failure error={error} />}
				<footer>
					<button type="button" onClick={() => setTested(form)}>
						Test on the last 30 days
					</button>
					<button type="button" onClick={onClose}>
						Cancel
					</button>
					<button type="submit" class="primary">
						Save
					</button>
				</footer>
			</form>
		</Dialog>
	);
}
