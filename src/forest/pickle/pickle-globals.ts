/**
 * Every class and function that a scikit-learn forest needs to name, and no other. numpy moved `core` to `_core` in
 * 2.0, and pickles arrays through `_reconstruct` (protocols 2–4) or `_frombuffer` (5); bytes travel as
 * `_codecs.encode(text, "latin1")` in protocol 2; a `random_state` given as a generator is carried along and ignored.
 */
export const PICKLE_GLOBALS: ReadonlySet<string> = new Set([
	"sklearn.ensemble._forest.RandomForestClassifier",
	"sklearn.ensemble._forest.ExtraTreesClassifier",
	"sklearn.tree._classes.DecisionTreeClassifier",
	"sklearn.tree._classes.ExtraTreeClassifier",
	"sklearn.tree._tree.Tree",
	"numpy.ndarray",
	"numpy.dtype",
	"numpy.core.multiarray._reconstruct",
	"numpy.core.multiarray.scalar",
	"numpy.core.numeric._frombuffer",
	"numpy._core.multiarray._reconstruct",
	"numpy._core.multiarray.scalar",
	"numpy._core.numeric._frombuffer",
	"numpy.random._pickle.__randomstate_ctor",
	"numpy.random._pickle.__bit_generator_ctor",
	"numpy.random._mt19937.MT19937",
	"_codecs.encode",
]);
