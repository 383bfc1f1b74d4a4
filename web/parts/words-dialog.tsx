import { useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";

interface WordsDialogProps {
	readonly title: string;
	readonly label: string;
	readonly hint?: string;
	readonly button: string;
	readonly isOptional?: boolean;
	readonly onDone: (words: string) => void;
	readonly onClose: () => void;
}

/** Asks for some words: the reason of a closure, a note. */
export function WordsDialog({ title, label, hint, button, isOptional = false, onDone, onClose }: WordsDialogProps) {
	const [words, setWords] = useState("");
	return (
		<Dialog title={title} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					onDone(words.trim());
				}}
			>
				<Field label={label} {...(hint !== undefined && { hint })}>
					<textarea
						rows={3}
						maxLength={2000}
						required={!isOptional}
						value={words}
						onInput={({ currentTarget }) => setWords(currentTarget.value)}
					/>
				</Field>
				<footer>
					<button type="button" onClick={onClose}>
						Cancel
					</button>
					<button type="submit" class="primary">
						{button}
					</button>
				</footer>
			</form>
		</Dialog>
	);
}
