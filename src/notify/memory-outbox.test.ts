import { MemoryOutbox } from "./memory-outbox.ts";
import { outboxContract } from "./outbox-contract.testing.ts";

outboxContract("memory", async (capacity) => new MemoryOutbox(capacity));
