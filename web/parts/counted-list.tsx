import { grouped } from "../../src/report/quantities.ts";

interface CountedListProps {
	readonly title: string;
	readonly rows: readonly { readonly name: string; readonly incidents: number }[];
	readonly address: (name: string) => string;
	/** Said where there are no rows. */
	readonly none: string;
}

/** Names with the number of their incidents as bars; each leads to its incidents. */
export function CountedList({ title, rows, address, none }: CountedListProps) {
	const most = Math.max(1, ...rows.map(({ incidents }) => incidents));
	return (
		<section class="card counted">
			<h2>{title}</h2>
			{rows.length === 0 && <p class="muted">{none}</p>}
			<ul>
				{rows.slice(0, 8).map(({ name, incidents }) => (
					<li key={name}>
						<a href={address(name)}>
							<bdi>{name}</bdi>
						</a>
						<span>{grouped(incidents)}</span>
						<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
							<rect width={(100 * incidents) / most} height="4" />
						</svg>
					</li>
				))}
			</ul>
		</section>
	);
}
