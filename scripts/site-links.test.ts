import assert from "node:assert/strict";
import { test } from "node:test";
import { withLinksOfSite } from "../site/pages-of-repository.ts";

test("links between pages lead to the pages of the site, with their headings", () => {
	assert.equal(withLinksOfSite("README.md", "[a](docs/output.md#csv)"), "[a](./output.md#csv)");
	assert.equal(withLinksOfSite("docs/inputs.md", "[a](../models/README.md)"), "[a](./model-card.md)");
	assert.equal(withLinksOfSite("models/README.md", "[a](../docs/models.md)"), "[a](./models.md)");
	assert.equal(withLinksOfSite("docs/output.md", "[`a [b]`](api.md)"), "[`a [b]`](./api.md)");
});

test("pictures stay pictures", () => {
	assert.equal(withLinksOfSite("README.md", "![a](docs/images/a.png)"), "![a](./images/a.png)");
});

test("a link to a file that the site does not have becomes its text", () => {
	assert.equal(withLinksOfSite("CONTRIBUTING.md", "see [the license](LICENSE)."), "see the license.");
});

test("other hosts, headings of the same page and fenced code stay as they are", () => {
	for (const text of ["[a](https://example.org/docs/)", "[a](#here)", "```ts\n[a](LICENSE)\n```\n"])
		assert.equal(withLinksOfSite("README.md", text), text);
});
