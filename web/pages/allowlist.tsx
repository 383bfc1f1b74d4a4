import { useState } from "preact/hooks";
import { grouped } from "../../src/report/quantities.ts";
import type { AllowlistView, Change, ListedEntry } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { useChanges } from "../app/live.ts";
import { useMayOperate } from "../app/session.ts";
import { useData } from "../app/use-data.ts";
import { Dialog } from "../parts/dialog.tsx";
import { EntryDialog } from "../parts/entry-dialog.tsx";
import { Failure, Loaded } from "../parts/states.tsx";
import { Ago, When } from "../parts/when.tsx";

const concerns = (change: Change): boolean => change.type === "allowlist";

/** Who may mine, why, and until when. */
export function AllowlistPage({ query }: { readonly query: URLSearchParams }) {
	const data = useData<AllowlistView>("/allowlist");
	useChanges(concerns, data.reload);
	const mayOperate = useMayOperate();
	const [edited, setEdited] = useState<ListedEntry | "new">();
	const [deleted, setDeleted] = useState<ListedEntry>();
	const [error, setError] = useState<ApiError>();
	const change = async (method: "POST" | "DELETE", path: string): Promise<void> => {
		setDeleted(undefined);
		try {
			await send(method, path);
			setError(undefined);
			data.reload();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
		}
	};
	const done = (): void => {
		setEdited(undefined);
		data.reload();
	};
	return (
		<section class="page">
			<header class="page">
				<h1>Allowlist</h1>
				{mayOperate && (
					<button type="button" class="primary" onClick={() => setEdited("new")}>
						Add an entry …
					</button>
				)}
			</header>
			<p class="muted">
				Incidents that an entry covers are kept but nobody is notified of them. When an entry expires, what it covered
				is notified again.
			</p>
			{error && <Failure error={error} />}
			<Loaded data={data}>
				{({ entries }) =>
					entries.length === 0 ? (
						<p class="empty">The allowlist is empty: nobody is permitted to mine.</p>
					) : (
						<ul class="entries">
							{entries.map((listed) => (
								<EntryCard
									key={listed.id}
									listed={listed}
									isChosen={query.get("entry") === listed.id}
									{...(mayOperate &&
										listed.isEditable && {
											onEdit: () => setEdited(listed),
											onExpire: () => void change("POST", `/allowlist/${encodeURIComponent(listed.id)}/expire`),
											onDelete: () => setDeleted(listed),
										})}
								/>
							))}
						</ul>
					)
				}
			</Loaded>
			{edited && (
				<EntryDialog {...(edited !== "new" && { listed: edited })} onDone={done} onClose={() => setEdited(undefined)} />
			)}
			{deleted && (
				<Dialog title="Delete the entry?" onClose={() => setDeleted(undefined)}>
					<p>
						<bdi>{deleted.entry.reason}</bdi> (<bdi>{deleted.entry.owner}</bdi>). It covers {grouped(deleted.covers)}{" "}
						open incidents now; they will be notified.
					</p>
					<footer>
						<button type="button" onClick={() => setDeleted(undefined)}>
							Cancel
						</button>
						<button
							type="button"
							class="danger"
							onClick={() => void change("DELETE", `/allowlist/${encodeURIComponent(deleted.id)}`)}
						>
							Delete
						</button>
					</footer>
				</Dialog>
			)}
		</section>
	);
}

interface EntryCardProps {
	readonly listed: ListedEntry;
	readonly isChosen: boolean;
	readonly onEdit?: () => void;
	readonly onExpire?: () => void;
	readonly onDelete?: () => void;
}

function EntryCard({ listed, isChosen, onEdit, onExpire, onDelete }: EntryCardProps) {
	const { entry, source, expires, isExpired, hits, lastHit, covers } = listed;
	return (
		<li class={`card entry ${isExpired ? "expired" : ""} ${isChosen ? "chosen" : ""}`}>
			<div>
				<h2>
					<bdi>{entry.reason}</bdi>
				</h2>
				<p class="muted">
					<bdi>{entry.owner}</bdi> · from {source === "api" ? "this page" : <code>{source}</code>}
				</p>
				<dl class="conditions">
					<Condition name="hosts" values={entry.hosts} />
					<Condition name="pools" values={entry.pools} />
					<Condition name="coins" values={entry.coins} />
					<Condition name="less certain than" values={entry.below && [entry.below]} />
					<Condition name="hours" values={entry.hours === undefined ? undefined : [entry.hours]} />
					<Condition name="covers" values={entry.everything && ["everything"]} />
				</dl>
			</div>
			<dl class="figures">
				<div>
					<dt>{isExpired ? "expired" : "expires"}</dt>
					<dd>{expires === null ? "never" : <When at={expires} />}</dd>
				</div>
				<div>
					<dt>covers now</dt>
					<dd>{grouped(covers)}</dd>
				</div>
				<div>
					<dt>hits</dt>
					<dd>
						{grouped(hits)}
						{lastHit !== undefined && (
							<small>
								last <Ago at={lastHit} />
							</small>
						)}
					</dd>
				</div>
			</dl>
			{onEdit && (
				<div class="actions">
					<button type="button" onClick={onEdit}>
						Edit …
					</button>
					{!isExpired && (
						<button type="button" onClick={onExpire}>
							Expire now
						</button>
					)}
					<button type="button" onClick={onDelete}>
						Delete …
					</button>
				</div>
			)}
		</li>
	);
}

function Condition({
	name,
	values,
}: {
	readonly name: string;
	readonly values?: readonly string[] | undefined | false;
}) {
	if (!values) return null;
	return (
		<div>
			<dt>{name}</dt>
			<dd>
				<bdi>{values.join(", ")}</bdi>
			</dd>
		</div>
	);
}
