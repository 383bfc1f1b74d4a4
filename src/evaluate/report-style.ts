/** The style of the evaluation page, with the design tokens: one column, tables that print well. */
export const PAGE_STYLE = `
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 92rem; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 .25rem; font-size: 1.9rem; letter-spacing: -.02em; }
h2 { margin: 0 0 .75rem; font-size: 1.15rem; overflow-wrap: anywhere; }
section { margin: 2.25rem 0; }
code { font: .92em var(--mono); overflow-wrap: anywhere; }
.note, footer { color: var(--muted); font-size: .88rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
.card { background: var(--card); border: 1px solid var(--rule); border-top: 4px solid var(--k); border-radius: .6rem; padding: 1.1rem 1.3rem; }
.card h2 { margin: 0; } .card .note { margin: 0 0 .8rem; }
.k0 { --k: var(--series-0); } .k1 { --k: var(--series-1); } .k2 { --k: var(--series-2); } .k3 { --k: var(--series-3); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .9rem; margin: 0; }
dt { color: var(--muted); font-size: .8rem; } dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
dd small { display: block; font-size: .75rem; font-weight: 400; color: var(--muted); }
.charts { display: grid; gap: 1rem; }
@media (min-width: 78rem) { .charts { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
figure { margin: 0; padding: .5rem; background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; max-width: 100%; }
figure svg { display: block; width: 100%; max-width: 46rem; height: auto; margin: 0 auto; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
.key { width: 1.4rem; height: .3rem; border-radius: 1rem; background: var(--k); }
.scroll { overflow-x: auto; margin-bottom: 1rem; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--rule); }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { padding: .4rem .8rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th { color: var(--muted); font-weight: 500; font-size: .82rem; } th:first-child { text-align: left; position: sticky; left: 0; background: var(--card); }
details p { margin: .3rem 0 .8rem; }
tbody th { font-weight: 500; } tbody tr:last-child > * { border-bottom: 0; }
.meter { display: inline-block; width: 6rem; height: .45rem; border-radius: 1rem; background: var(--rule); overflow: hidden; }
.meter span { display: block; height: 100%; background: var(--series-0); }
@media print {
  body { padding: 0; font-size: 11px; } .card, figure, tr { break-inside: avoid; } .scroll { overflow: visible; }
  .meter span, .key, .card { print-color-adjust: exact; }
}`;
