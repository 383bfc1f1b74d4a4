/**
 * From the login on the wire to the receiver, 100 times: `node bench/watch-early.ts [ROUNDS]`. Needs tcpdump and the right to
 * capture on the loopback interface.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ready, TestPlace } from "../src/watch/daemon.testing.ts";
import {
	earlyConfiguration,
	Inbox,
	loginToNotification,
	openPool,
	summary,
} from "../src/watch/early-verdicts.testing.ts";

const rounds = Number(process.argv[2] ?? 100);
await using place = new TestPlace();
await using inbox = await Inbox.open();
const { server, port } = await openPool();
await ready(await place.start(earlyConfiguration(port, inbox)));
await sleep(500);
const times: number[] = [];
for (let k = 1; k <= rounds; k++) times.push(await loginToNotification(`127.1.${k >> 8}.${k & 255}`, port, inbox));
server.close();
const { median, worst } = summary(times);
console.log(`login to notification: median ${median.toFixed(0)} ms, worst of ${rounds} ${worst.toFixed(0)} ms`);
if (worst >= 2000) process.exitCode = 1;
