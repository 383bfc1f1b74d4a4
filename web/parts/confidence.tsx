import { useMemo } from "preact/hooks";
import { confidenceBadge } from "../../src/report/page/confidence-badge.ts";
import type { IncidentRow } from "../../src/server/api-types.ts";
import { Drawn } from "./drawn.tsx";

export function Confidence({ of }: { readonly of: IncidentRow["confidence"] }) {
	return <Drawn of={useMemo(() => confidenceBadge(of), [of])} />;
}
