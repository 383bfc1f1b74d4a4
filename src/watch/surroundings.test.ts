import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultControlSocket, stateDirectory } from "./surroundings.ts";

test("directories are those of systemd, else the usual ones of the system or the user", () => {
	const at = (isRoot: boolean, environment: Record<string, string>) => {
		const places = { isRoot, environment };
		return [stateDirectory(places), defaultControlSocket(places)];
	};
	const systemd = { STATE_DIRECTORY: "/var/lib/a:/var/lib/b", RUNTIME_DIRECTORY: "/run/a" };
	assert.deepEqual(at(false, systemd), ["/var/lib/a", "/run/a/control.sock"]);
	assert.deepEqual(at(true, {}), ["/var/lib/decrypto", "/run/decrypto/control.sock"]);
	assert.deepEqual(at(false, { HOME: "/home/jd", XDG_RUNTIME_DIR: "/run/user/1" }), [
		"/home/jd/.local/state/decrypto",
		"/run/user/1/decrypto/control.sock",
	]);
	assert.deepEqual(at(false, { XDG_STATE_HOME: "/s" }), ["/s/decrypto", "/s/decrypto/control.sock"]);
});
