/** Hours of the week in a time zone, such as `Mon-Fri 08:00-18:00 Europe/Prague`. */
export interface WeeklyHours {
	/** Whether the time (microseconds since the epoch) is within the hours. */
	includes(at: number): boolean;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FORM = /^(?:([A-Za-z,-]+)\s+)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})(?:\s+(\S+))?$/;
const DAY_MINUTES = 1440;

/**
 * Days (default: all), times, time zone (default: UTC). An end before the begin is on the next day. Returns what is wrong
 * as text if `text` is no such hours.
 */
export function parseHours(text: string): WeeklyHours | string {
	const match = FORM.exec(text.trim());
	if (match === null) return `expected hours such as "Mon-Fri 08:00-18:00 Europe/Prague", found "${text.slice(0, 80)}"`;
	const days = match[1] === undefined ? new Set(DAYS.keys()) : parseDays(match[1]);
	if (typeof days === "string") return days;
	const begin = minutesOf(match[2]!, match[3]!);
	const end = minutesOf(match[4]!, match[5]!);
	if (begin === undefined || end === undefined || begin === DAY_MINUTES || begin === end) {
		return `expected two different times from 00:00 to 24:00, found "${match[2]}:${match[3]}-${match[4]}:${match[5]}"`;
	}
	const clock = clockOf(match[6] ?? "UTC");
	if (clock === undefined) return `"${match[6]}" is no time zone; expected one such as Europe/Prague`;
	return {
		includes(at: number): boolean {
			const { day, minutes } = clock(at);
			const before = (day + 6) % 7;
			if (begin < end) return days.has(day) && minutes >= begin && minutes < end;
			return (days.has(day) && minutes >= begin) || (days.has(before) && minutes < end);
		},
	};
}

function parseDays(text: string): Set<number> | string {
	const found = new Set<number>();
	for (const part of text.split(",")) {
		const [first, last = first, ...rest] = part.split("-").map((name) => DAYS.indexOf(capitalised(name)));
		if (first === undefined || first < 0 || last! < 0 || rest.length > 0) {
			return `"${part}" is no day or range of days; the days are ${DAYS.join(", ")}`;
		}
		for (let day = first; ; day = (day + 1) % 7) {
			found.add(day);
			if (day === last) break;
		}
	}
	return found;
}

function capitalised(name: string): string {
	return name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase();
}

function minutesOf(hours: string, minutes: string): number | undefined {
	const sum = 60 * Number(hours) + Number(minutes);
	return Number(minutes) < 60 && sum <= DAY_MINUTES ? sum : undefined;
}

function clockOf(timeZone: string): ((at: number) => { day: number; minutes: number }) | undefined {
	let format: Intl.DateTimeFormat;
	try {
		format = new Intl.DateTimeFormat("en-GB", {
			timeZone,
			weekday: "short",
			hour: "2-digit",
			minute: "2-digit",
			hourCycle: "h23",
		});
	} catch {
		return undefined;
	}
	return (at) => {
		const milliseconds = Math.min(Math.max(at / 1000, -8.64e15), 8.64e15);
		const parts = Object.fromEntries(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
		return { day: DAYS.indexOf(parts.weekday!), minutes: 60 * Number(parts.hour) + Number(parts.minute) };
	};
}
