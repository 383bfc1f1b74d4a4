import { type Ensemble, ensembleOf, type Tree } from "../ensemble.ts";
import { type Model, minerClass } from "../model.ts";
import { modelError } from "../model-error.ts";
import { inPreorder } from "../preorder.ts";
import { arrayOf, integerOf, labelsOf, numbersOf } from "./numpy-arrays.ts";
import { PickleDict, PickleObject } from "./pickle-values.ts";
import { readPickle } from "./read-pickle.ts";

/** The features of the original DeCrypto, in its order: the features of a model with 12 features and no names. */
export const ORIGINAL_FEATURES: readonly string[] = [
	"BYTES",
	"BYTES_REV",
	"PACKETS",
	"PACKETS_REV",
	"SENT_PERCENTAGE",
	"RECV_PERCENTAGE",
	"AVG_PKT_INTERVAL",
	"OVERALL_DURATION",
	"AVG_PKT_LEN",
	"PSH_RATIO",
	"MIN_PKT_LEN",
	"DATA_SYMMETRY",
];

const FORESTS = new Set([
	"sklearn.ensemble._forest.RandomForestClassifier",
	"sklearn.ensemble._forest.ExtraTreesClassifier",
]);
const TREES = new Set(["sklearn.tree._classes.DecisionTreeClassifier", "sklearn.tree._classes.ExtraTreeClassifier"]);

/**
 * The model in a scikit-learn pickle: a forest, or one tree, of two classes, one of which is called `1` or `Miner`.
 * Written for the layouts of scikit-learn 0.24 to 1.7; executes nothing. Throws (code `model`) one line.
 */
export function readScikitLearn(bytes: Uint8Array): Model {
	const estimator = readPickle(bytes);
	if (!(estimator instanceof PickleObject) || !(estimator.state instanceof PickleDict)) {
		throw modelError("pickle: contains no forest");
	}
	const { made, state } = estimator;
	if (!FORESTS.has(made) && !TREES.has(made)) throw modelError(`pickle: contains a ${made}, not a forest`);
	const name = made.slice(made.lastIndexOf(".") + 1);
	const version = versionOf(state);
	const classes = labelsOf(state.get("classes_"), "classes_");
	const miner = minerClass(classes);
	if (miner < 0) {
		throw modelError(`pickle: classes ${shown(classes)}, where two are needed, one of them called 1 or Miner`);
	}
	const featureCount = integerOf(state.get("n_features_in_") ?? state.get("n_features_"), "n_features_in_");
	const featureNames = featureNamesOf(state, featureCount);
	const members = FORESTS.has(made) ? state.get("estimators_") : [estimator];
	if (!Array.isArray(members)) throw modelError("pickle: estimators_ is no list");
	const trees = members.map((member, t) => treeOf(member, { t, miner, featureCount, version }));
	const ensemble: Ensemble = ensembleOf("forest", 0, featureCount, trees);
	const origin = `scikit-learn ${version.text} ${name}`;
	return { featureNames, classes, ensemble, card: { name, origin, parameters: parametersOf(state) } };
}

interface Version {
	readonly text: string;
	/** Since 1.4 `value` holds the fractions of the classes, before that their weights. */
	readonly fractions: boolean;
}

function versionOf(state: PickleDict): Version {
	const text = state.get("_sklearn_version");
	const match = typeof text === "string" ? /^(\d{1,3})\.(\d{1,3})[\w.+-]{0,40}$/.exec(text) : null;
	if (match === null) throw modelError("pickle: does not say which scikit-learn wrote it");
	const [major, minor] = [Number(match[1]), Number(match[2])];
	if (major === 0 && minor < 24) throw modelError(`pickle: of scikit-learn ${text}; 0.24 and later can be read`);
	return { text: match[0], fractions: major > 1 || (major === 1 && minor >= 4) };
}

