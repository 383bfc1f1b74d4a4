/** Pickles built byte by byte, for the layouts of which no file is at hand. For tests. */

export type Pickled = Uint8Array;

const latin1 = (text: string) => Buffer.from(text, "latin1");

export function int(value: number): Pickled {
	const bytes = Buffer.alloc(5, "J");
	bytes.writeInt32LE(value, 1);
	return bytes;
}

export function float(value: number): Pickled {
	const bytes = Buffer.alloc(9, "G");
	bytes.writeDoubleBE(value, 1);
	return bytes;
}

export function text(value: string): Pickled {
	const content = Buffer.from(value, "utf8");
	const head = Buffer.alloc(5, "X");
	head.writeUInt32LE(content.length, 1);
	return Buffer.concat([head, content]);
}

export function bytes(content: Uint8Array): Pickled {
	const head = Buffer.alloc(5, "B");
	head.writeUInt32LE(content.length, 1);
	return Buffer.concat([head, content]);
}

export const none = latin1("N");
export const no = latin1("\x89");
export const yes = latin1("\x88");

export function global(module: string, name: string): Pickled {
	return latin1(`c${module}\n${name}\n`);
}

export function tuple(...items: readonly Pickled[]): Pickled {
	return Buffer.concat([latin1("("), ...items, latin1("t")]);
}

export function list(...items: readonly Pickled[]): Pickled {
	return Buffer.concat([latin1("]("), ...items, latin1("e")]);
}

export function dict(entries: Readonly<Record<string, Pickled>>): Pickled {
	const items = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
	return Buffer.concat([latin1("}("), ...items, latin1("u")]);
}

export function reduce(callable: Pickled, ...args: readonly Pickled[]): Pickled {
	return Buffer.concat([callable, tuple(...args), latin1("R")]);
}

export function object(cls: Pickled, state: Pickled): Pickled {
	return Buffer.concat([cls, latin1(")\x81"), state, latin1("b")]);
}

export function build(made: Pickled, state: Pickled): Pickled {
	return Buffer.concat([made, state, latin1("b")]);
}

export function pickle(value: Pickled, protocol = 4): Pickled {
	return Buffer.concat([Buffer.of(0x80, protocol), value, latin1(".")]);
}

export function dtype(code: string, order = "<"): Pickled {
	const made = reduce(global("numpy", "dtype"), text(code), no, yes);
	return build(made, tuple(int(3), text(order), none, none, none, int(-1), int(-1), int(0)));
}

/** A record type: fields as `[name, type, offset]`. */
export function recordType(size: number, fields: readonly (readonly [string, Pickled, number])[]): Pickled {
	const made = reduce(global("numpy", "dtype"), text(`V${size}`), no, yes);
	const names = tuple(...fields.map(([name]) => text(name)));
	const places = dict(Object.fromEntries(fields.map(([name, type, offset]) => [name, tuple(type, int(offset))])));
	return build(made, tuple(int(3), text("|"), none, names, places, int(size), int(1), int(16)));
}

/** An array as numpy < 2 (`core`) or numpy >= 2 (`_core`) pickles it. */
export function array(shape: readonly number[], type: Pickled, data: Pickled, core = "core"): Pickled {
	const made = reduce(
		global(`numpy.${core}.multiarray`, "_reconstruct"),
		global("numpy", "ndarray"),
		tuple(int(0)),
		bytes(latin1("b")),
	);
	return build(made, tuple(int(1), tuple(...shape.map(int)), type, no, data));
}

export interface PickledNode {
	readonly left: number;
	readonly right: number;
	readonly feature: number;
	readonly threshold: number;
	/** Weights of the classes, or their fractions. */
	readonly value: readonly [number, number];
}

