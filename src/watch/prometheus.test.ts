import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { freePort, needsProgram, Peer } from "../notify/peers.testing.ts";
import { TestPlace, until } from "./daemon.testing.ts";

const [PROMETHEUS, ALERTMANAGER] = ["/usr/bin/prometheus", "/usr/bin/prometheus-alertmanager"] as const;
const skip = needsProgram(PROMETHEUS, ALERTMANAGER);

test("Prometheus scrapes the daemon, and a rule fires into Alertmanager", { skip }, async () => {
	await using place = new TestPlace();
	const daemon = await place.start({ metrics: { listen: "127.0.0.1:0" } });
	const [scraper, manager] = [await freePort(), await freePort()];
	writeFileSync(place.path("rules.yml"), readFileSync(new URL("../../docs/decrypto.rules.yml", import.meta.url)));
	writeFileSync(place.path("alertmanager.yml"), "route: { receiver: none }\nreceivers: [{ name: none }]\n");
	const prometheus = {
		global: { scrape_interval: "1s", evaluation_interval: "1s" },
		rule_files: [place.path("rules.yml")],
		scrape_configs: [{ job_name: "decrypto", static_configs: [{ targets: [`127.0.0.1:${daemon.metricsPort}`] }] }],
		alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${manager}`] }] }] },
	};
	writeFileSync(place.path("prometheus.yml"), JSON.stringify(prometheus));
	await using managing = new Peer(ALERTMANAGER, [
		`--config.file=${place.path("alertmanager.yml")}`,
		`--storage.path=${place.path("alertmanager")}`,
		`--web.listen-address=127.0.0.1:${manager}`,
		"--cluster.listen-address=",
	]);
	await using scraping = new Peer(PROMETHEUS, [
		`--config.file=${place.path("prometheus.yml")}`,
		`--storage.tsdb.path=${place.path("prometheus")}`,
		`--web.listen-address=127.0.0.1:${scraper}`,
	]);
	await Promise.all([managing.listening(manager), scraping.listening(scraper)]);
	const ask = async (url: string): Promise<unknown> => (await fetch(url)).json();
	const up = `http://127.0.0.1:${scraper}/api/v1/query?query=${encodeURIComponent('up{job="decrypto"}')}`;
	const isUp = async (): Promise<boolean> => {
		const { data } = (await ask(up)) as { data: { result: { value: [number, string] }[] } };
		return data.result[0]?.value[1] === "1";
	};
	await until(() => isUp().catch(() => false), "Prometheus scrapes the daemon", 30_000);
	writeFileSync(place.file, "imputs: []");
	assert.equal((await daemon.reload()).ok, false);
	const alerts = async (): Promise<string[]> => {
		const all = (await ask(`http://127.0.0.1:${manager}/api/v2/alerts`)) as { labels: { alertname: string } }[];
		return all.map(({ labels }) => labels.alertname);
	};
	const fires = async (): Promise<boolean> => (await alerts()).includes("DecryptoConfigurationRefused");
	await until(() => fires().catch(() => false), "the alert is in Alertmanager", 30_000);
});
