/**
 * Encodings that a text may be echoed in. By hand: those of `effect` come with tables, a hundredth of what a small app weighs.
 */

const encoder = new TextEncoder()

const perByte = (text: string, write: (byte: number) => string): string => {
  let written = ""
  for (const byte of encoder.encode(text)) written += write(byte)
  return written
}

/** Its bytes, each read as a character: so UTF-8 looks where Latin-1 is expected. */
export const misreadOf = (text: string): string => perByte(text, (byte) => String.fromCharCode(byte))

/** Hexadecimal, in small letters. */
export const hexOf = (text: string): string => perByte(text, (byte) => byte.toString(16).padStart(2, "0"))

/** Base64, with `=` at its end where that is due. */
export const base64Of = (text: string): string => btoa(misreadOf(text))
