import { bench, run, summary } from "mitata";
import { ClientHello } from "../src/tls/client-hello.ts";
import { ja3 } from "../src/tls/ja3.ts";
import { ja4 } from "../src/tls/ja4.ts";
import { looksLikeClientHello, parseClientHello } from "../src/tls/parse-client-hello.ts";
import { QuicHellos } from "../src/tls/quic-hellos.ts";
import { cryptoFrame, extension, helloMessage, inRecords, sealInitial } from "../src/tls/testing.ts";

// The cost of a packet without a hello, of one with a hello, of fingerprints, and of decrypting a QUIC Initial packet.

const message = helloMessage({
	ciphers: [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030],
	extensions: [
		extension.serverName("xmr-eu1.pool.example"),
		extension.groups(29, 23, 24),
		extension.protocols("h2", "http/1.1"),
		extension.signatureAlgorithms(0x0403, 0x0804, 0x0401),
		extension.versions(0x0304, 0x0303),
		extension.longKeyShare(),
	],
});
const hello = inRecords(message);
const data = Uint8Array.from({ length: 1448 }, (_, i) => (i * 7) & 0xff);
const initial = sealInitial(1, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 0, cryptoFrame(0, message.subarray(0, 1100)));
const into = new ClientHello();
const quic = new QuicHellos();

summary(() => {
	bench("a packet that is no hello", () => looksLikeClientHello(data, 0, data.length));
	bench("a hello", () => parseClientHello(hello, 0, hello.length, into));
	bench("JA3 and JA4 of a hello", () => {
		parseClientHello(hello, 0, hello.length, into);
		return ja3(into) + ja4(into, "t");
	});
	bench("a QUIC Initial packet", () => {
		const handle = quic.open();
		const result = quic.add(handle, initial, 0, initial.length, into);
		quic.close(handle);
		return result;
	});
});
await run();
