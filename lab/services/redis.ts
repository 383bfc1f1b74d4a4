import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, text } from "./session.ts";

/** A command as an array of bulk strings (RESP2 and RESP3, redis.io/docs/reference/protocol-spec). */
function command(...words: readonly (string | number)[]): string {
	return `*${words.length}\r\n${words.map((word) => `$${String(word).length}\r\n${word}\r\n`).join("")}`;
}

/** Redis: a store that is polled, that pushes, and that hands out work. */
export const REDIS: Service = {
	name: "redis",
	daemon: {
		port: 16_379,
		command: "redis-server --port 16379 --save '' --appendonly no --protected-mode no --dir $DIR",
	},
	patterns: [
		{ name: "publish and subscribe", run: publishAndSubscribe },
		{ name: "blocking queue", run: blockingQueue },
		{ name: "client tracking", run: clientTracking },
		{ name: "stream consumer", run: streamConsumer },
		{ name: "poll", run: poll },
		{ name: "counters", run: counters },
	],
};

async function publishAndSubscribe({ connect, name, random }: Bench) {
	const [subscriber, publisher] = [await connect(), await connect()];
	const length = drawLength(random, 40, 1200);
	await subscriber.ask(command("SUBSCRIBE", name));
	const scripts = [
		subscriber.drain(),
		publisher.drain(),
		publisher.every(drawRhythm(random, 1, 40), () => command("PUBLISH", name, text(length()))),
	];
	if (random.chance(0.5)) scripts.push(subscriber.every(drawRhythm(random, 5, 60), () => command("PING")));
	await together(...scripts);
}

/** Workers of a job queue: a blocking pop with a timeout, then the result. */
async function blockingQueue({ connect, name, random }: Bench) {
	const [worker, producer] = [await connect(), await connect()];
	const job = drawLength(random, 60, 900);
	const result = drawLength(random, 20, 300);
	const timeout = random.pick([0, 1, 2, 5, 30]);
	const work = async () => {
		for (;;) {
			const answer = await worker.ask(command("BRPOP", name, timeout));
			if (answer.length < 8) continue;
			await worker.pause(random.exponential(random.pick([0.02, 0.5, 3])));
			await worker.ask(command("SET", `${name}:result`, text(result())));
		}
	};
	await together(
		work(),
		producer.drain(),
		producer.every(drawRhythm(random, 1, 30), () => command("LPUSH", name, text(job()))),
	);
}

/** Cached keys: invalidations are pushed on the connection that reads and writes (RESP3, CLIENT TRACKING). */
async function clientTracking({ connect, name, random }: Bench) {
	const [reader, writer] = [await connect(), await connect()];
	await reader.ask(command("HELLO", 3));
	await reader.ask(command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", name));
	const value = drawLength(random, 20, 400);
	await together(
		reader.drain(),
		writer.drain(),
		writer.every(drawRhythm(random, 1, 30), () => command("SET", `${name}:a`, text(value()))),
		reader.every(drawRhythm(random, 2, 60), () =>
			random.chance(0.5) ? command("GET", `${name}:a`) : command("INCRBY", "hits", 3),
		),
	);
}

async function streamConsumer({ connect, name, random }: Bench) {
	const [consumer, producer] = [await connect(), await connect()];
	await consumer.ask(command("XGROUP", "CREATE", name, "g", "$", "MKSTREAM"));
	const entry = drawLength(random, 40, 700);
	const consume = async () => {
		for (;;) {
			const answer = String(
				await consumer.ask(command("XREADGROUP", "GROUP", "g", "c", "BLOCK", 5000, "COUNT", 1, "STREAMS", name, ">")),
			);
			const id = /\d+-\d+/.exec(answer)?.[0];
			if (id !== undefined) await consumer.ask(command("XACK", name, "g", id));
		}
	};
	await together(
		consume(),
		producer.drain(),
		producer.every(drawRhythm(random, 1, 30), () => command("XADD", name, "MAXLEN", 100, "*", "f", text(entry()))),
	);
}

async function poll({ connect, name, random }: Bench) {
	const session = await connect();
	await session.ask(command("SET", name, text(drawLength(random, 4, 800)())));
	await together(
		session.drain(),
		session.every(drawRhythm(random, 0.7, 20), () => command("GET", name)),
	);
}

async function counters({ connect, name, random }: Bench) {
	const session = await connect();
	const field = drawLength(random, 20, 200);
	await together(
		session.drain(),
		session.every(drawRhythm(random, 0.7, 20), () => command("HINCRBY", name, text(field()), 1)),
	);
}
