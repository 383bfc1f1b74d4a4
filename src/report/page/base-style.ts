/** What all pages share: type, tables, badges, pictures. Uses the design tokens. */
export const BASE_STYLE = `*, ::before, ::after { box-sizing: border-box; }
html { text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.9375rem/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1, h2, h3 { margin: 0; line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.5rem; font-weight: 650; letter-spacing: -0.015em; }
h2 { font-size: 1.0625rem; font-weight: 650; }
h3 { font-size: 0.9375rem; font-weight: 650; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
code, .mono { font: 0.9375em/1.5 var(--mono); }
.muted { color: var(--muted); }
.small { font-size: 0.8125rem; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: var(--radius); padding: 1.125rem 1.25rem; }
.badge { display: inline-flex; align-items: center; gap: 0.4em; padding: 0.1em 0.6em 0.1em 0.5em; border-radius: 1em; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; color: var(--tone); background: var(--tone-wash); }
.badge svg { width: 0.8em; height: 0.8em; fill: currentColor; }
.badge svg .off { fill-opacity: 0.25; }
.confirmed { --tone: var(--confirmed); --tone-wash: var(--confirmed-wash); }
.probable { --tone: var(--probable); --tone-wash: var(--probable-wash); }
.suspected { --tone: var(--suspected); --tone-wash: var(--suspected-wash); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: 0.5rem; font-weight: 600; }
th, td { overflow-wrap: break-word; padding: 0.45rem 0.9rem 0.45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--muted); font-size: 0.8125rem; font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
td.time { white-space: nowrap; }
.scroll { overflow-x: auto; }
.evidence { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.75rem; }
.evidence li { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0.1rem 1rem; align-items: baseline; }
.evidence .signal { font-weight: 600; }
.evidence .strength { display: flex; align-items: center; gap: 0.6rem; grid-column: 2; color: var(--muted); font-size: 0.8125rem; }
.strength svg { flex: none; width: 6rem; height: 0.375rem; border-radius: 1rem; background: var(--rule); }
.strength rect { fill: var(--accent); }
@media (max-width: 36rem) { .evidence li { grid-template-columns: 1fr; } .evidence .strength { grid-column: 1; } }
.picture { margin: 0; }
.picture svg { display: block; width: 100%; height: auto; }
.picture text { font: 11px var(--sans); fill: var(--muted); }
.picture .axis { stroke: var(--edge); stroke-width: 1; }
.picture .grid { stroke: var(--rule); stroke-width: 1; }
.picture .miner { stroke: var(--miner); fill: var(--miner); }
.picture .pool { stroke: var(--pool); fill: var(--pool); }
.picture text.miner, .picture text.pool { stroke: none; font-weight: 600; }
.picture .packet { stroke-width: 2; stroke-linecap: round; stroke-opacity: 0.85; }
.picture .push { fill: var(--card); stroke: var(--pool); stroke-width: 1.75; }
.picture .block { stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 3 3; }
.picture text.block { stroke: none; fill: var(--accent); }
.picture .step { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; }
.picture .band { fill: var(--tone-wash); }
.picture .dot { fill: var(--accent); fill-opacity: 0.65; }
.picture .towards { fill: var(--confirmed); }
.picture .against { fill: var(--miner); }
.picture .name { fill: var(--ink); font: 11.5px var(--mono); }
.picture figcaption { color: var(--muted); font-size: 0.8125rem; margin-top: 0.25rem; }
@media print { body { font-size: 9.5pt; } a { color: inherit; } .badge, .strength svg, .picture svg, .strength rect { print-color-adjust: exact; } .scroll { overflow: visible; } table { font-size: 7.5pt; } table .badge { font-size: 7pt; } th, td { padding-right: 0.4rem; } tbody th, td.network { overflow-wrap: anywhere; } thead th, td.time { white-space: normal; } tr, li, figure { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } thead { display: table-header-group; } }
`;
