import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with the key that belongs to it, both PEM. */
export interface Certificate {
	readonly certificate: string;
	readonly key: string;
}

/** Contents of a certificate. */
export interface CertificateSubject {
	readonly name: string;
	readonly issuer: string;
	/** Key that signs; the certificate's own when absent. */
	readonly issuerKey?: string;
	readonly serial: number;
	/** Whether it may sign others. */
	readonly authority?: boolean;
}

/** A new RSA key of 2,048 bits, PEM: its signatures have a fixed length, so that handshakes also have one. */
export function newKey(): string {
	const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Writes an X.509 certificate, version 3 (RFC 5280, 4.1), for `key`, signed with SHA-256 and RSA. */
export function certify(key: string, subject: CertificateSubject): Certificate {
	const privateKey = createPrivateKey(key);
	const algorithm = sequence(OID.sha256WithRsa, NULL);
	const body = sequence(
		context(0, integer(2)),
		integer(subject.serial),
		algorithm,
		commonName(subject.issuer),
		sequence(utcTime("250101000000Z"), utcTime("351231235959Z")),
		commonName(subject.name),
		publicKeyInfo(privateKey),
		context(3, sequence(...extensionsOf(subject))),
	);
	const signature = sign("sha256", body, subject.issuerKey ?? key);
	const der = sequence(body, algorithm, bitString(signature));
	const lines = der
		.toString("base64")
		.match(/.{1,64}/g)
		?.join("\n");
	return { certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key };
}

/** A server's certificate and the one of the authority that signed it, as servers send them. */
export function certificateChain(serverName: string): Certificate {
	const authorityKey = newKey();
	const authority = { name: "Laboratory Authority", issuer: "Laboratory Authority", serial: 1, authority: true };
	const server = certify(newKey(), {
		name: serverName,
		issuer: authority.name,
		issuerKey: authorityKey,
		serial: 0x10f2c7,
	});
	return { certificate: server.certificate + certify(authorityKey, authority).certificate, key: server.key };
}

function extensionsOf(subject: CertificateSubject): Buffer[] {
	if (subject.authority) return [extension(OID.basicConstraints, sequence(boolean(true)), true)];
	const name = tagged(0x82, Buffer.from(subject.name));
	return [extension(OID.basicConstraints, sequence(), true), extension(OID.subjectAlternativeName, sequence(name))];
}

/** DER (ITU-T X.690): tag, length, content. */
function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const content = Buffer.concat(contents);
	return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
	if (length < 0x80) return [length];
	return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function integer(value: number): Buffer {
	const bytes: number[] = [];
	for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
	return tagged(0x02, Buffer.from(bytes[0]! & 0x80 ? [0, ...bytes] : bytes));
}

function extension(oid: Buffer, value: Buffer, critical = false): Buffer {
	return sequence(oid, ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

function commonName(name: string): Buffer {
	return sequence(tagged(0x31, sequence(OID.commonName, tagged(0x0c, Buffer.from(name)))));
}

function publicKeyInfo(privateKey: KeyObject): Buffer {
	const { n, e } = privateKey.export({ format: "jwk" });
	const number = (text: string | undefined) => {
		const bytes = Buffer.from(text ?? "", "base64url");
		return tagged(0x02, bytes[0]! & 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes);
	};
	return sequence(sequence(OID.rsa, NULL), bitString(sequence(number(n), number(e))));
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
	return tagged(0x30, ...contents);
}

function context(number: number, content: Uint8Array): Buffer {
	return tagged(0xa0 | number, content);
}

function boolean(value: boolean): Buffer {
	return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function bitString(bytes: Uint8Array): Buffer {
	return tagged(0x03, Buffer.from([0]), bytes);
}

function utcTime(text: string): Buffer {
	return tagged(0x17, Buffer.from(text));
}

const NULL = Buffer.from([0x05, 0x00]);
const oid = (hex: string) => tagged(0x06, Buffer.from(hex, "hex"));
const OID = {
	commonName: oid("550403"),
	basicConstraints: oid("551d13"),
	subjectAlternativeName: oid("551d11"),
	rsa: oid("2a864886f70d010101"),
	sha256WithRsa: oid("2a864886f70d01010b"),
};
