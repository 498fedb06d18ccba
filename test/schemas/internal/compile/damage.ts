// Random damage to JSON: what servers, proxies and later versions could make of an answer.

/** Numbers from 0 to 1, the same for the same seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

const strange: ReadonlyArray<unknown> = [
  null,
  true,
  false,
  "",
  " ",
  "x",
  "0",
  "-1",
  "01",
  "+1",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "12345678901234567890123",
  "2026-02-29T00:00:00Z",
  "2024-02-29T23:59:59.999999999Z",
  "2026-06-15T09:30:00.1234567890Z",
  "2026-06-15T24:00:00Z",
  "2026-06-15T09:30:60Z",
  "2026-06-15 09:30:00Z",
  "2026-06-15T09:30:00+02:00",
  "2026-13-01T00:00:00Z",
  "0000-01-01T00:00:00.0Z",
  "oc_",
  "oc_a b",
  "active",
  "\u0000",
  "\ud800",
  0,
  -0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 60),
  123456789012345680000,
  1e308,
  [],
  {},
  [null],
  [""],
  [[]],
  { a: 1 },
  { __proto__: null },
  { length: 1, 0: "a" }
]

const clone = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Own `__proto__` keys as JSON has them. */
const hostileKeys = ["__proto__", "constructor", "toString", "hasOwnProperty", "extra"]

interface Place {
  readonly holder: object
  readonly key: string
}

const places = (value: unknown, found: Array<Place> = []): ReadonlyArray<Place> => {
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      found.push({ holder: value, key })
      places(Reflect.get(value, key), found)
    }
  }
  return found
}

const set = (holder: object, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const damageText = (text: string, random: () => number): string => {
  const at = Math.floor(random() * (text.length + 1))
  const kinds = [
    text.slice(0, at),
    `${text.slice(0, at)}0${text.slice(at)}`,
    `${text.slice(0, at)}é${text.slice(at + 1)}`,
    text.slice(0, at) + text.slice(at + 1),
    text.toUpperCase(),
    ` ${text}`,
    `${text}\n`
  ]
  return kinds[Math.floor(random() * kinds.length)] ?? ""
}

/** A copy with one to three things changed; now and then with none. */
export const damaged = (value: unknown, random: () => number): unknown => {
  const copy: { root: unknown } = { root: clone(value) }
  const times = Math.floor(random() * 4)
  for (let i = 0; i < times; i++) {
    const all = places(copy)
    const place = all[Math.floor(random() * random() * all.length)] ?? { holder: copy, key: "root" }
    const { holder, key } = place
    const found: unknown = Reflect.get(holder, key)
    const other = all[Math.floor(random() * all.length)]
    const kind = Math.floor(random() * 6)
    if (kind === 0 && holder !== copy) Reflect.deleteProperty(holder, key)
    else if (kind === 1 && typeof found === "string") set(holder, key, damageText(found, random))
    else if (kind === 2 && other !== undefined) set(holder, key, clone(Reflect.get(other.holder, other.key) ?? null))
    else if (kind === 3 && typeof found === "object" && found !== null && !Array.isArray(found)) {
      set(found, hostileKeys[Math.floor(random() * hostileKeys.length)] ?? "extra", clone(strange[1]))
    } else set(holder, key, clone(strange[Math.floor(random() * strange.length)] ?? null))
  }
  return copy.root
}
