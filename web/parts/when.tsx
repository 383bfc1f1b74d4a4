import { useEffect, useState } from "preact/hooks";
import { isoText, minuteText, spanText, timeText } from "../../src/report/page/time-text.ts";

/** A time in UTC; the title has the seconds. */
export function When({ at }: { readonly at: number }) {
	return (
		<time dateTime={isoText(at)} title={`${timeText(at)} UTC`}>
			{minuteText(at)}
		</time>
	);
}

/** How long ago, kept up to date; the title has the time. */
export function Ago({ at }: { readonly at: number }) {
	const [now, setNow] = useState(() => Date.now() * 1000);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now() * 1000), 15_000);
		return () => clearInterval(timer);
	}, []);
	return (
		<time dateTime={isoText(at)} title={`${timeText(at)} UTC`}>
			{now - at < 10e6 ? "just now" : `${spanText(now - at)} ago`}
		</time>
	);
}
