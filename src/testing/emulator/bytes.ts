/** Bytes that came in pieces. */

/** All pieces, one after the other. */
export const join = (pieces: Iterable<Uint8Array>): Uint8Array => {
  let size = 0
  for (const piece of pieces) size += piece.byteLength
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.byteLength
  }
  return all
}
