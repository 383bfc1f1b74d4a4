import { useCallback, useEffect, useState } from "preact/hooks";
import type { Session } from "../../src/server/api-types.ts";
import { AllowlistPage } from "../pages/allowlist.tsx";
import { IncidentPage } from "../pages/incident.tsx";
import { IncidentsPage } from "../pages/incidents.tsx";
import { LoginPage } from "../pages/login.tsx";
import { ModelPage } from "../pages/model.tsx";
import { NowPage } from "../pages/now.tsx";
import { PoolPage } from "../pages/pool.tsx";
import { PoolsPage } from "../pages/pools.tsx";
import { SystemPage } from "../pages/system.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { ApiError, read, setCsrfToken, setUnauthorisedHandler } from "./api.ts";
import { connect, disconnect } from "./live.ts";
import { type Route, useRoute } from "./route.ts";
import { SessionContext } from "./session.ts";
import { Shell } from "./shell.tsx";

/** The session first; nothing else is asked for before somebody is logged in. */
export function App() {
	const [session, setSession] = useState<Session>();
	const [error, setError] = useState<ApiError>();
	const refresh = useCallback(() => {
		read<Session>("/session").then(
			(value) => {
				setCsrfToken(value.csrfToken);
				setSession(value);
				setError(undefined);
				if (value.role === null) disconnect();
				else connect();
			},
			(reason: unknown) => setError(reason instanceof ApiError ? reason : new ApiError(0, String(reason))),
		);
	}, []);
	useEffect(() => {
		setUnauthorisedHandler(refresh);
		refresh();
	}, [refresh]);
	const route = useRoute();
	if (error) return <Failure error={error} onRetry={refresh} />;
	if (!session) return <Loading />;
	if (session.role === null) return <LoginPage onDone={refresh} />;
	return (
		<SessionContext.Provider value={session}>
			<Shell session={session} route={route} onSessionChange={refresh}>
				<Page route={route} />
			</Shell>
		</SessionContext.Provider>
	);
}

function Page({ route: { parts, query } }: { readonly route: Route }) {
	const [page, key] = parts;
	switch (page) {
		case undefined:
			return <NowPage />;
		case "incidents":
			return key === undefined ? <IncidentsPage query={query} /> : <IncidentPage id={key} key={key} />;
		case "pools":
			return key === undefined ? <PoolsPage query={query} /> : <PoolPage id={key} key={key} />;
		case "allowlist":
			return <AllowlistPage query={query} />;
		case "model":
			return <ModelPage query={query} />;
		case "system":
			return <SystemPage />;
		default:
			return (
				<section class="page">
					<h1>There is no such page</h1>
					<p>
						<a href="/">Go to Now</a>, or choose a page above.
					</p>
				</section>
			);
	}
}