export interface ForestLayout {
	readonly version: string;
	/** Since scikit-learn 1.3: 64 bytes a node, one of them `missing_go_to_left`. */
	readonly missing: boolean;
	readonly core?: string;
	readonly bigEndian?: boolean;
	readonly featureNames?: readonly string[];
	readonly featureCount?: number;
	readonly classes?: readonly string[];
	/** More of the forest's state, `random_state` for example. */
	readonly more?: Readonly<Record<string, Pickled>>;
}

/** A RandomForestClassifier of the given trees in the given layout. */
export function forest(trees: readonly (readonly PickledNode[])[], layout: ForestLayout): Pickled {
	const state = {
		_sklearn_version: text(layout.version),
		n_features_in_: int(layout.featureCount ?? 12),
		n_outputs_: int(1),
		classes_: classes(layout),
		estimators_: list(...trees.map((nodes) => decisionTree(nodes, layout))),
		...(layout.featureNames && { feature_names_in_: objects(layout.featureNames, layout) }),
		...layout.more,
	};
	return pickle(object(global("sklearn.ensemble._forest", "RandomForestClassifier"), dict(state)));
}

function classes(layout: ForestLayout): Pickled {
	if (layout.classes) return objects(layout.classes, layout);
	const data = Buffer.alloc(16);
	data[8] = 1;
	return array([2], dtype("i8"), bytes(data), layout.core);
}

function objects(names: readonly string[], layout: ForestLayout): Pickled {
	return array([names.length], dtype("O8", "|"), list(...names.map(text)), layout.core);
}

export function decisionTree(nodes: readonly PickledNode[], layout: ForestLayout): Pickled {
	const order = layout.bigEndian ? ">" : "<";
	const size = layout.missing ? 64 : 56;
	const records = Buffer.alloc(nodes.length * size);
	const values = Buffer.alloc(nodes.length * 16);
	const view = new DataView(records.buffer, records.byteOffset, records.length);
	const valueView = new DataView(values.buffer, values.byteOffset, values.length);
	const little = !layout.bigEndian;
	nodes.forEach((node, i) => {
		view.setBigInt64(i * size, BigInt(node.left), little);
		view.setBigInt64(i * size + 8, BigInt(node.right), little);
		view.setBigInt64(i * size + 16, BigInt(node.feature), little);
		view.setFloat64(i * size + 24, node.threshold, little);
		view.setFloat64(i * size + 32, giniImpurity(node.value), little);
		view.setBigInt64(i * size + 40, 10n, little);
		view.setFloat64(i * size + 48, node.left < 0 ? 5 : 10, little);
		if (layout.missing) view.setUint8(i * size + 56, 1);
		valueView.setFloat64(i * 16, node.value[0], little);
		valueView.setFloat64(i * 16 + 8, node.value[1], little);
	});
	const type = recordType(size, [
		["left_child", dtype("i8", order), 0],
		["right_child", dtype("i8", order), 8],
		["feature", dtype("i8", order), 16],
		["threshold", dtype("f8", order), 24],
		["impurity", dtype("f8", order), 32],
		["n_node_samples", dtype("i8", order), 40],
		["weighted_n_node_samples", dtype("f8", order), 48],
		...(layout.missing ? [["missing_go_to_left", dtype("u1", "|"), 56] as const] : []),
	]);
	const tree = build(
		reduce(
			global("sklearn.tree._tree", "Tree"),
			int(layout.featureCount ?? 12),
			array([1], dtype("i8"), bytes(Buffer.of(2, 0, 0, 0, 0, 0, 0, 0)), layout.core),
			int(1),
		),
		dict({
			max_depth: int(1),
			node_count: int(nodes.length),
			nodes: array([nodes.length], type, bytes(records), layout.core),
			values: array([nodes.length, 1, 2], dtype("f8", order), bytes(values), layout.core),
		}),
	);
	return object(global("sklearn.tree._classes", "DecisionTreeClassifier"), dict({ tree_: tree }));
}

function giniImpurity([a, b]: readonly [number, number]): number {
	return (2 * a * b) / (a + b) ** 2 || 0;
}
