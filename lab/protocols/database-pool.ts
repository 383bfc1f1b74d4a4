import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/** A PostgreSQL connection (protocol 3.0) of an application's pool: a periodic health check, and occasional queries. */
export function databasePool(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const ready = message("Z", Buffer.from("I"));
	const result = (rows: number, width: number) => {
		const row = message("D", Buffer.from([0, 1, 0, 0, 0, width]), Buffer.from(random.hex(width)));
		const description = message(
			"T",
			Buffer.from("\0\x01job\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", "latin1"),
		);
		const done = message("C", Buffer.from(`SELECT ${rows}\0`));
		return Buffer.concat([description, ...new Array<Uint8Array>(rows).fill(row), done, ready]);
	};
	const query = (text: string) => message("Q", Buffer.from(`${text}\0`));
	const application = function* (): Process {
		const startup = Buffer.from("\0\x03\0\0user\0worker\0database\0jobs\0application_name\0pool-1\0\0", "latin1");
		yield* script.call(withLength(startup), () =>
			message("R", Buffer.from([0, 0, 0, 10]), Buffer.from("SCRAM-SHA-256\0\0")),
		);
		yield* script.call(message("p", Buffer.from(`SCRAM-SHA-256\0${random.hex(48)}`)), () =>
			message("R", Buffer.alloc(96)),
		);
		yield* script.call(
			message("p", Buffer.from(random.hex(104))),
			() => Buffer.concat([message("R", Buffer.alloc(4)), ready]),
			0.004,
		);
		for (;;) {
			yield 30;
			yield* script.call(query("SELECT 1"), () => result(1, 1), 0.0004);
			if (random.chance(0.4)) {
				const id = random.integer(1, 99_999);
				yield* script.call(
					query(`SELECT job FROM jobs WHERE worker = ${id} LIMIT 20`),
					() => result(random.integer(0, 20), 40),
					0.002,
				);
			}
		}
	};
	script.start(application());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "database pool",
		serverPort: parameters.serverPort ?? 5432,
	});
}

/** Type, length (which includes itself), content. */
function message(type: string, ...content: readonly Uint8Array[]): Uint8Array {
	return Buffer.concat([Buffer.from(type), withLength(Buffer.concat(content))]);
}

function withLength(content: Uint8Array): Uint8Array {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(4 + content.length);
	return Buffer.concat([length, content]);
}
