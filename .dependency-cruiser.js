// The arrows of the house (CONTRIBUTING.md): who may import whom. Data runs one way.
const mayImport = {
	bytes: [],
	flow: ["bytes"],
	capture: ["bytes"],
	tls: ["bytes"],
	dns: ["bytes"],
	meter: ["capture", "tls", "dns", "flow", "bytes"],
	nemea: ["flow", "bytes"],
	ipfix: ["flow", "bytes"],
	netflow: ["ipfix", "capture", "flow", "bytes"],
	csv: ["flow", "bytes"],
	logs: ["flow", "dns", "mining", "bytes"],
	mining: ["bytes"],
	forest: ["bytes"],
	detect: ["flow", "mining", "forest", "bytes"],
	input: ["capture", "meter", "nemea", "ipfix", "netflow", "csv", "logs", "bus", "dns", "mining", "flow", "bytes"],
	report: ["detect", "mining", "flow", "incident", "nemea", "ipfix", "csv", "capture", "bytes"],
	output: ["report", "evaluate", "detect", "nemea", "ipfix", "csv", "capture", "flow", "bytes"],
	run: ["input", "detect", "report", "incident", "forest", "pool", "mining", "meter", "capture", "flow", "bytes"],
	incident: ["detect", "mining", "flow", "bytes"],
	store: ["incident", "bytes"],
	notify: ["incident", "store", "nemea", "flow", "bytes"],
	bus: ["flow", "ipfix", "incident", "detect", "bytes"],
	server: ["store", "incident", "notify", "bytes"],
	evaluate: ["detect", "forest", "report/page", "flow", "bytes"],
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
		{
			name: "the-web-ui-knows-pages-and-types-of-the-api",
			severity: "error",
			from: { path: "^web/", pathNot: "\\.(test|testing)\\.ts$" },
			to: {
				path: "^(src|lab|bench|scripts)/",
				pathNot: "^src/(report/(page/|quantities\\.ts)|incident/incident\\.ts|server/api-types\\.ts)",
			},
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
