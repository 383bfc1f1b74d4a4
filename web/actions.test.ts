import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { sightingAt } from "../src/incident/sighting.testing.ts";
import { PASSWORD } from "../src/server/client.testing.ts";
import { accessibilityViolations, NO_BROWSER, type Visit, type VisitOptions, visit } from "./browser.testing.ts";

async function openIncident(
	t: TestContext,
	host = "10.3.7.21",
	options: VisitOptions = {},
): Promise<Visit & { id: string }> {
	const visited = await visit(t, options);
	const [incident] = (await visited.daemon.store.find({ host: [host] })).incidents;
	await visited.go(`/incidents/${incident!.id}`);
	return { ...visited, id: incident!.id };
}

describe("actions of the web UI", { skip: NO_BROWSER }, () => {
	it("allow a host with reason and end, show what that covers, and notify again after the end", async (t) => {
		const { page, daemon, go, id } = await openIncident(t);
		await page.getByRole("button", { name: "Allow …" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByText(/would have covered 1 of 3 incidents/).waitFor();
		assert.deepEqual(await accessibilityViolations(page), []);
		await dialog.getByLabel("Reason").fill("performance tests");
		await dialog.getByLabel("Owner").fill("hpc@site.example");
		await dialog.getByLabel("Until").selectOption("in 7 days");
		await dialog.getByRole("button", { name: "Allow", exact: true }).click();
		await page.getByText("Allowed: 1 incident").waitFor();
		await page.locator(".allowed", { hasText: "performance tests (hpc@site.example)" }).waitFor();

		await go("/allowlist");
		const entry = page.locator(".entry", { hasText: "performance tests" });
		assert.match((await entry.textContent()) ?? "", /hosts10\.3\.7\.21.*covers now1/s);
		await entry.getByRole("button", { name: "Expire now" }).click();
		await page.locator(".entry.expired").waitFor();
		daemon.clock += 60_000;
		await daemon.see([{ ...sightingAt(62, { coin: "Monero", serverName: "xmr.pool.example" }) }]);
		await go(`/incidents/${id}`);
		assert.equal(await page.locator(".allowed").count(), 0);
		await page.locator(".kind.reopened").waitFor();
	});

	it("close, note and label, each visible in the history", async (t) => {
		const { page, daemon, id } = await openIncident(t);
		await page.getByRole("button", { name: "Note …" }).click();
		await page.getByRole("dialog").getByLabel("Note").fill("asked the owner <b>of the host</b>");
		await page.getByRole("button", { name: "Add" }).click();
		await page.locator(".history", { hasText: "asked the owner <b>of the host</b>" }).waitFor();
		await page.getByRole("button", { name: "It is a miner …" }).click();
		await page.getByRole("dialog").getByLabel("How you know").fill("xmrig was running");
		await page.getByRole("button", { name: "Label" }).click();
		await page.getByText("labelled a miner", { exact: true }).waitFor();
		await page.getByRole("button", { name: "Close …" }).click();
		await page.getByRole("dialog").getByLabel("Reason").fill("reinstalled");
		await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
		await page.locator(".kind.closed").waitFor();
		assert.equal((await daemon.store.ask("details", "incident", id))!.state, "closed");
		assert.equal(await page.getByRole("button", { name: "Close …" }).count(), 0);
	});

	it("export incidents, and the labelled flows as decrypto train reads them", async (t) => {
		const { page, go } = await openIncident(t);
		await page.getByRole("button", { name: "It is not a miner …" }).click();
		await page.getByRole("button", { name: "Label" }).click();
		await page.getByText("labelled not a miner", { exact: true }).waitFor();
		await go("/model");
		const [flows] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("link", { name: "Download their flows" }).click(),
		]);
		assert.match(readFileSync(await flows.path(), "utf8").split("\n")[0]!, /LABEL/);
		await go("/incidents?confidence=confirmed");
		await page.locator(".menu summary").click();
		const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
		const lines = readFileSync(await csv.path(), "utf8")
			.trim()
			.split("\n");
		assert.equal(lines.length, 2, lines.join("\n"));
	});

	it("probe a pool where that is permitted, after showing what will be sent", async (t) => {
		const probed: unknown[] = [];
		const { page } = await openIncident(t, "10.3.7.21", {
			prepare(daemon) {
				daemon.prober = {
					plan: (target) => ({ target, steps: [{ words: "Log in", bytes: '{"method":"login"}' }] }),
					async probe(target) {
						probed.push(target);
						return { target, isPool: true, words: "It sent a job.", latency: 12 };
					},
				};
			},
		});
		await page.getByRole("button", { name: "Probe …" }).click();
		await page.getByText('{"method":"login"}').waitFor();
		assert.deepEqual(probed, []);
		await page.getByRole("button", { name: "Send this" }).click();
		await page.getByText("It is a pool.").waitFor();
		assert.deepEqual(probed, [{ address: "203.0.113.7", port: 3333, serverName: "xmr.pool.example" }]);
	});

	it("offer no probe without the permission", async (t) => {
		const { page } = await openIncident(t);
		assert.equal(await page.getByRole("button", { name: "Probe …" }).count(), 0);
	});

	it("filter, search, sort and select; the address holds it all", async (t) => {
		const { page, go } = await visit(t);
		await go("/incidents");
		await page.getByLabel("Search", { exact: true }).fill("xmr");
		await page.waitForURL(/text=xmr/);
		await page.getByRole("heading", { name: "1 incident" }).waitFor();
		await page.getByRole("button", { name: "Remove the condition text xmr" }).click();
		await page.getByRole("heading", { name: "3 incidents" }).waitFor();
		await page.getByRole("checkbox", { name: "confirmed" }).check();
		await page.waitForURL(/confidence=confirmed/);
		await page.getByRole("heading", { name: "1 incident" }).waitFor();
		await page.reload();
		await page.getByRole("heading", { name: "1 incident" }).waitFor();
		await go("/incidents?sort=host&ascending=true");
		assert.deepEqual(await page.locator(".rows .host a").allTextContents(), ["10.3.7.21", "10.3.7.22", "10.3.7.23"]);
		await page.getByRole("checkbox", { name: "Select all loaded incidents" }).check();
		await page.getByText("3 selected").waitFor();
		await page.locator(".bulk").getByRole("button", { name: "Close …" }).click();
		await page.getByRole("dialog").getByLabel("Reason").fill("exercise");
		await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
		await page.getByText("Closed: 3 incidents").waitFor();
	});

	it("add, test, edit and delete entries of the allowlist", async (t) => {
		const { page, go } = await visit(t, { expectedErrors: /400|422/ });
		await go("/allowlist");
		await page.getByRole("button", { name: "Add an entry …" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Reason").fill("teaching");
		await dialog.getByLabel("Owner").fill("lab@site.example");
		await dialog.getByRole("button", { name: "Save" }).click();
		assert.match((await dialog.locator("[role=alert]").textContent()) ?? "", /everything/);
		await dialog.getByRole("textbox", { name: "Hosts" }).fill("10.3.7.0/24");
		await dialog.getByRole("button", { name: "Test on the last 30 days" }).click();
		await dialog.getByText(/would have covered 3 of 3 incidents/).waitFor();
		await dialog.getByRole("button", { name: "Save" }).click();
		const entry = page.locator(".entry", { hasText: "teaching" });
		await entry.getByText("10.3.7.0/24").waitFor();
		await entry.getByRole("button", { name: "Edit …" }).click();
		await dialog.getByRole("textbox", { name: "Hosts" }).fill("10.3.7.22");
		await dialog.getByRole("button", { name: "Save" }).click();
		await entry.getByText("10.3.7.22").waitFor();
		await entry.getByRole("button", { name: "Delete …" }).click();
		await dialog.getByRole("button", { name: "Delete" }).click();
		await page.getByText("The allowlist is empty").waitFor();
	});

	it("test a receiver and say why it failed", async (t) => {
		const { page, daemon, go } = await visit(t);
		await go("/system");
		await page.getByRole("button", { name: "Send a test notification to soc" }).click();
		await page.getByText("soc: not delivered: connection refused").waitFor();
		assert.deepEqual(daemon.tested, ["soc"]);
	});

	it("work with the keyboard alone", async (t) => {
		const { page, go } = await visit(t);
		await go("/");
		await page.keyboard.press("g");
		await page.keyboard.press("i");
		await page.waitForURL(/\/incidents$/);
		await page.locator(".rows .grid-row").first().waitFor();
		await page.keyboard.press("j");
		await page.keyboard.press("j");
		await page.locator(".grid-row.active[data-index='1'] a:focus").waitFor();
		await page.keyboard.press("x");
		await page.getByText("1 selected").waitFor();
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/incidents\/\w+/);
		await page.getByRole("button", { name: "Note …" }).focus();
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "detached" });
		assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Note …");
		await page.keyboard.press("?");
		await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
		await page.keyboard.press("Escape");
		await page.keyboard.press("/");
		await page.keyboard.type("monero");
		await page.keyboard.press("Enter");
		await page.waitForURL(/text=monero/);
	});

	it("ask for a login where there are users, and offer viewers no action", async (t) => {
		const { page, url } = await visit(t, { users: { anna: "operator", otto: "viewer" }, expectedErrors: /401|403/ });
		await page.goto(url);
		await page.getByLabel("User").fill("otto");
		await page.getByLabel("Password").fill("wrong");
		assert.deepEqual(await accessibilityViolations(page), []);
		await page.getByRole("button", { name: "Log in" }).click();
		await page.getByRole("alert").waitFor();
		await page.getByLabel("Password").fill(PASSWORD);
		await page.getByRole("button", { name: "Log in" }).click();
		await page.getByRole("heading", { name: "3 hosts are mining now" }).waitFor();
		await page.locator(".hosts a").first().click();
		await page.locator(".evidence").waitFor();
		assert.equal(await page.locator(".actions").count(), 0);
		await page.getByRole("button", { name: "Log out" }).click();
		await page.getByLabel("User").fill("anna");
		await page.getByLabel("Password").fill(PASSWORD);
		await page.getByRole("button", { name: "Log in" }).click();
		await page.getByRole("button", { name: "Allow …" }).waitFor();
	});
});