function featureNamesOf(state: PickleDict, count: number): readonly string[] {
	const names = state.get("feature_names_in_");
	if (names !== undefined) {
		const read = labelsOf(names, "feature_names_in_");
		if (read.length !== count || new Set(read).size !== count) {
			throw modelError(`pickle: ${read.length} feature names for ${count} features`);
		}
		return read;
	}
	if (count === ORIGINAL_FEATURES.length) return ORIGINAL_FEATURES;
	throw modelError(
		`pickle: ${count} features without names; without names it must be the original's ${ORIGINAL_FEATURES.length}`,
		{ featureCount: count },
	);
}

interface TreeContext {
	readonly t: number;
	readonly miner: number;
	readonly featureCount: number;
	readonly version: Version;
}

function treeOf(member: unknown, { t, miner, featureCount, version }: TreeContext): Tree {
	const what = `pickle: tree ${t}`;
	if (!(member instanceof PickleObject) || !TREES.has(member.made) || !(member.state instanceof PickleDict)) {
		throw modelError(`${what}: not a decision tree`);
	}
	const tree = member.state.get("tree_");
	if (!(tree instanceof PickleObject) || !tree.made.endsWith("._tree.Tree") || !(tree.state instanceof PickleDict)) {
		throw modelError(`${what}: was never fitted`);
	}
	const [features, , outputs] = tree.args;
	if (integerOf(features, what) !== featureCount) throw modelError(`${what}: of ${features} features`);
	if (integerOf(outputs, what) !== 1) throw modelError(`${what}: several outputs`);
	const nodes = arrayOf(tree.state.get("nodes"), what);
	const values = arrayOf(tree.state.get("values"), what);
	const [valueNodes, valueOutputs, valueClasses] = values.shape;
	if (valueNodes !== nodes.length || valueOutputs !== 1 || valueClasses !== 2 || values.shape.length !== 3) {
		throw modelError(`${what}: values of shape ${values.shape.join(" × ")} for ${nodes.length} nodes`);
	}
	const column = (field: string) => numbersOf(nodes, what, field);
	const left = column("left_child");
	const right = column("right_child");
	const weight = column("weighted_n_node_samples");
	return inPreorder(
		{
			left,
			right,
			feature: column("feature"),
			threshold: column("threshold"),
			value: minerShares(numbersOf(values, what), miner, version.fractions),
			weight,
			gain: impurityDecreases(left, right, weight, column("impurity")),
		},
		what,
	);
}

/**
 * A node's probability of mining. Until 1.3 `predict_proba` divides the leaf's weights by their sum, an all-zero leaf
 * by 1; since 1.4 the fractions stand in the file and are taken as they are. The same division, so the same bits.
 */
function minerShares(values: Float64Array, miner: number, fractions: boolean): Float64Array {
	const shares = new Float64Array(values.length / 2);
	for (let i = 0; i < shares.length; i++) {
		const mining = values[2 * i + miner]!;
		shares[i] = fractions ? mining : mining / (mining + values[2 * i + 1 - miner]! || 1);
	}
	return shares;
}

/** What scikit-learn's importances add up: weighted decrease of impurity at each split, as a share of the root's weight. */
function impurityDecreases(
	left: Float64Array,
	right: Float64Array,
	weight: Float64Array,
	impurity: Float64Array,
): Float64Array {
	const rootWeight = weight[0]! || 1;
	return left.map((a, i) => {
		const b = right[i]!;
		if (!(a >= 0 && b >= 0 && a < left.length && b < left.length)) return 0;
		return (weight[i]! * impurity[i]! - weight[a]! * impurity[a]! - weight[b]! * impurity[b]!) / rootWeight;
	});
}

const PARAMETERS = [
	"n_estimators",
	"criterion",
	"max_depth",
	"min_samples_split",
	"min_samples_leaf",
	"max_features",
	"bootstrap",
];

function parametersOf(state: PickleDict): Record<string, string | number | boolean | null> {
	const parameters: Record<string, string | number | boolean | null> = {};
	for (const name of PARAMETERS) {
		const value = state.get(name);
		if (value === null || typeof value === "number" || typeof value === "boolean") parameters[name] = value;
		else if (typeof value === "string" && value.length <= 40) parameters[name] = value;
	}
	return parameters;
}

function shown(classes: readonly string[]): string {
	const some = classes.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 20)));
	return some.join(", ") + (classes.length > 5 ? ", …" : "");
}
