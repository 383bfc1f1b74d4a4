import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { ClientHello, protocolsOf, serverNameOf } from "../../src/tls/client-hello.ts";
import { valuesOf } from "../../src/tls/hello-values.ts";
import { parseClientHello } from "../../src/tls/parse-client-hello.ts";
import { certificateChain } from "../certificate.ts";
import type { Conversation } from "../conversation.ts";
import { ordinaryMining } from "../protocols/mining-parameters.ts";
import { moneroLogin } from "../protocols/xmrig.ts";
import { Random } from "../random.ts";
import { insideTls, type TlsOptions } from "./tls-session.ts";

const NAME = "xmr-eu1.pool.example";
const certificate = certificateChain(NAME);
const plain = (tls: NonNullable<Conversation["tls"]>) =>
	moneroLogin(new Random(4), { ...ordinaryMining, duration: 200, shareInterval: 10, tls });
const sealed = (tls: NonNullable<Conversation["tls"]>, more: Partial<TlsOptions> = {}) =>
	insideTls(plain(tls), { certificate, ...more });
const into = new ClientHello();

function helloOf({ messages }: Conversation): ClientHello {
	const { bytes } = messages[0]!;
	assert.equal(parseClientHello(bytes!, 0, bytes!.length, into), "complete");
	return into;
}

describe("a conversation inside TLS", () => {
	it("begins with a ClientHello that carries the server name and the protocols it was told", async () => {
		const hello = helloOf(await sealed({ version: "TLSv1.3", serverName: NAME }, { protocols: ["http/1.1"] }));
		assert.equal(serverNameOf(hello), NAME);
		assert.deepEqual(protocolsOf(hello), ["http/1.1"]);
		assert.ok(valuesOf(hello, hello.versions).includes(0x0304));
	});

	it("carries no server name where the script has none, as XMRig does", async () => {
		for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
			const hello = helloOf(await sealed({ version }));
			assert.equal(hello.hasServerName, false);
			assert.deepEqual(protocolsOf(hello), []);
		}
	});

	it("has a hello longer than a segment where the key share is post-quantum", async () => {
		const { messages } = await sealed({ version: "TLSv1.3", serverName: NAME }, { groups: "X25519MLKEM768:X25519" });
		assert.ok(messages[0]!.length > 1400);
	});

	it("shows none of the plain text, and a record for each of the script's writes at its time", async () => {
		for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
			const script = plain({ version });
			const { messages } = await insideTls(script, { certificate });
			const overhead = version === "TLSv1.3" ? 22 : 29;
			const handshake = (version === "TLSv1.3" ? 2 : 4) * ordinaryMining.latency;
			for (const { at, from, length } of script.messages) {
				const record = messages.find(
					(message) => Math.abs(message.at - at - handshake) < 1e-9 && message.length === length + overhead,
				);
				assert.equal(record?.from, from, `${version}: ${length} bytes at ${at}`);
				assert.equal(record?.bytes?.[0], 23);
			}
			const all = Buffer.concat(messages.map(({ bytes }) => bytes!)).toString("latin1");
			assert.doesNotMatch(all, /login|jsonrpc|Void/);
			assert.equal(messages.at(-1)!.at, handshake + script.closesAt);
		}
	});

	it("has the same times and lengths each time, whatever the randomness of TLS", async () => {
		const shape = ({ messages }: Conversation) => messages.map(({ at, from, length }) => [at, from, length]);
		for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
			assert.deepEqual(shape(await sealed({ version })), shape(await sealed({ version })));
		}
	});

	it("is refused where the script has no TLS", async () => {
		const { tls: _, ...without } = plain({ version: "TLSv1.3" });
		await assert.rejects(insideTls(without, { certificate }), /not a conversation inside TLS/);
	});
});

describe("the laboratory's certificates", () => {
	it("name their server and are signed by the authority that comes with them", () => {
		const [server, authority] = certificate.certificate
			.split(/(?<=-----END CERTIFICATE-----\n)/)
			.map((pem) => new X509Certificate(pem)) as [X509Certificate, X509Certificate];
		assert.equal(server.checkHost(NAME), NAME);
		assert.equal(server.checkHost("other.example"), undefined);
		assert.ok(server.verify(authority.publicKey));
		assert.ok(authority.verify(authority.publicKey));
		assert.ok(authority.ca);
		assert.ok(server.checkIssued(authority));
		assert.ok(Date.parse(server.validTo) > Date.parse(server.validFrom));
	});
});
