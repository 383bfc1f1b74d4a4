import { endianness } from "node:os";
import { type Ensemble, LEAF, MAX_TREE_NODES, nodesBetween, type Tree } from "../ensemble.ts";
import { float32Threshold } from "../float32-threshold.ts";
import { modelError } from "../model-error.ts";

/**
 * The trees of a model file, column by column, every number little-endian, the bytes of a column by significance (all
 * lowest ones first), which compresses better:
 *
 *   features    u16 a node, in preorder: 0 at a leaf, else the feature + 1
 *   thresholds  f32 a split
 *   gains       f32 a split
 *   votes       f32 or f64 a leaf
 *   weights     f32 a leaf
 *
 * Preorder with marked leaves determines the shape of a tree. No child index is stored, so no index can be wrong, and a
 * tree ends with its last open subtree. Thresholds as float32 decide exactly as before ({@link float32Threshold});
 * votes that are not float32 numbers (scikit-learn's) keep all their bits.
 */
export type VoteWidth = 4 | 8;

/** f32 if it represents every vote exactly. */
export function voteWidth({ feature, value }: Ensemble): VoteWidth {
	return value.some((vote, i) => feature[i] === LEAF && Math.fround(vote) !== vote) ? 8 : 4;
}

/** Bytes of all columns; a binary tree has one leaf more than splits. */
export function columnsSize(trees: number, nodes: number, votes: VoteWidth): number {
	const leaves = (nodes + trees) / 2;
	return 2 * nodes + 8 * (nodes - leaves) + (votes + 4) * leaves;
}

export function writeColumns(ensemble: Ensemble, votes: VoteWidth): Uint8Array {
	const nodes = ensemble.feature.length;
	const splits = nodePositions(ensemble, false);
	const leaves = nodePositions(ensemble, true);
	const parts = [
		column(2, nodes, (view, at, i) => view.setUint16(at, ensemble.feature[i]! + 1, true)),
		float32Column(splits, (i) => float32Threshold(ensemble.threshold[i]!)),
		float32Column(splits, (i) => ensemble.gain[i]!),
		votes === 4
			? float32Column(leaves, (i) => ensemble.value[i]!)
			: column(8, leaves.length, (view, at, i) => view.setFloat64(at, ensemble.value[leaves[i]!]!, true)),
		float32Column(leaves, (i) => ensemble.weight[i]!),
	];
	return Buffer.concat(parts);
}

function nodePositions({ feature }: Ensemble, wantLeaves: boolean): Int32Array {
	const positions: number[] = [];
	for (let i = 0; i < feature.length; i++) if ((feature[i] === LEAF) === wantLeaves) positions.push(i);
	return Int32Array.from(positions);
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

function float32Column(positions: Int32Array, value: (i: number) => number): Uint8Array {
	const bounded = (i: number) => Math.max(-LARGEST_FLOAT32, Math.min(LARGEST_FLOAT32, value(i)));
	return column(4, positions.length, (view, at, i) => view.setFloat32(at, bounded(positions[i]!), true));
}

/** A column of `length` numbers of `width` bytes, its bytes by significance. */
function column(width: number, length: number, write: (view: DataView, at: number, i: number) => void): Uint8Array {
	const number = new DataView(new ArrayBuffer(width));
	const bytes = new Uint8Array(width * length);
	for (let i = 0; i < length; i++) {
		write(number, 0, i);
		for (let byte = 0; byte < width; byte++) bytes[byte * length + i] = number.getUint8(byte);
	}
	return bytes;
}

/** Reads the trees that {@link writeColumns} wrote. `bytes` must have {@link columnsSize} bytes. */
export function readColumns(bytes: Uint8Array, trees: number, nodes: number, votes: VoteWidth): Tree[] {
	const leaves = (nodes + trees) / 2;
	const reader = new ColumnReader(bytes);
	const features = new Uint16Array(reader.next(2, nodes));
	const thresholds = new Float32Array(reader.next(4, nodes - leaves));
	const gains = new Float32Array(reader.next(4, nodes - leaves));
	const votesOfLeaves = reader.next(votes, leaves);
	const voteOfLeaf = votes === 4 ? new Float32Array(votesOfLeaves) : new Float64Array(votesOfLeaves);
	const weights = new Float32Array(reader.next(4, leaves));
	const all = emptyTree(nodes);
	const result: Tree[] = [];
	let split = 0;
	let leaf = 0;
	for (let root = 0; result.length < trees; ) {
		const end = readShape(features, root, result.length, all.right);
		for (let i = root; i < end; i++) {
			const feature = features[i]! - 1;
			all.feature[i] = feature < 0 ? LEAF : feature;
			if (feature < 0) {
				if (leaf === leaves) throw modelError("more leaves than it says");
				all.value[i] = voteOfLeaf[leaf]!;
				all.weight[i] = weights[leaf++]!;
			} else {
				all.threshold[i] = thresholds[split]!;
				all.gain[i] = gains[split++]!;
			}
		}
		result.push(nodesBetween(all, root, end));
		root = end;
	}
	if (split + leaf !== nodes) throw modelError(`${nodes - split - leaf} nodes after the last tree`);
	return result;
}

/** Writes the right child of each split of the tree at `root`, relative to `root`. Returns the index after the tree. */
function readShape(features: Uint16Array, root: number, t: number, right: Int32Array): number {
	const open: number[] = [];
	for (let i = root; i < features.length; i++) {
		if (i - root >= MAX_TREE_NODES) throw modelError(`tree ${t}: more than ${MAX_TREE_NODES} nodes`);
		if (features[i]! > 0) open.push(i);
		else {
			const split = open.pop();
			if (split === undefined) return i + 1;
			right[split] = i + 1 - root;
		}
	}
	throw modelError(`tree ${t}: ends before its last child`);
}

function emptyTree(size: number): Tree {
	return {
		feature: new Int16Array(size),
		threshold: new Float64Array(size),
		right: new Int32Array(size),
		value: new Float64Array(size),
		weight: new Float64Array(size),
		gain: new Float64Array(size),
	};
}

class ColumnReader {
	readonly #bytes: Uint8Array;
	#offset = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	/** The next `length` numbers of `width` bytes, each as this machine has it in memory. */
	next(width: number, length: number): ArrayBuffer {
		const numbers = new Uint8Array(width * length);
		const offset = this.#offset;
		for (let byte = 0; byte < width; byte++) {
			const place = endianness() === "LE" ? byte : width - 1 - byte;
			for (let i = 0; i < length; i++) numbers[i * width + place] = this.#bytes[offset + byte * length + i]!;
		}
		this.#offset += width * length;
		return numbers.buffer;
	}
}
