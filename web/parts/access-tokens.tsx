import { useContext, useState } from "preact/hooks";
import type { TokenCreated, Tokens } from "../../src/server/api-types.ts";
import { ApiError, send } from "../app/api.ts";
import { SessionContext } from "../app/session.ts";
import { useData } from "../app/use-data.ts";
import { Field } from "./field.tsx";
import { Failure, Loaded } from "./states.tsx";
import { When } from "./when.tsx";

/** Tokens with which programs use the API in the user's name. Only where users are configured. */
export function AccessTokens() {
	const session = useContext(SessionContext);
	if (!session?.user) return null;
	return <TokenList />;
}

function TokenList() {
	const data = useData<Tokens>("/tokens");
	const [created, setCreated] = useState<TokenCreated>();
	const [error, setError] = useState<ApiError>();
	const [name, setName] = useState("");
	const run = async (work: () => Promise<void>): Promise<void> => {
		setError(undefined);
		try {
			await work();
			data.reload();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
		}
	};
	return (
		<section class="card">
			<h2>Access tokens</h2>
			<p class="muted small">Programs send one as "Authorization: Bearer …" and act in your name.</p>
			<Loaded data={data}>
				{({ tokens }) => (
					<ul class="tokens">
						{tokens.map((token) => (
							<li key={token.name}>
								<strong>{token.name}</strong>{" "}
								<span class="muted">
									{token.user}, expires <When at={token.expires} />
								</span>{" "}
								<button
									type="button"
									aria-label={`Revoke the token ${token.name}`}
									onClick={() =>
										void run(async () => void (await send("DELETE", `/tokens/${encodeURIComponent(token.name)}`)))
									}
								>
									Revoke
								</button>
							</li>
						))}
					</ul>
				)}
			</Loaded>
			<form
				class="row"
				onSubmit={(event) => {
					event.preventDefault();
					void run(async () => {
						setCreated(await send<TokenCreated>("POST", "/tokens", { name }));
						setName("");
					});
				}}
			>
				<Field label="Name of a new token">
					<input
						value={name}
						required
						pattern="[A-Za-z0-9_.\-]{1,64}"
						onInput={({ currentTarget }) => setName(currentTarget.value)}
					/>
				</Field>
				<button type="submit">Create</button>
			</form>
			{created && (
				<p role="status">
					{created.name}: <code>{created.token}</code> <span class="muted">It is shown only once.</span>
				</p>
			)}
			{error && <Failure error={error} />}
		</section>
	);
}
