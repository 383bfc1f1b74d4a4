import { useState } from "preact/hooks";
import { dayAfter, EXPIRIES } from "../app/expiry.ts";
import { Field } from "./field.tsx";

interface UntilFieldProps {
	/** A day, a time, or `never`. */
	readonly value: string;
	readonly onInput: (value: string) => void;
}

/** Until when an entry holds: a choice, or a day of one's own. */
export function UntilField({ value, onInput }: UntilFieldProps) {
	const [now] = useState(Date.now);
	const days = EXPIRIES.map(({ days }) => dayAfter(days, now));
	const isChoice = value === "never" || days.includes(value);
	return (
		<div class="row">
			<Field label="Until">
				<select
					value={isChoice ? value : "day"}
					onChange={({ currentTarget }) =>
						onInput(currentTarget.value === "day" ? dayAfter(14, now) : currentTarget.value)
					}
				>
					{EXPIRIES.map(({ name }, k) => (
						<option key={name} value={days[k]}>
							{name}
						</option>
					))}
					<option value="day">until a day …</option>
					<option value="never">without end</option>
				</select>
			</Field>
			{!isChoice && (
				<Field label="Last day (UTC)">
					<input
						type="date"
						required
						value={value.slice(0, 10)}
						onInput={({ currentTarget }) => onInput(currentTarget.value)}
					/>
				</Field>
			)}
		</div>
	);
}
