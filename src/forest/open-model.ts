import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { isModelFile, readModelFile } from "./file/model-file.ts";
import type { Model } from "./model.ts";
import { modelError } from "./model-error.ts";
import { readScikitLearn } from "./pickle/scikit-learn.ts";

/** The instruction that a pickle of protocol 2 or later begins with. */
const PICKLE_PROTOCOL = 0x80;
/** Bytes of the largest model file that is read: 1,000 trees of scikit-learn take about 20 MB. */
const MAX_FILE_SIZE = 1 << 30;

/**
 * Reads a model, a scikit-learn pickle or our own file, recognised by its content. Throws (code `model`) with a
 * one-line message.
 */
export function loadModel(bytes: Uint8Array): Model {
	if (isModelFile(bytes)) return readModelFile(bytes);
	if (bytes[0] === PICKLE_PROTOCOL) return readScikitLearn(bytes);
	throw modelError("neither a model of DeCrypto's nor a scikit-learn pickle");
}

/** Reads a model file. Throws one line that begins with `path`. */
export function openModel(path: string): Model {
	try {
		return loadModel(readWhole(path));
	} catch (error) {
		throw inContext(path, error);
	}
}

function readWhole(path: string): Uint8Array {
	const descriptor = openSync(path, "r");
	try {
		const { size } = fstatSync(descriptor);
		if (size > MAX_FILE_SIZE) throw modelError(`${size} bytes; a model has at most ${MAX_FILE_SIZE}`);
		return readFileSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
