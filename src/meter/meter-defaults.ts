// Apart from the meter, so that an option can name its default without loading what meters.

/** Seconds, as the reference exporter has them. */
export const DEFAULT_ACTIVE_TIMEOUT = 300;
export const DEFAULT_INACTIVE_TIMEOUT = 65;
export const DEFAULT_MAXIMUM_FLOWS = 1 << 20;
