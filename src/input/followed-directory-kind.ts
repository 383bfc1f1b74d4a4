import type { AddressKind } from "./input-kind.ts";

const FOLLOW = "follow:";

/** `follow:DIRECTORY`: the files of a directory in the order of rotation, as they come and grow. */
export const FOLLOWED_DIRECTORY: AddressKind = {
	name: "followed directory",
	recognisedBy: "address",
	signals: ["payload", "server-name", "shape", "label"],
	isCapture: false,
	matches: (name) => name.startsWith(FOLLOW),
	isLive: () => true,
	async open(name, options, openFile) {
		const { FollowedDirectory } = await import("./followed-directory.ts");
		return new FollowedDirectory(name, name.slice(FOLLOW.length), options, openFile);
	},
};
