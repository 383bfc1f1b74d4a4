import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileHashes, hashesByName, trainingFileWarnings } from "./training-files.ts";

test("a model that is evaluated on a file of its training data is warned about, under whatever name", async () => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-training-"));
	try {
		const [trained, copy, other] = ["trained.csv", "copy.csv", "other.csv"].map((name) => join(folder, name));
		writeFileSync(trained!, "LABEL\nMiner\n");
		writeFileSync(copy!, "LABEL\nMiner\n");
		writeFileSync(other!, "LABEL\nOther\n");
		const card = {
			name: "m",
			origin: "test",
			sources: [{ name: "trained.csv", licence: "", miners: 1, others: 0, sha256: await fileHashes([trained!]) }],
			quality: [{ measure: "recall", value: 0.5, on: "flows kept out" }],
		};
		const [warning, ...more] = trainingFileWarnings(await hashesByName([copy!, other!]), card, "m.model");
		assert.match(warning!, /^m\.model was trained on copy\.csv: .* kept out of training: recall 0\.5000$/);
		assert.equal(more.length, 0);
		assert.deepEqual(trainingFileWarnings(await hashesByName([other!]), card, "m.model"), []);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("what is not a file has no hash", async () => {
	assert.deepEqual(await fileHashes(["/dev/null", "u:socket", tmpdir()]), []);
});
