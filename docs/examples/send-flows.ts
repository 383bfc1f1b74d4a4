import { createTrapSink, openTrapSource } from "decrypto/nemea";

// A module that sends flows on: only the long ones, with all their fields. `node send-flows.ts u:flows u:long`
const socketDirectory = process.env.TRAP_SOCKET_DIR ?? "/tmp";
const [, , from, to] = process.argv;
const sink = await createTrapSink(to!, { socketDirectory });
for await (const batch of openTrapSource(from!, { socketDirectory })) {
	const long = Uint32Array.from({ length: batch.length }, (_, i) => i).filter((i) => batch.packets[i]! > 1000);
	await sink.write(batch, long);
}
await sink.close();
