import { testBusContract } from "./bus.contract.testing.ts";
import { MemoryBus } from "./memory-bus.ts";

testBusContract("memory", false, async () => new MemoryBus());
