/** Writes answers: plain values, absent members left out, and numbers that a JavaScript `number` cannot spell. */

/** Text that is put into the answer as it stands. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** What an answer may be made of. A member whose value is `undefined` is absent. */
export type Writable =
  | null
  | boolean
  | number
  | string
  | RawJson
  | ReadonlyArray<Writable>
  | { readonly [name: string]: Writable | undefined }

/** A 64-bit id as a raw JSON number. */
export const rawId = (id: string): RawJson => new RawJson(id)

/** A double, written with a decimal point as the server does: `75.0`. */
export const float = (value: number): RawJson => new RawJson(Number.isInteger(value) ? `${value}.0` : String(value))

/** JSON text kept from a request (see `decode.json`). */
export const rawText = (text: string): RawJson => new RawJson(text)

const isList = (value: Writable): value is ReadonlyArray<Writable> => Array.isArray(value)

export const write = (value: Writable): string => {
  if (value === null || typeof value === "boolean" || typeof value === "number") return String(value)
  if (typeof value === "string") return JSON.stringify(value)
  if (value instanceof RawJson) return value.text
  if (isList(value)) return `[${value.map(write).join(",")}]`
  let text = ""
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${write(member)}`
  }
  return `{${text}}`
}
