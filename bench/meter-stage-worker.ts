import { STAGES } from "./meter-stages.ts";

/** Seconds of a stage's fastest pass, by the clock and of the main thread's processor time. */
export interface StageTimes {
	readonly wall: number;
	readonly thread: number;
}

// `meter-stage-worker.js STAGE CAPTURE PASSES`: one stage in a process of its own, as in the program; prints its times as JSON.
const [name, path, passes] = process.argv.slice(2);
const stage = STAGES[name!]!(path!);
let wall = Infinity;
let thread = Infinity;
for (let pass = 0; pass < Number(passes); pass++) {
	const begun = { wall: performance.now() / 1000, thread: threadSeconds() };
	await stage.pass();
	wall = Math.min(wall, performance.now() / 1000 - begun.wall);
	thread = Math.min(thread, threadSeconds() - begun.thread);
}
await stage.end?.();
console.log(JSON.stringify({ wall, thread } satisfies StageTimes));

function threadSeconds(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1e6;
}
