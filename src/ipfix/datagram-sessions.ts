import { type Collection, Session } from "./session.ts";
import { TemplateBudget } from "./templates.ts";

/** Most sessions over UDP in total, and per address. */
const MAX_SESSIONS = 1024;
const MAX_SESSIONS_PER_ADDRESS = 64;
/** Most template fields per address: those of some thousand ordinary templates. */
const MAX_FIELDS_PER_ADDRESS = 1 << 15;
/** Interval of the search for expired templates. */
const SWEEP_MS = 10_000;

interface Source {
	readonly budget: TemplateBudget;
	/** Orders by silence, the longest first. */
	readonly sessions: Map<string, Session>;
}

/**
 * The transport sessions over UDP. Senders can use any port and forge addresses: each
 * address has a quota, and sessions without a valid template are removed before those with templates.
 */
export class DatagramSessions {
	readonly #collection: Collection;
	readonly #ended: (session: Session) => void;
	readonly #warn: (line: string) => void;
	readonly #sources = new Map<string, Source>();
	#count = 0;
	#lastSweep = 0;

	/** `ended` is called with each session that is removed. */
	constructor(collection: Collection, ended: (session: Session) => void, warn: (line: string) => void) {
		this.#collection = collection;
		this.#ended = ended;
		this.#warn = warn;
	}

	/** The session of an exporter, `ADDRESS port PORT`; `now` is in ms. */
	of(exporter: string, now: number): Session {
		this.#sweep(now);
		const address = addressOf(exporter);
		const sessions = this.#sources.get(address)?.sessions;
		const known = sessions?.get(exporter);
		if (known) {
			sessions!.delete(exporter);
			sessions!.set(exporter, known);
			return known;
		}
		if (sessions && sessions.size >= MAX_SESSIONS_PER_ADDRESS) {
			this.#warn(`${address}: more than ${MAX_SESSIONS_PER_ADDRESS} exporters at one address; the oldest are removed`);
			this.#forget(address, leastUseful(sessions)!);
		} else if (this.#count >= MAX_SESSIONS) this.#forgetOne();
		return this.#add(address, exporter);
	}

	/** Ends all sessions. */
	end(): void {
		for (const [address, { sessions }] of [...this.#sources])
			for (const session of [...sessions.values()]) this.#forget(address, session);
	}

	#add(address: string, exporter: string): Session {
		let source = this.#sources.get(address);
		if (source === undefined) {
			const budget = new TemplateBudget(MAX_FIELDS_PER_ADDRESS, this.#collection.budget);
			source = { budget, sessions: new Map() };
			this.#sources.set(address, source);
		}
		const { budget } = source;
		const session: Session = new Session(exporter, this.#collection, true, budget, (count) =>
			budget.hasRoom(count) ? this.#freeFields(session) : false,
		);
		source.sessions.set(exporter, session);
		this.#count++;
		return session;
	}

	/** Frees one session: at the address with the most sessions, preferably one without templates at any address. */
	#forgetOne(): void {
		this.#warn(`more than ${MAX_SESSIONS} exporters; those without a valid template are removed first`);
		let chosen: [address: string, session: Session, rank: number] | undefined;
		for (const [address, { sessions }] of this.#sources) {
			const session = leastUseful(sessions);
			if (session === undefined) continue;
			const rank = usefulness(session) * (MAX_SESSIONS + 1) - sessions.size;
			if (chosen === undefined || rank < chosen[2]) chosen = [address, session, rank];
		}
		if (chosen) this.#forget(chosen[0], chosen[1]);
	}

	/** Frees the templates of the session that holds the most, if it holds more than this one or never sent a flow. */
	#freeFields(asking: Session): boolean {
		let chosen: [address: string, session: Session] | undefined;
		let most = 0;
		for (const [address, { sessions }] of this.#sources) {
			for (const session of sessions.values()) {
				if (session === asking) continue;
				const weight = session.templateFields * (session.flows === 0 ? 1024 : 1);
				if (weight > most) [chosen, most] = [[address, session], weight];
			}
		}
		if (chosen === undefined || most <= asking.templateFields) return false;
		this.#warn(`templates need too much memory; those of ${chosen[1].name} are removed`);
		this.#forget(chosen[0], chosen[1]);
		return true;
	}

	#forget(address: string, session: Session): void {
		const source = this.#sources.get(address);
		if (!source?.sessions.delete(session.name)) return;
		this.#count--;
		if (source.sessions.size === 0) this.#sources.delete(address);
		this.#ended(session);
	}

	#sweep(now: number): void {
		if (now - this.#lastSweep < SWEEP_MS) return;
		this.#lastSweep = now;
		for (const { sessions } of this.#sources.values()) for (const session of sessions.values()) session.sweep(now);
	}
}

/** 0: no template; 1: templates, but no flow yet; 2: an exporter that sends flows. */
function usefulness(session: Session): number {
	return session.flows > 0 ? 2 : session.templateFields > 0 ? 1 : 0;
}

/** The first session of the lowest rank: the one silent for longest. */
function leastUseful(sessions: ReadonlyMap<string, Session>): Session | undefined {
	let least: Session | undefined;
	for (const session of sessions.values()) {
		if (least !== undefined && usefulness(session) >= usefulness(least)) continue;
		least = session;
		if (usefulness(session) === 0) break;
	}
	return least;
}

function addressOf(exporter: string): string {
	const end = exporter.lastIndexOf(" port ");
	return end < 0 ? exporter : exporter.slice(0, end);
}
