/** One part of the documentation, in the order in which it is read (https://diataxis.fr: the four kinds of pages). */
interface Part {
	readonly text: string;
	readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Every page of docs/ stands here once: the build checks it. */
export const sidebar: Part[] = [
	{
		text: "Tutorial",
		items: [{ text: "The first incident in ten minutes", link: "/tutorial" }],
	},
	{
		text: "How-to guides",
		items: [
			{ text: "One capture", link: "/how-to-capture" },
			{ text: "A university with IPFIX", link: "/how-to-university-ipfix" },
			{ text: "Zeek and Suricata sensors", link: "/how-to-zeek-suricata" },
			{ text: "NEMEA", link: "/how-to-nemea" },
			{ text: "Kubernetes and clouds", link: "/how-to-kubernetes-cloud" },
			{ text: "Training on your own flows", link: "/how-to-train" },
			{ text: "Fewer false alarms", link: "/how-to-tune" },
			{ text: "Operating the daemon", link: "/operations" },
			{ text: "Web UI", link: "/web-ui" },
			{ text: "Incident report", link: "/incident-report" },
			{ text: "Beyond one machine", link: "/scale" },
		],
	},
	{
		text: "Reference",
		items: [
			{ text: "Commands", link: "/commands" },
			{ text: "Inputs", link: "/inputs" },
			{ text: "Outputs", link: "/output" },
			{ text: "Evidence", link: "/evidence" },
			{ text: "Configuration", link: "/configuration" },
			{ text: "Notifications", link: "/notifications" },
			{ text: "HTTP API", link: "/api" },
			{ text: "Metrics", link: "/metrics" },
			{ text: "Flow files", link: "/flow-files" },
			{ text: "IPFIX", link: "/ipfix" },
			{ text: "NEMEA module", link: "/nemea" },
			{ text: "Mining protocols", link: "/protocols" },
			{ text: "Server names", link: "/server-names" },
			{ text: "Mining pools", link: "/pools" },
			{ text: "Metering", link: "/metering" },
			{ text: "Models", link: "/models" },
			{ text: "Features", link: "/features" },
			{ text: "Evaluation", link: "/evaluation" },
			{ text: "Library", link: "/library" },
			{ text: "Library of NEMEA interfaces", link: "/nemea-api" },
			{ text: "API of both libraries", link: "/reference/" },
			{ text: "Model card", link: "/model-card" },
			{ text: "Samples", link: "/samples" },
			{ text: "Glossary", link: "/glossary" },
			{ text: "Changes", link: "/changelog" },
		],
	},
	{
		text: "Explanation",
		items: [
			{ text: "How the detector decides", link: "/detection" },
			{ text: "Incidents", link: "/incidents" },
			{ text: "Comparison with others", link: "/comparison" },
			{ text: "The default model and its limits", link: "/default-model" },
			{ text: "Block times", link: "/block-times" },
			{ text: "What hides from DeCrypto", link: "/evasion" },
			{ text: "Benchmarks", link: "/benchmarks" },
			{ text: "The laboratory", link: "/laboratory" },
			{ text: "Contributing", link: "/contributing" },
		],
	},
];
