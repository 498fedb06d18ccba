import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import { canonical } from "../../../../src/testing/emulator/json/canonical.js"
import {
  array,
  boolean,
  defaulted,
  id,
  int32,
  json,
  object,
  oneOf,
  optional,
  required,
  text,
  timestamp
} from "../../../../src/testing/emulator/json/decode.js"
import { isBrokenInside, parse } from "../../../../src/testing/emulator/json/parse.js"
import { float, rawId, write } from "../../../../src/testing/emulator/json/write.js"

const kind = <A, L extends { readonly kind: string }>(result: Either.Either<A, L>): A | string =>
  Either.match(result, { onLeft: (left) => left.kind, onRight: (right) => right })

describe("reading JSON", () => {
  it("reads every document that JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json(), (document) => {
        const value = parse(document)
        assert.isFalse(isBrokenInside(value))
        assert.deepStrictEqual(JSON.parse(canonical(value)), JSON.parse(document))
      })
    )
  })

  it("breaks where JSON.parse does, but for what follows a whole value", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (document, at) => {
        const cut = document.slice(0, at % document.length)
        let isJson = true
        try {
          JSON.parse(cut)
        } catch {
          isJson = false
        }
        assert.strictEqual(isBrokenInside(parse(cut)), !isJson, cut)
      })
    )
    assert.isFalse(isBrokenInside(parse('{"a":1} x')))
    assert.isFalse(isBrokenInside(parse(" [1] ]")))
  })

  for (const document of [
    "",
    " ",
    "01",
    "1.",
    "1e",
    "-",
    "+1",
    ".5",
    "tru",
    "'a'",
    '"\t"',
    '"\u001f"',
    '"\\x"',
    "\ufeff{}"
  ])
    it(`refuses ${JSON.stringify(document)}`, () => assert.isTrue(isBrokenInside(parse(document))))

  it("goes 127 levels deep and no further, however deep the text is", () => {
    assert.notStrictEqual(kind(json(parse("[".repeat(127) + "]".repeat(127)))), "syntax")
    assert.strictEqual(kind(json(parse("[".repeat(128) + "]".repeat(128)))), "syntax")
    assert.isTrue(isBrokenInside(parse('{"a":'.repeat(1_000_000))))
  })

  it("keeps 64-bit integers, sorts members, takes the last of repeated ones", () => {
    const free = (document: string) => canonical(parse(document))
    assert.strictEqual(
      free('{"b":9223372036854775807,"a":-9223372036854775808}'),
      '{"a":-9223372036854775808,"b":9223372036854775807}'
    )
    assert.strictEqual(free("18446744073709551615"), "18446744073709551615")
    assert.strictEqual(free("18446744073709551616"), "18446744073709552000")
    assert.strictEqual(free('{"a":1,"a":2}'), '{"a":2}')
    assert.strictEqual(free("[1.0,1e2,-0]"), "[1.0,100.0,-0.0]")
    assert.strictEqual(free('{"__proto__":1,"constructor":2}'), '{"__proto__":1,"constructor":2}')
  })
})

