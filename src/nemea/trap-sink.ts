import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import type { ComputedField } from "./encoding-steps.ts";
import { TEXT_EXTRA_FIELDS, VLAN_FIELD } from "./flow-fields.ts";
import { type Interface, isInterface, parseInterface } from "./interface-specifier.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { BlackholeOutput, type RecordOutput } from "./record-output.ts";
import { SocketOutput } from "./socket-output.ts";
import { socketDirectoryOf } from "./socket-path.ts";
import { parseTemplate, type Template, templateOf } from "./template.ts";
import { expandHome } from "./trapcap-files.ts";
import { TrapcapOutput } from "./trapcap-output.ts";

export interface TrapOutputOptions {
	/** Directory of Unix sockets (`TRAP_SOCKET_DIR`); absent: `/run/libtrap` if it exists, else `/tmp`. */
	readonly socketDirectory?: string;
}

export interface TrapSinkOptions extends TrapOutputOptions {
	/** The output's fields, `type NAME,…`; absent: the meter's 20 and those extra ones that the first batch has. */
	readonly template?: string;
	/** Values of fields that come neither from the source's record nor from a column (`IS_MINER`). */
	readonly computed?: Readonly<Record<string, ComputedField>>;
}

/**
 * Sends flows to a NEMEA interface (`u:miners`, `t:7600`, `T:7600:key:cert:ca`, `f:path:w`, `b:`) or into a `.trapcap`
 * file named by its path. Throws a `UsageError` for a malformed specifier or template, a `DeCryptoError` where the
 * file or socket cannot be had.
 */
export async function createTrapSink(specifier: string, options: TrapSinkOptions = {}): Promise<TrapSink> {
	const template = options.template === undefined ? undefined : parseTemplate(options.template);
	return new TrapSink(await openTrapOutput(specifier, options), template, options);
}

/** An output for records of any template, made by a {@link RecordEncoder} or by hand. */
export function openTrapOutput(specifier: string, options: TrapOutputOptions = {}): Promise<RecordOutput> {
	return openInterfaceOutput(parseInterface(isInterface(specifier) ? specifier : `f:${specifier}`, "output"), options);
}

export async function openInterfaceOutput(described: Interface, options: TrapOutputOptions): Promise<RecordOutput> {
	const { address } = described;
	switch (address.kind) {
		case "blackhole":
			return new BlackholeOutput();
		case "file":
			return new TrapcapOutput({ ...address, path: expandHome(address.path) });
		default:
			return SocketOutput.open(described, socketDirectoryOf(options.socketDirectory));
	}
}

/** Flows on their way out as UniRec records. */
export class TrapSink implements FlowSink {
	readonly output: RecordOutput;
	/** Flows that no record could be made of: it would have been longer than 65,535 bytes, or its source's was broken. */
	unencodable = 0;
	readonly #options: TrapSinkOptions;
	#template: Template | undefined;
	#encoder: RecordEncoder | undefined;

	constructor(output: RecordOutput, template: Template | undefined, options: TrapSinkOptions = {}) {
		this.output = output;
		this.#template = template;
		this.#options = options;
	}

	/** Announces the template, if it is known before the first flow, so that receivers get their hello. */
	async begin(): Promise<void> {
		if (this.#template) await this.#begin(this.#template);
	}

	async write(flows: FlowColumns, positions?: Uint32Array): Promise<void> {
		this.#template ??= templateOf(fieldsOf(flows));
		const encoder = this.#encoder ?? (await this.#begin(this.#template));
		const count = positions?.length ?? flows.length;
		if (this.output.discard) return this.output.discard(count);
		for (let k = 0; k < count; k++) {
			if (!encoder.encode(flows, positions === undefined ? k : positions[k]!)) {
				this.unencodable++;
				continue;
			}
			const wait = this.output.send(encoder.bytes, 0, encoder.length);
			if (wait) await wait;
		}
	}

	async close(): Promise<void> {
		await this.begin();
		await this.output.close();
	}

	async #begin(template: Template): Promise<RecordEncoder> {
		this.#encoder ??= new RecordEncoder(template, this.#options.computed);
		await this.output.begin(template);
		return this.#encoder;
	}
}

function fieldsOf({ extras }: FlowColumns): UnirecField[] {
	const texts = TEXT_EXTRA_FIELDS.filter(([extra]) => extras[extra] !== undefined).map(([, field]) => field);
	return [...METER_FIELDS, ...texts, ...(extras.vlan ? [VLAN_FIELD] : [])];
}
