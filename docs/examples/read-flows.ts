import { openTrapSource } from "decrypto/nemea";

// A module that reads flows: who talks to port 3333? `node read-flows.ts u:flows`
const flows = openTrapSource(process.argv[2]!, { socketDirectory: process.env.TRAP_SOCKET_DIR ?? "/tmp" });
process.once("SIGTERM", () => flows.stop());
let suspicious = 0;
for await (const batch of flows) {
	for (let i = 0; i < batch.length; i++) if (batch.destinationPort[i] === 3333) suspicious++;
}
console.log(`${suspicious} of ${flows.counters.flows} flows`);
