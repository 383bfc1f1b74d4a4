// The arrows of the house (CONTRIBUTING.md): who may import whom. Data runs one way.
const mayImport = {
	bytes: [],
	flow: ["bytes"],
	capture: ["bytes"],
	tls: ["bytes"],
	meter: ["capture", "tls", "flow", "bytes"],
	nemea: ["flow", "bytes"],
	ipfix: ["flow", "bytes"],
	csv: ["flow", "bytes"],
	mining: ["bytes"],
	forest: ["bytes"],
	detect: ["flow", "mining", "forest", "bytes"],
	report: ["detect", "mining", "flow", "nemea", "ipfix", "csv", "capture", "bytes"],
	evaluate: ["detect", "forest", "flow", "bytes"],
	pool: ["mining", "flow", "bytes"],
};

const arrows = Object.entries(mayImport).map(([room, others]) => ({
	name: `${room}-imports-only-what-it-may`,
	severity: "error",
	from: { path: `^src/${room}/`, pathNot: "\\.test\\.ts$" },
	to: { path: "^(src|lab|bench)/", pathNot: `^src/(${[room, ...others].join("|")})/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
	forbidden: [
		{ name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
		{
			name: "src-knows-nothing-of-lab-and-bench",
			severity: "error",
			from: { path: "^src/", pathNot: "\\.test\\.ts$" },
			to: { path: "^(lab|bench)/" },
		},
		{
			name: "nobody-imports-the-command-line",
			severity: "error",
			from: { pathNot: "^src/cli/" },
			to: { path: "^src/cli/" },
		},
		...arrows,
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: "tsconfig.json" },
		doNotFollow: { path: "node_modules" },
		// What benchmarks build and write.
		exclude: { path: "^bench/\\.data/" },
		enhancedResolveOptions: {
			extensions: [".ts", ".js"],
			exportsFields: ["exports"],
			conditionNames: ["import", "node"],
		},
	},
};
