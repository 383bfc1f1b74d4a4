import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "../../src/server/api-types.ts";

export const SessionContext = createContext<Session | undefined>(undefined);

/** Whether the user may change something. Without configured users everybody is an operator. */
export function useMayOperate(): boolean {
	return useContext(SessionContext)?.role === "operator";
}

export function useMayProbe(): boolean {
	const session = useContext(SessionContext);
	return session?.role === "operator" && session.mayProbe;
}
