import type { ByteCursor } from "../bytes/cursor.ts";
import { readNetflow9Template, readTemplate, type Template, type TemplateResult } from "./template.ts";

/** Most template fields of all exporters of a source together. A field is some 100 bytes. */
const MAX_FIELDS = 1 << 18;

/** A bound on the template fields that are kept; a part of `whole` if that is set. */
export class TemplateBudget {
	/** Number of fields kept now. */
	fields = 0;
	readonly #max: number;
	readonly #whole: TemplateBudget | undefined;

	constructor(max = MAX_FIELDS, whole?: TemplateBudget) {
		this.#max = max;
		this.#whole = whole;
	}

	/** Whether the bound of this part, not that of the whole, allows `count` more fields. */
	hasRoom(count: number): boolean {
		return this.fields + count <= this.#max;
	}

	/** Takes `count` fields, or returns false. */
	take(count: number): boolean {
		if (!this.hasRoom(count) || this.#whole?.take(count) === false) return false;
		this.fields += count;
		return true;
	}

	giveBack(count: number): void {
		this.fields -= count;
		this.#whole?.giveBack(count);
	}
}

const MAX_TEMPLATES = 4096;
const TEMPLATE_SET = 2;

interface Kept {
	readonly template: Template;
	/** When it was last sent, ms. */
	seen: number;
}

/** The templates of one observation domain of one transport session (RFC 7011, 8). */
export class Templates {
	readonly #kept = new Map<number, Kept>();
	readonly #budget: TemplateBudget;
	/** Over UDP, the lifetime of a template that is not sent again (RFC 7011, 8.4); Infinity elsewhere. */
	readonly #lifetimeMs: number;

	/** Tries to free this many fields of other exporters. */
	readonly #makeRoom: (count: number) => boolean;

	constructor(budget: TemplateBudget, lifetimeMs: number, makeRoom: (count: number) => boolean = () => false) {
		this.#budget = budget;
		this.#lifetimeMs = lifetimeMs;
		this.#makeRoom = makeRoom;
	}

	/** Fields of the templates that are kept. */
	get fields(): number {
		let fields = 0;
		for (const { template } of this.#kept.values()) fields += template.fields.length;
		return fields;
	}

	/** Removes expired templates. */
	sweep(now: number): void {
		for (const [id, { seen }] of this.#kept) if (now - seen > this.#lifetimeMs) this.#forget(id);
	}

	get(id: number, now: number): Template | undefined {
		const kept = this.#kept.get(id);
		if (kept === undefined) return undefined;
		if (now - kept.seen <= this.#lifetimeMs) return kept.template;
		this.#forget(id);
		return undefined;
	}

	/**
	 * Reads one template record of a set (2: templates, 3: options templates) at the cursor.
	 * Returns why it is unusable, or undefined. A template that is sent again replaces the previous one of its number.
	 */
	read(cursor: ByteCursor, setId: number, now: number): string | undefined {
		const id = cursor.u16();
		const count = cursor.u16();
		if (cursor.failed) return "template cut";
		if (count === 0) return this.#withdraw(id, setId);
		const scopeCount = setId === TEMPLATE_SET ? 0 : cursor.u16();
		return this.#keep(id, count, readTemplate(cursor, id, count, scopeCount), now);
	}

	/** Like {@link read}, for a flowset of NetFlow version 9 (RFC 3954, 5.2 and 6.1). */
	readNetflow9(cursor: ByteCursor, isTemplates: boolean, now: number): string | undefined {
		const id = cursor.u16();
		// An options template has the lengths of scopes and options in bytes; a field takes four.
		const scopes = isTemplates ? 0 : cursor.u16() >> 2;
		const count = (isTemplates ? cursor.u16() : cursor.u16() >> 2) + scopes;
		if (cursor.failed) return "template cut";
		return this.#keep(id, count, readNetflow9Template(cursor, id, count, scopes), now);
	}

	#keep(id: number, count: number, template: TemplateResult, now: number): string | undefined {
		if (typeof template === "string") return template;
		if (id < 256) return "template number below 256";
		this.#forget(id);
		if (this.#kept.size >= MAX_TEMPLATES) return "too many templates";
		if (!this.#budget.take(count) && !(this.#makeRoom(count) && this.#budget.take(count))) return "too many templates";
		this.#kept.set(id, { template, seen: now });
		return undefined;
	}

	/** Returns its fields to the budget. */
	clear(): void {
		for (const id of [...this.#kept.keys()]) this.#forget(id);
	}

	/**
	 * RFC 7011, 8.1: a template without fields withdraws a template; with the set's own number, all of its kind. Over UDP
	 * there are no withdrawals (8.4): a late one would remove the template that replaced the withdrawn one.
	 */
	#withdraw(id: number, setId: number): string | undefined {
		if (this.#lifetimeMs !== Number.POSITIVE_INFINITY) return "template withdrawn over UDP";
		if (id !== setId) this.#forget(id);
		else {
			const isOptions = setId !== TEMPLATE_SET;
			for (const [id, { template }] of [...this.#kept]) if (template.isOptions === isOptions) this.#forget(id);
		}
		return undefined;
	}

	#forget(id: number): void {
		const kept = this.#kept.get(id);
		if (kept === undefined) return;
		this.#budget.giveBack(kept.template.fields.length);
		this.#kept.delete(id);
	}
}
