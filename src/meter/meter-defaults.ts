// In a file of its own, so that an option can name its default without loading the meter.

/** Seconds, as in the reference exporter. */
export const DEFAULT_ACTIVE_TIMEOUT = 300;
export const DEFAULT_INACTIVE_TIMEOUT = 65;
export const DEFAULT_MAXIMUM_FLOWS = 1 << 20;
