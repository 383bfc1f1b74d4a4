import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, type SecureVersion } from "node:tls";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { certificateChain } from "../certificate.ts";
import { Random } from "../random.ts";
import { SERVICES } from "./catalogue.ts";
import { type RunningDaemon, startDaemon } from "./daemon.ts";
import { PacketRecorder } from "./packet-recorder.ts";
import { openDelayProxy, openTlsTerminator } from "./proxy.ts";
import type { Bench, Pattern, Service } from "./service.ts";
import { ConnectionClosed, Session } from "./session.ts";

// The service laboratory: real daemons under scripted load, captured, every packet of ordinary traffic by construction.
//   node lab/services/run.ts --minutes 10 --clients 3 --seed 1 --out bench/.data/services
// Runs in a network namespace of its own (needs root or user namespaces, tcpdump and the Debian packages of docs/laboratory.md).

const { values: options } = parseArgs({
	options: {
		minutes: { type: "string", default: "10" },
		clients: { type: "string", default: "3" },
		seed: { type: "string", default: "1" },
		out: { type: "string", default: fileURLToPath(new URL("../../bench/.data/services", import.meta.url)) },
		only: { type: "string", default: "" },
	},
});
const NAMESPACE = "DECRYPTO_LAB_NAMESPACE";
/** A network of its own, and processes that end with the run. */
const ISOLATION = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** Each pattern has a port for plain text and one for TLS; behind it, at these distances, TLS ends and our own servers listen. */
const FIRST_PORT = 20_000;
const TERMINATORS = 5000;
const OWN_SERVERS = 10_000;
/** Clients begin within this part of the run. */
const BEGIN_WITHIN = 0.3;

if (process.env[NAMESPACE] === undefined) {
	// Loopback segments of a common size, not of 64 KB.
	const setUp = 'ip link set lo up mtu 1500 gso_max_segs 1 && exec "$0" "$@"';
	const { status } = spawnSync(
		"unshare",
		[...ISOLATION, "sh", "-c", setUp, process.execPath, ...process.argv.slice(1)],
		{
			stdio: "inherit",
			env: { ...process.env, [NAMESPACE]: "1" },
		},
	);
	process.exit(status ?? 1);
}

/** A pattern of a service behind a port. */
interface Place {
	readonly port: number;
	readonly service: Service;
	readonly pattern: Pattern;
	readonly isEncrypted: boolean;
}

const random = new Random(Number(options.seed));
const seconds = Number(options.minutes) * 60;
const folder = mkdtempSync(`${tmpdir()}/decrypto-services-`);
// Daemons that run as users of their own must get in.
chmodSync(folder, 0o755);
const certificate = certificateChain("lab.example");
const services = SERVICES.filter(({ name }) => options.only === "" || options.only.split(",").includes(name));
const daemons: RunningDaemon[] = [];
const failures = new Map<string, number>();

process.on("unhandledRejection", note);
const places = await openPlaces();
mkdirSync(options.out, { recursive: true });
const recorder = await PacketRecorder.start(
	`${options.out}/${options.seed}.pcap`,
	FIRST_PORT,
	FIRST_PORT + places.length,
);
console.log(`${places.length} patterns, ${options.minutes} minutes`);
for (const place of places)
	for (let k = 0; k < Number(options.clients); k++) void runClient(place, random.fork(1000 * place.port + k), k);
await sleep(seconds * 1000);
const capture = await recorder.stop();
writeFileSync(`${options.out}/${options.seed}.json`, `${JSON.stringify(describe(places), null, "\t")}\n`);
for (const daemon of daemons) daemon.stop();
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
for (const [what, count] of failures) console.error(`${what}: ${count} times`);
console.log(capture);
process.exit(0);

/** Starts the daemons and, for each of their patterns, the way to it. A daemon that is not installed is left out and named. */
async function openPlaces(): Promise<Place[]> {
	const places: Place[] = [];
	for (const [s, service] of services.entries()) {
		let target = FIRST_PORT + OWN_SERVERS + s;
		try {
			if (service.daemon) {
				daemons.push(await startDaemon(service.name, service.daemon, `${folder}/${service.name.replaceAll(" ", "-")}`));
				target = service.daemon.port;
			} else await serve(service, target);
		} catch (error) {
			console.error(`left out: ${(error as Error).message}`);
			continue;
		}
		for (const pattern of service.patterns) {
			for (const isEncrypted of [false, true]) {
				const port = FIRST_PORT + places.length;
				if (isEncrypted) await openTlsTerminator(port + TERMINATORS, target, certificate);
				await openDelayProxy(port, isEncrypted ? port + TERMINATORS : target, random.fork(port));
				places.push({ port, service, pattern, isEncrypted });
			}
		}
	}
	return places;
}

function serve({ serve: answer }: Service, port: number): Promise<void> {
	const own = random.fork(port);
	let connections = 0;
	const server = createServer({ noDelay: true }, (socket) => {
		answer!(new Session(socket), own.fork(connections++)).catch(() => socket.destroy());
	});
	return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

/** A client that begins at a time of its own and, after some sessions' ends, begins again. */
async function runClient(place: Place, random: Random, number: number): Promise<void> {
	await sleep(random.uniform(0, seconds * BEGIN_WITHIN) * 1000);
	const version = random.pick(["TLSv1.2", "TLSv1.3", "TLSv1.3"] as const);
	for (let session = 0; ; session++) {
		const sockets: Session[] = [];
		const bench: Bench = {
			name: `lab-${place.port}-${number}-${session}`,
			random: random.fork(session),
			connect: async () => {
				const opened = await open(place, version);
				sockets.push(opened);
				return opened;
			},
		};
		const length = random.chance(0.3) ? random.uniform(20, 200) : seconds;
		const endAll = () => {
			for (const session of sockets) session.end();
		};
		const end = setTimeout(endAll, length * 1000);
		try {
			await place.pattern.run(bench);
		} catch (error) {
			note(error, `${place.service.name}, ${place.pattern.name}: `);
		}
		clearTimeout(end);
		endAll();
		await sleep(random.uniform(1, 20) * 1000);
	}
}

/** Counts what went wrong. That a connection was closed is how every script ends, and all of its parts. */
function note(error: unknown, where: unknown): void {
	if (error instanceof ConnectionClosed) return;
	const what = `${typeof where === "string" ? where : ""}${(error as Error).message}`;
	failures.set(what, (failures.get(what) ?? 0) + 1);
}

function open({ port, isEncrypted }: Place, version: SecureVersion): Promise<Session> {
	const where = { port, host: "127.0.0.1", noDelay: true };
	const tls = { rejectUnauthorized: false, servername: "lab.example", minVersion: version, maxVersion: version };
	return new Promise((resolve, reject) => {
		const socket = isEncrypted ? connectTls({ ...where, ...tls }) : connectTcp(where);
		socket.once("error", reject);
		socket.once(isEncrypted ? "secureConnect" : "connect", () => resolve(new Session(socket)));
	});
}

/** The service behind each port of the capture. */
function describe(places: readonly Place[]) {
	return Object.fromEntries(
		places.map(({ port, service, pattern, isEncrypted }) => [
			port,
			{ service: service.name, pattern: pattern.name, isEncrypted },
		]),
	);
}
