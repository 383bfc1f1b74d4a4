interface HealthProps {
	readonly of: { readonly state: "ok" | "degraded" | "failed"; readonly reason?: string | undefined };
}

export function HealthState({ of: { state, reason } }: HealthProps) {
	return (
		<span class={`health ${state}`}>
			<span class="sign" aria-hidden="true">
				{state === "ok" ? "●" : state === "degraded" ? "▲" : "■"}
			</span>{" "}
			{state}
			{reason && <span class="reason">: {reason}</span>}
		</span>
	);
}
