import { csvCell } from "../bytes/csv-cell.ts";
import type { PoolEndpoint } from "./pool-endpoint.ts";

const COLUMNS = "host,port,tls,protocol,coin,pool";

/** A list as CSV that can be read as one again; with a column `origin` where an entry has one. */
export function poolListCsv(endpoints: readonly PoolEndpoint[]): string {
	const hasOrigins = endpoints.some(({ origin }) => origin !== undefined);
	const rows = endpoints.map(({ host, port, tls, protocol, coin, pool, origin }) =>
		[
			csvCell(host),
			port,
			tls === undefined ? "" : tls ? "yes" : "no",
			protocol ?? "",
			csvCell(coin),
			csvCell(pool),
			...(hasOrigins ? [csvCell(origin)] : []),
		].join(),
	);
	return `${[hasOrigins ? `${COLUMNS},origin` : COLUMNS, ...rows].join("\n")}\n`;
}
