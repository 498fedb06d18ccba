/** A share in percent as the server computes it, in this order: `part / whole * 100`, to the last bit. */
export const percentage = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100)
