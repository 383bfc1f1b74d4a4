import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, send } from "../app/api.ts";
import { Field } from "../parts/field.tsx";
import { Failure } from "../parts/states.tsx";

export function LoginPage({ onDone }: { readonly onDone: () => void }) {
	const [error, setError] = useState<ApiError>();
	const [isBusy, setBusy] = useState(false);
	const user = useRef<HTMLInputElement>(null);
	const password = useRef<HTMLInputElement>(null);
	useEffect(() => {
		document.title = "Log in · DeCrypto";
		user.current?.focus();
	}, []);
	const logIn = async (): Promise<void> => {
		setBusy(true);
		setError(undefined);
		try {
			await send("POST", "/session", { user: user.current!.value, password: password.current!.value });
			onDone();
		} catch (reason) {
			setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
			password.current?.select();
		} finally {
			setBusy(false);
		}
	};
	return (
		<main class="login">
			<form
				class="card"
				onSubmit={(event) => {
					event.preventDefault();
					void logIn();
				}}
			>
				<h1>
					<img src="/icon.svg" alt="" width="28" height="28" /> DeCrypto
				</h1>
				<Field label="User">
					<input ref={user} name="user" required maxLength={100} autocomplete="username" />
				</Field>
				<Field label="Password">
					<input
						ref={password}
						name="password"
						type="password"
						required
						maxLength={1000}
						autocomplete="current-password"
					/>
				</Field>
				{error && <Failure error={error} />}
				<button type="submit" class="primary" disabled={isBusy}>
					Log in
				</button>
			</form>
		</main>
	);
}
