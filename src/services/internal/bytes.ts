/** All pieces, one after the other. */
export const concatBytes = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    all.set(piece, offset)
    offset += piece.length
  }
  return all
}

/** Whether a text is gzip that was read as UTF-8: its two first bytes are 1f and 8b. */
export const isGzip = (text: string): boolean => text.startsWith("\x1f\uFFFD")
