/** What only the report needs, besides tokens and base style: one column, page breaks between hosts. */
export const REPORT_STYLE = `body { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header.report { margin-bottom: 2rem; }
header.report h1 { font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.25rem); margin-bottom: 0.5rem; }
section { margin-top: 2.5rem; }
section > h2 { font-size: 1.25rem; margin-bottom: 0.75rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--rule); }
article { margin-top: 1.25rem; border-left: 3px solid var(--tone); }
article > h3 { font-size: 1.125rem; margin-bottom: 0.5rem; text-wrap: pretty; }
article h4 { margin: 1.1rem 0 0.4rem; font-size: 0.875rem; color: var(--muted); font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.1rem; color: var(--muted); font-size: 0.875rem; margin-bottom: 0.5rem; }
.picture + .picture { margin-top: 1rem; }
.picture svg { min-width: 36rem; }
figure.picture { overflow-x: auto; }
ul.plain { margin: 0; padding-left: 1.2rem; display: grid; gap: 0.3rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.35rem 1.5rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; }
td.hash { font: 0.75rem/1.5 var(--mono); word-break: break-all; min-width: 14rem; }
dl + ul.plain { margin-top: 1rem; }
footer { margin-top: 3rem; color: var(--muted); font-size: 0.8125rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd + dt { margin-top: 0.5rem; } }
@page { margin: 16mm 14mm; }
@media print {
	body { max-width: none; padding: 0; }
	section { margin-top: 1.5rem; }
	article { margin-top: 1rem; border-top: 0; border-right: 0; border-bottom: 0; border-radius: 0; }
	article > h3, .facts { break-after: avoid; break-inside: avoid; }
	.picture svg { min-width: 0; }
	figure.picture { overflow: visible; }
}
`;
