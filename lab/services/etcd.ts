import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { type Bench, type Service, together } from "./service.ts";
import { ConnectionClosed, drawLength, drawRhythm, text } from "./session.ts";

/** etcd, by gRPC over HTTP/2 as its own clients speak it: watches, leases kept alive, writes. */
export const ETCD: Service = {
	name: "etcd",
	daemon: {
		port: 12_379,
		command:
			"exec etcd --data-dir $DIR/data --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 --listen-peer-urls http://127.0.0.1:12380 --log-level error",
	},
	patterns: [
		{ name: "watch", run: (bench) => etcd(bench, { watches: true }) },
		{ name: "watch and write", run: (bench) => etcd(bench, { watches: true, writes: true }) },
		{ name: "lease and watch", run: (bench) => etcd(bench, { watches: true, leases: true }) },
		{ name: "writer", run: (bench) => etcd(bench, { writes: true }) },
	],
};

interface Use {
	readonly watches?: boolean;
	readonly writes?: boolean;
	readonly leases?: boolean;
}

async function etcd(bench: Bench, { watches = false, writes = false, leases = false }: Use) {
	const { name, random } = bench;
	const client = await openClient(bench);
	const length = drawLength(random, 20, 700);
	const scripts: Promise<unknown>[] = [];
	if (watches) {
		// WatchRequest { create_request: { key } }.
		openStream(client, "Watch/Watch").write(grpc(field(1, field(1, Buffer.from(name)))));
		const writer = await openClient(bench);
		scripts.push(puts(writer, `${name}`, drawRhythm(random, 1, 30), length));
	}
	if (leases) {
		const id = random.integer(1, 1e6);
		// LeaseGrantRequest { TTL, ID }, then LeaseKeepAliveRequest { ID } for as long as the client lives.
		unary(client, "Lease/LeaseGrant", Buffer.concat([number(1, 60), number(2, id)]));
		const stream = openStream(client, "Lease/LeaseKeepAlive");
		scripts.push(every(client, random.pick([() => 5, () => 10, () => 20]), () => stream.write(grpc(number(1, id)))));
	}
	if (writes) scripts.push(puts(client, `${name}-own`, drawRhythm(random, 1, 40), length));
	await together(...scripts);
}

async function openClient({ connect: open }: Bench): Promise<ClientHttp2Session> {
	const { socket } = await open();
	socket.removeAllListeners("data");
	const client = connect("http://lab.example", { createConnection: () => socket });
	client.on("error", () => undefined);
	return client;
}

function puts(client: ClientHttp2Session, key: string, rhythm: () => number, length: () => number) {
	// PutRequest { key, value }.
	const request = () => Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(text(length())))]);
	return every(client, rhythm, () => unary(client, "KV/Put", request()));
}

async function every(client: ClientHttp2Session, rhythm: () => number, act: () => void): Promise<never> {
	for (;;) {
		await new Promise((resolve) => setTimeout(resolve, rhythm() * 1000));
		if (client.destroyed) throw new ConnectionClosed();
		act();
	}
}

function unary(client: ClientHttp2Session, method: string, request: Buffer): void {
	openStream(client, method).end(grpc(request));
}

function openStream(client: ClientHttp2Session, method: string): ClientHttp2Stream {
	const stream = client.request({
		":method": "POST",
		":path": `/etcdserverpb.${method}`,
		te: "trailers",
		"content-type": "application/grpc",
	});
	stream.on("error", () => undefined);
	return stream.resume();
}

/** A message with gRPC's prefix of five bytes. */
function grpc(message: Buffer): Buffer {
	const prefix = Buffer.alloc(5);
	prefix.writeUInt32BE(message.length, 1);
	return Buffer.concat([prefix, message]);
}

/** A length-delimited field (Protocol Buffers, encoding). */
function field(tag: number, content: Buffer): Buffer {
	return Buffer.concat([Buffer.from([(tag << 3) | 2]), varint(content.length), content]);
}

function number(tag: number, value: number): Buffer {
	return Buffer.concat([Buffer.from([tag << 3]), varint(value)]);
}

function varint(value: number): Buffer {
	const bytes: number[] = [];
	let rest = value;
	for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
	return Buffer.from([...bytes, rest]);
}
