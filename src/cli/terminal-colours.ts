/** Whether the environment allows colours: not with NO_COLOR (no-color.org), nor on a terminal that has none. */
export function allowsColours({ NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
	return !NO_COLOR && TERM !== "dumb";
}

/** The columns that standard output has, and whether it may be coloured. */
export function terminal(color: boolean): { readonly width: number; readonly colour: boolean } {
	const { isTTY, columns } = process.stdout;
	return { width: isTTY && columns > 0 ? columns : 200, colour: isTTY === true && color && allowsColours(process.env) };
}
