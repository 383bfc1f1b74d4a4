import { statSync } from "node:fs";
import type { AddressKind } from "./input-kind.ts";

const FOLLOW = "follow:";

/**
 * `follow:DIRECTORY`: the files of a directory in the order of rotation, as they come and grow. `follow:FILE`: a sensor's log,
 * over its rotations; a directory that Zeek writes to now is followed by its `conn.log`.
 */
export const FOLLOWED_PATH: AddressKind = {
	name: "followed directory or log",
	recognisedBy: "address",
	signals: ["payload", "server-name", "resolved-name", "foreign-alert", "shape", "label"],
	isCapture: false,
	matches: (name) => name.startsWith(FOLLOW),
	isLive: () => true,
	async open(name, options, openFile) {
		const path = name.slice(FOLLOW.length);
		if (statSync(path, { throwIfNoEntry: false })?.isFile())
			return (await import("../logs/followed-log.ts")).followLog(path);
		const { FollowedDirectory } = await import("./followed-directory.ts");
		return new FollowedDirectory(name, path, options, openFile);
	},
};