describe("decoding a body", () => {
  const Shape = object({
    name: required(text),
    owner: optional(id),
    flag: optional(boolean),
    many: optional(array(text)),
    count: defaulted(int32, 7),
    mode: optional(oneOf("a", "b")),
    at: optional(timestamp),
    free: optional(json)
  })
  const read = (document: string) => kind(Shape(parse(document)))

  it("takes null and absence for the same where both may be", () => {
    const nothing = {
      owner: undefined,
      flag: undefined,
      many: undefined,
      mode: undefined,
      at: undefined,
      free: undefined
    }
    assert.deepStrictEqual(read('{"name":"x"}'), { name: "x", count: 7, ...nothing })
    assert.deepStrictEqual(
      read('{"name":"x","owner":null,"flag":null,"many":null,"mode":null,"at":null,"free":null}'),
      {
        name: "x",
        count: 7,
        ...nothing
      }
    )
  })

  for (const [document, what] of [
    ["{}", "shape"],
    ['{"name":null}', "shape"],
    ['{"name":5}', "shape"],
    ['{"name":"x","count":null}', "shape"],
    ['{"name":"x","count":1.0}', "shape"],
    ['{"name":"x","count":1e2}', "shape"],
    ['{"name":"x","count":-0}', "shape"],
    ['{"name":"x","owner":-0}', "shape"],
    ['{"name":"x","count":2147483648}', "shape"],
    ['{"name":"x","count":"1"}', "shape"],
    ['{"name":"x","mode":"A"}', "shape"],
    ['{"name":"x","owner":""}', "shape"],
    ['{"name":"x","owner":1.5}', "shape"],
    ['{"name":"x","owner":"9223372036854775808"}', "shape"],
    ['{"name":"x","at":"2030-01-01"}', "shape"],
    ['{"name":"x","at":1}', "shape"],
    ['{"name":"x","many":"y"}', "shape"],
    ['{"name":"x","many":["y",null]}', "shape"],
    ['{"name":"x","name":"y"}', "shape"],
    ["null", "shape"],
    ['"x"', "shape"],
    ["[]", "shape"],
    ["{", "syntax"],
    ["[", "syntax"],
    ['{"name":"x",}', "syntax"],
    ['{"name":"x" "count":1}', "syntax"],
    ['{"name":tru}', "syntax"],
    // whichever comes first in the text
    ['{"name":5,}', "shape"],
    ['{"name":5', "shape"],
    ['{"name":"x","unknown":tru,"count":null}', "syntax"],
    ['{"name":"x","count":null,"unknown":tru}', "shape"]
  ] as const)
    it(`${document} is wrong in its ${what}`, () => assert.strictEqual(read(document), what))

  it("ignores unknown members, even repeated, unless it is strict", () => {
    assert.isObject(read('{"name":"x","foo":1,"foo":{"bar":[]}}'))
    assert.strictEqual(kind(object({ name: required(text) }, { strict: true })(parse('{"name":"x","foo":1}'))), "shape")
  })

  // all of it JSON
  const unreadable = ["1e999", '"\\ud800"', '"\\udc00"', '"\\udc00\\udc00"', '"\\ud800\\n"', '"\\ud800\\u0041"']
  const tooDeep = [
    `${"[".repeat(200)}1e999, {"a": {}, "b": [ ]} ${"]".repeat(200)}`,
    '{"a":'.repeat(100_000) + "null" + "}".repeat(100_000)
  ]

  it("refuses what is beyond the server's means where it is read, and ignores it in unknown members", () => {
    for (const value of unreadable)
      for (const name of ["owner", "flag", "many", "count", "mode", "at"])
        assert.strictEqual(read(`{"name":"x","${name}":${value}}`), "syntax", `${name} ${value}`)
    for (const value of [...unreadable, ...tooDeep]) {
      const said = value.slice(0, 20)
      assert.strictEqual(read(`{"name":"x","free":{"a":[${value}]}}`), "syntax", said)
      assert.isObject(read(`{"foo":${value},"name":"x","bar":{"a":[${value}]}}`), said)
      assert.strictEqual(read(`{"foo":${value},"name":5}`), "shape", said)
    }
  })

  it("breaks in what it ignores as anywhere", () => {
    const deep = (inner: string) => `{"name":"x","foo":${"[".repeat(200)}${inner}${"]".repeat(200)}}`
    assert.isObject(read(deep('{"a":1,"b":[1,{}]}')))
    const endings = ["1,", "1 2", "]", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", '{"a":1]', "[1}", "tru", '"', '"\\ud80"']
    for (const ending of endings) assert.strictEqual(read(deep(ending)), "syntax", ending)
    for (const value of ["1e999.", '"\\ud800\\x"', '"\\ud800', '"\\ud800\\uzzzz"'])
      assert.strictEqual(read(`{"name":"x","foo":${value}}`), "syntax", value)
  })

  it("takes a sequence of the values in the order of the fields", () => {
    const Pair = object({ a: required(text), b: optional(int32) })
    assert.deepStrictEqual(kind(Pair(parse('["x",null]'))), { a: "x", b: undefined })
    assert.strictEqual(kind(Pair(parse('["x"]'))), "shape")
    assert.strictEqual(kind(Pair(parse('["x",1,2]'))), "syntax")
  })

  it("reads ids from text and numbers alike, without loss", () => {
    const owners = ['"281474976710660001"', "281474976710660001", '"+281474976710660001"', '"0281474976710660001"']
    for (const owner of owners)
      assert.include(read(`{"name":"x","owner":${owner}}`) as object, { owner: "281474976710660001" })
  })
})

describe("writing JSON", () => {
  it("leaves absent members out and spells numbers as told", () => {
    assert.strictEqual(
      write({
        a: undefined,
        b: null,
        id: rawId("100227123247087653"),
        rate: float(75),
        part: float(33.25),
        list: [1, "é"]
      }),
      '{"b":null,"id":100227123247087653,"rate":75.0,"part":33.25,"list":[1,"é"]}'
    )
  })
})
