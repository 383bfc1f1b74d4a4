/** An HTTP/1.1 request or response as text: start line, header fields with Content-Length, and body. */
export function httpMessage(start: string, fields: readonly (readonly [string, string])[], body = ""): string {
	const length: (readonly [string, string])[] =
		body === "" ? [] : [["Content-Length", String(Buffer.byteLength(body))]];
	const head = [...fields, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join("");
	return `${start}\r\n${head}\r\n${body}`;
}
