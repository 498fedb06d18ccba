/** The cursor of the audit log: unpadded base64url of `<milliseconds>|<request id>`. */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Moment from "../Moment.js"
import { decodeUtf8 } from "../text.js"

export interface Cursor {
  readonly timestamp: Moment.Moment
  readonly requestId: string
}

/** The microseconds of the row are lost here, as at the server: rows that share a millisecond can be skipped. */
export const encode = (row: Cursor): string =>
  Encoding.encodeBase64Url(`${Moment.floorDiv(row.timestamp, 1000n)}|${row.requestId}`)

// what the server's calendar can hold: years -262143 to 262142
const earliest = -8_334_601_228_800_000n
const latest = 8_210_266_876_799_999n

/** `undefined`: no cursor that the server can read. */
export const decode = (text: string): Cursor | undefined => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  const bytes = Either.getOrUndefined(Encoding.decodeBase64Url(text))
  // an encoder never leaves bits of the last character unused: such a text is refused
  if (bytes === undefined || Encoding.encodeBase64Url(bytes) !== text) return undefined
  const read = decodeUtf8(bytes)
  const match = read === undefined ? null : /^([+-]?\d{1,19})\|(.*)$/s.exec(read)
  if (match === null) return undefined
  const millis = BigInt((match[1] ?? "").replace(/^\+/, ""))
  if (millis < earliest || millis > latest) return undefined
  return { timestamp: millis * 1000n, requestId: match[2] ?? "" }
}
