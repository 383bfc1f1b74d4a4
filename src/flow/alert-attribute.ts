/** The attribute column with the signature of another sensor's alert about the flow; empty for none. */
export const ALERT_ATTRIBUTE = "ALERT";
