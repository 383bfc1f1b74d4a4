import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, type Session, text } from "./session.ts";

// Servers that speak lines of text and hand messages on: NATS, RabbitMQ by STOMP, beanstalkd.

/** NATS (docs.nats.io, client protocol). The server pings every 20 s. */
export const NATS: Service = {
	name: "nats",
	daemon: {
		port: 14_222,
		files: { "nats.conf": 'listen: "127.0.0.1:14222"\nping_interval: "20s"\n' },
		command: "nats-server -c $DIR/nats.conf",
	},
	patterns: [
		{ name: "subscriber", run: (bench) => natsSubscriber(bench, false) },
		{ name: "queue worker", run: (bench) => natsSubscriber(bench, true) },
		{ name: "verbose publisher", run: natsPublisher },
	],
};

async function natsLogIn({ connect }: Bench, verbose = false): Promise<Session> {
	const session = await connect();
	await session.receive();
	await session.ask(
		`CONNECT {"verbose":${verbose},"pedantic":false,"lang":"lab","version":"1","protocol":1}\r\nPING\r\n`,
	);
	return session;
}

const publication = (subject: string, payload: string) => `PUB ${subject} ${payload.length}\r\n${payload}\r\n`;

async function natsSubscriber(bench: Bench, isWorker: boolean) {
	const { name, random } = bench;
	const [subscriber, publisher] = [await natsLogIn(bench), await natsLogIn(bench)];
	subscriber.write(isWorker ? `SUB ${name} workers 1\r\n` : `SUB ${name} 1\r\n`);
	const [length, result] = [drawLength(random, 40, 1000), drawLength(random, 10, 300)];
	const answers = isWorker && random.chance(0.6);
	const listen = async () => {
		for (;;) {
			const lines = String(await subscriber.receive());
			if (lines.includes("PING")) subscriber.write("PONG\r\n");
			else if (answers) {
				await subscriber.pause(random.exponential(random.pick([0.01, 1, 5])));
				subscriber.write(publication(`${name}.done`, text(result())));
			}
		}
	};
	await together(
		listen(),
		answerPings(publisher),
		publisher.every(drawRhythm(random, 1, 30), () => publication(name, text(length()))),
	);
}

async function natsPublisher(bench: Bench) {
	const { name, random } = bench;
	const session = await natsLogIn(bench, true);
	const length = drawLength(random, 20, 800);
	await together(
		answerPings(session),
		session.every(drawRhythm(random, 0.7, 25), () => publication(name, text(length()))),
	);
}

async function answerPings(session: Session): Promise<never> {
	for (;;) if (String(await session.receive()).includes("PING")) session.write("PONG\r\n");
}

/** RabbitMQ by its STOMP plug-in (STOMP 1.2), with heart-beats of either end. */
export const RABBITMQ: Service = {
	name: "rabbitmq",
	daemon: {
		port: 16_613,
		files: {
			"rabbitmq.conf":
				"listeners.tcp.1 = 127.0.0.1:15672\nstomp.listeners.tcp.1 = 127.0.0.1:16613\nstomp.default_user = guest\nstomp.default_pass = guest\n",
			enabled_plugins: "[rabbitmq_stomp].\n",
		},
		prepare: "chmod -R 777 $DIR",
		command:
			"HOME=$DIR RABBITMQ_NODENAME=lab@localhost RABBITMQ_BASE=$DIR RABBITMQ_MNESIA_BASE=$DIR/mnesia RABBITMQ_LOG_BASE=$DIR/log RABBITMQ_CONFIG_FILE=$DIR/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$DIR/enabled_plugins RABBITMQ_PID_FILE=$DIR/pid /usr/lib/rabbitmq/bin/rabbitmq-server",
	},
	patterns: [
		{ name: "consumer with acknowledgements", run: (bench) => stompConsumer(bench, true) },
		{ name: "consumer without acknowledgements", run: (bench) => stompConsumer(bench, false) },
		{ name: "publisher with receipts", run: stompPublisher },
	],
};

const frame = (command: string, headers: string, body = "") => `${command}\n${headers}\n${body}\0`;

async function stompLogIn({ connect }: Bench, beat: number): Promise<Session> {
	const session = await connect();
	await session.ask(
		frame("CONNECT", `accept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\nheart-beat:${beat},${beat}\n`),
	);
	return session;
}

async function stompConsumer(bench: Bench, acknowledges: boolean) {
	const { name, random } = bench;
	const beat = random.pick([0, 5000, 10_000, 30_000]);
	const [consumer, publisher] = [await stompLogIn(bench, beat), await stompLogIn(bench, 0)];
	consumer.write(
		frame("SUBSCRIBE", `id:0\ndestination:/queue/${name}\nack:${acknowledges ? "client-individual" : "auto"}\n`),
	);
	const length = drawLength(random, 40, 900);
	const listen = async () => {
		for (;;) {
			const id = /ack:(.*)\n/.exec(String(await consumer.receive()))?.[1];
			if (acknowledges && id !== undefined) {
				await consumer.pause(random.exponential(0.05));
				consumer.write(frame("ACK", `id:${id}\n`));
			}
		}
	};
	const scripts = [
		listen(),
		publisher.drain(),
		publisher.every(drawRhythm(random, 1, 30), () =>
			frame("SEND", `destination:/queue/${name}\ncontent-type:text/plain\n`, text(length())),
		),
	];
	if (beat > 0)
		scripts.push(
			consumer.every(
				() => beat / 1000 - 0.5,
				() => "\n",
			),
		);
	await together(...scripts);
}

async function stompPublisher(bench: Bench) {
	const { name, random } = bench;
	const session = await stompLogIn(bench, 0);
	const length = drawLength(random, 20, 700);
	await together(
		session.drain(),
		session.every(drawRhythm(random, 0.7, 25), () =>
			frame("SEND", `destination:/exchange/amq.topic/${name}\nreceipt:r\n`, text(length())),
		),
	);
}

/** beanstalkd (its protocol.txt): a queue of jobs that workers reserve and delete. */
export const BEANSTALKD: Service = {
	name: "beanstalkd",
	daemon: { port: 11_300, command: "beanstalkd -l 127.0.0.1 -p 11300" },
	patterns: [{ name: "worker and producer", run: beanstalkWorker }],
};

async function beanstalkWorker({ connect, name, random }: Bench) {
	const [worker, producer] = [await connect(), await connect()];
	await worker.ask(`watch ${name}\r\n`);
	await producer.ask(`use ${name}\r\n`);
	const length = drawLength(random, 40, 900);
	const timeout = random.pick(["reserve", "reserve-with-timeout 5", "reserve-with-timeout 20"]);
	const work = async () => {
		for (;;) {
			const id = /RESERVED (\d+)/.exec(String(await worker.ask(`${timeout}\r\n`)))?.[1];
			if (id === undefined) continue;
			await worker.pause(random.exponential(random.pick([0.01, 1, 4])));
			await worker.ask(`delete ${id}\r\n`);
		}
	};
	await together(
		work(),
		producer.drain(),
		producer.every(drawRhythm(random, 1, 30), () => {
			const body = text(length());
			return `put 0 0 60 ${body.length}\r\n${body}\r\n`;
		}),
	);
}
