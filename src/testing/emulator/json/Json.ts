/**
 * JSON as the emulator reads it: numbers keep their digits, objects keep the order of their members and
 * which keys were repeated, and a text that breaks off is read as far as it goes.
 */

export type Json = null | boolean | string | JsonNumber | JsonArray | JsonObject | JsonUnreadable | JsonBroken

/** A number with its digits as sent. */
export class JsonNumber {
  readonly kind = "number"
  constructor(readonly raw: string) {}
}

/** A sequence; `broken`: the text was wrong before its `]`. */
export class JsonArray {
  readonly kind = "array"
  broken = false
  readonly items: Array<Json> = []
}

/** Members in the order sent, repeated keys included; `broken`: the text was wrong before its `}`. */
export class JsonObject {
  readonly kind = "object"
  broken = false
  readonly members: Array<readonly [name: string, value: Json]> = []
}

/** JSON, but more than the server takes in: too deep, too large, half a surrogate pair. Where nobody reads it, it does no harm. */
export class JsonUnreadable {
  readonly kind = "unreadable"
}

/** Here the text stopped being JSON. */
export class JsonBroken {
  readonly kind = "broken"
}

export const unreadable = new JsonUnreadable()
export const broken = new JsonBroken()

export const isNumber = (json: Json): json is JsonNumber => json instanceof JsonNumber
export const isArray = (json: Json): json is JsonArray => json instanceof JsonArray
export const isObject = (json: Json): json is JsonObject => json instanceof JsonObject
export const isBroken = (json: Json): json is JsonBroken => json instanceof JsonBroken
export const isUnreadable = (json: Json): json is JsonUnreadable => json instanceof JsonUnreadable

/** Whether there is nothing in it that the server cannot take in. */
export const isReadable = (json: Json): boolean =>
  isArray(json)
    ? json.items.every(isReadable)
    : isObject(json)
      ? json.members.every(([, value]) => isReadable(value))
      : !isUnreadable(json)
