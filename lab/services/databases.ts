import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, type Session, text } from "./session.ts";

// Databases: connections that wait for notifications, poll, or write now and then.

const POSTGRES_BIN = "/usr/lib/postgresql/15/bin";

/** PostgreSQL (protocol 3.0), with LISTEN and NOTIFY. */
export const POSTGRESQL: Service = {
	name: "postgresql",
	daemon: {
		port: 15_432,
		prepare: `chown postgres $DIR && runuser -u postgres -- ${POSTGRES_BIN}/initdb -D $DIR/data -A trust -U postgres >/dev/null`,
		command: `exec runuser -u postgres -- ${POSTGRES_BIN}/postgres -D $DIR/data -p 15432 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$DIR -c fsync=off -c max_connections=400`,
	},
	patterns: [
		{ name: "listener", run: (bench) => listener(bench, false) },
		{ name: "listener that writes", run: (bench) => listener(bench, true) },
		{ name: "poll", run: (bench) => queries(bench, "SELECT count(*) FROM pg_class") },
		{ name: "writer", run: writer },
	],
};

function message(type: string, body: string): Buffer {
	const bytes = Buffer.from(`${type}\0\0\0\0${body}\0`);
	bytes.writeUInt32BE(bytes.length - 1, 1);
	return bytes;
}

const query = (sql: string) => message("Q", sql);

async function postgresLogIn({ connect }: Bench): Promise<Session> {
	const session = await connect();
	const parameters = "user\0postgres\0database\0postgres\0application_name\0lab\0\0";
	const startup = Buffer.alloc(8 + parameters.length);
	startup.writeUInt32BE(startup.length, 0);
	startup.writeUInt32BE(3 << 16, 4);
	startup.write(parameters, 8);
	await session.ask(startup);
	await session.pause(0.3);
	return session;
}

async function listener(bench: Bench, writes: boolean) {
	const { name, random } = bench;
	const [listener, notifier] = [await postgresLogIn(bench), await postgresLogIn(bench)];
	await listener.ask(query(`LISTEN "${name}"`));
	const [length, row] = [drawLength(random, 20, 800), drawLength(random, 20, 300)];
	const scripts = [
		listener.drain(),
		notifier.drain(),
		notifier.every(drawRhythm(random, 1, 30), () => query(`NOTIFY "${name}", '${text(length())}'`)),
	];
	if (writes)
		scripts.push(listener.every(drawRhythm(random, 2, 40), () => query(`DO $$BEGIN PERFORM '${text(row())}'; END$$`)));
	else if (random.chance(0.5)) scripts.push(listener.every(drawRhythm(random, 10, 60), () => query("SELECT 1")));
	await together(...scripts);
}

async function queries(bench: Bench, sql: string) {
	const session = await postgresLogIn(bench);
	await together(
		session.drain(),
		session.every(drawRhythm(bench.random, 0.7, 25), () => query(sql)),
	);
}

async function writer(bench: Bench) {
	const session = await postgresLogIn(bench);
	const length = drawLength(bench.random, 20, 500);
	await session.ask(query("CREATE TEMPORARY TABLE log (line text)"));
	await together(
		session.drain(),
		session.every(drawRhythm(bench.random, 0.7, 25), () => query(`INSERT INTO log VALUES ('${text(length())}')`)),
	);
}

/** MariaDB (client/server protocol 4.1): health checks, polls and writes of a connection pool. */
export const MARIADB: Service = {
	name: "mariadb",
	daemon: {
		port: 13_306,
		prepare:
			"mariadb-install-db --no-defaults --datadir=$DIR/data --tmpdir=$DIR --skip-test-db >/dev/null && chown -R mysql $DIR",
		command:
			"exec mariadbd --no-defaults --user=mysql --datadir=$DIR/data --tmpdir=$DIR --port=13306 --bind-address=127.0.0.1 --socket=$DIR/socket --skip-grant-tables --skip-networking=0 --max-connections=400",
	},
	patterns: [
		{ name: "health check", run: (bench) => mariadb(bench, () => command(0x0e, "")) },
		{
			name: "poll",
			run: (bench) =>
				mariadb(bench, () => command(0x03, "SELECT variable_value FROM information_schema.global_status LIMIT 3")),
		},
		{ name: "writer", run: mariadbWriter },
	],
};

function command(type: number, body: string): Buffer {
	const bytes = Buffer.from(`\0\0\0\0\0${body}`);
	bytes.writeUIntLE(bytes.length - 4, 0, 3);
	bytes[4] = type;
	return bytes;
}

async function mariadb({ connect, random }: Bench, next: () => Buffer) {
	const session = await connect();
	await session.receive();
	// Capabilities: long password, protocol 4.1, secure connection, plug-in names.
	const body = Buffer.concat([
		Buffer.from([0x01, 0x82, 0x08, 0x00, 0, 0, 0, 1, 45]),
		Buffer.alloc(23),
		Buffer.from("root\0\0mysql_native_password\0"),
	]);
	const head = Buffer.from([body.length & 0xff, body.length >> 8, 0, 1]);
	await session.ask(Buffer.concat([head, body]));
	await together(session.drain(), session.every(drawRhythm(random, 0.7, 25), next));
}

async function mariadbWriter(bench: Bench) {
	const length = drawLength(bench.random, 20, 500);
	await mariadb(bench, () => command(0x03, `SET @line = '${text(length())}'`));
}

/** memcached (protocol.txt): reads and writes of a cache. */
export const MEMCACHED: Service = {
	name: "memcached",
	daemon: { port: 11_211, command: "memcached -l 127.0.0.1 -p 11211 -U 0 -u memcache" },
	patterns: [
		{
			name: "writer",
			run: (bench) => memcached(bench, (value) => `set ${bench.name} 0 0 ${value.length}\r\n${value}\r\n`),
		},
		{ name: "poll", run: (bench) => memcached(bench, () => `get ${bench.name}\r\n`) },
	],
};

async function memcached({ connect, random }: Bench, next: (value: string) => string) {
	const session = await connect();
	const length = drawLength(random, 20, 800);
	await together(
		session.drain(),
		session.every(drawRhythm(random, 0.7, 25), () => next(text(length()))),
	);
}
