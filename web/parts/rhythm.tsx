import { useState } from "preact/hooks";
import { rhythmPicture, rhythmWords } from "../../src/report/page/rhythm-picture.ts";
import { minuteText } from "../../src/report/page/time-text.ts";
import type { Rhythm } from "../../src/server/api-types.ts";
import { Picture } from "./drawn.tsx";

/** The rhythm of one flow at a time, the newest first; a list chooses another. */
export function RhythmPictures({ rhythm: { flows, blocks } }: { readonly rhythm: Rhythm }) {
	const [chosen, setChosen] = useState(0);
	const newestFirst = flows.toReversed();
	const flow = newestFirst[Math.min(chosen, flows.length - 1)];
	if (!flow) {
		return (
			<p class="muted">
				No packets are listed: the inputs deliver flows without per-packet information, or only payload was looked at.
			</p>
		);
	}
	return (
		<>
			{flows.length > 1 && (
				<label class="field inline">
					<span class="label">Flow</span>
					<select value={chosen} onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}>
						{newestFirst.map(({ begin, minerPort, pool, packets }, k) => (
							<option key={`${begin} ${minerPort}`} value={k}>
								{minuteText(begin)} · port {minerPort} to {pool.address}:{pool.port} · {packets.length} packets
							</option>
						))}
					</select>
				</label>
			)}
			<Picture draw={(width) => rhythmPicture(flow, blocks, width)} caption={rhythmWords(flow)} />
		</>
	);
}
