/** Where NEMEA's Unix sockets stand, if the environment says so. */
export function trapOptions(): { socketDirectory?: string } {
	const { TRAP_SOCKET_DIR } = process.env;
	return TRAP_SOCKET_DIR ? { socketDirectory: TRAP_SOCKET_DIR } : {};
}
