/** One part of the documentation, in the order in which it is read (https://diataxis.fr: the four kinds of pages). */
interface Part {
	readonly text: string;
	readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Every page of docs/ stands here once: the build checks it. */
export const sidebar: Part[] = [
	{
		text: "Tutorial",
		items: [{ text: "The first incident in ten minutes", link: "/tutorial" }],
	},
];
