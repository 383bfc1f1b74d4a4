import "virtual:design.css";
import "../style/shell.css";
import "../style/controls.css";
import "../style/pages.css";
import "../style/print.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { followLinks } from "./route.ts";
import { guardTexts } from "./safe-text.ts";
import { applyTheme, storedTheme } from "./theme.ts";

guardTexts();
applyTheme(storedTheme());
followLinks();
render(<App />, document.getElementById("app")!);
