/** JSON of a file as plain values, an integer that a double would round as a `bigint`: metadata may hold any. */
import { isArray, isNumber, isObject, isReadable, type Json } from "../emulator/json/Json.js"
import { parse } from "../emulator/json/parse.js"

const rounded = /[[:,\s]-?\d{16}/

const plain = (json: Json): unknown => {
  if (isArray(json)) return json.items.map(plain)
  if (isObject(json)) return Object.fromEntries(json.members.map(([name, value]) => [name, plain(value)]))
  if (!isNumber(json)) return json
  const value = Number(json.raw)
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(json.raw) ? value : BigInt(json.raw)
}

/** Throws where the text is no JSON; the digits of one that holds more than the API takes in are rounded. */
export const parseExact = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  const json = rounded.test(text) ? parse(text) : null
  return json !== null && isReadable(json) ? plain(json) : value
}
