import type { ComponentChildren } from "preact";

interface FieldProps {
	readonly label: string;
	readonly hint?: string;
	readonly children: ComponentChildren;
}

/** A label around its control, with a hint below. */
export function Field({ label, hint, children }: FieldProps) {
	return (
		<label class="field">
			<span class="label">{label}</span>
			{children}
			{hint && <span class="hint">{hint}</span>}
		</label>
	);
}
