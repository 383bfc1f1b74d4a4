import type { ComponentChildren } from "preact";
import type { ApiError } from "../app/api.ts";
import type { Data } from "../app/use-data.ts";

export function Loading() {
	return (
		<p class="loading" role="status">
			Loading …
		</p>
	);
}

export function Failure({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
	return (
		<div class="failure" role="alert">
			<p>{error.message}</p>
			{error.details.length > 0 && (
				<ul>
					{error.details.map(({ path, message }) => (
						<li key={path}>
							{path && <code>{path}</code>} {message}
						</li>
					))}
				</ul>
			)}
			{onRetry && (
				<button type="button" onClick={onRetry}>
					Try again
				</button>
			)}
		</div>
	);
}

/** The data when they have arrived; what is loaded or went wrong before. Old data stay visible above an error. */
export function Loaded<T>({
	data,
	children,
}: {
	readonly data: Data<T>;
	readonly children: (value: T) => ComponentChildren;
}) {
	const { value, error, reload } = data;
	return (
		<>
			{error && <Failure error={error} onRetry={reload} />}
			{value !== undefined ? children(value) : !error && <Loading />}
		</>
	);
}
