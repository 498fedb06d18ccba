import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import { fillPath, isPathTemplate } from "../../../src/services/internal/path.js"
import { invoke, layerOf, operationNames, operations, parameterNames, someArguments, stub } from "../../support/sdk.js"

/** What people and attackers put into a slug. */
const nasty = [
  "..",
  ".",
  "",
  "...",
  "....",
  ". .",
  " ..",
  ".. ",
  "../",
  "/..",
  "../..",
  "./",
  "/.",
  "..\\",
  "\\..",
  "%2e",
  "%2e%2e",
  "%2E%2e%2f",
  "%252e%252e",
  "..%2f..",
  "..;/",
  ".%00.",
  "/",
  "//",
  "\\",
  "\\\\",
  "a/b",
  "a\\b",
  "a//b",
  "/absolute",
  "//evil.example",
  "https://evil.example",
  "http:evil.example",
  "//evil.example@api.wacht.dev",
  "@evil.example",
  ":8080",
  "?",
  "?a=1",
  "#",
  "#x",
  "a?b#c",
  ";",
  ";a=b",
  "&",
  "a&b=c",
  "=",
  "%",
  "%%",
  "%zz",
  "%ff",
  "+",
  " ",
  "\t",
  "\n",
  "\r\n",
  "a\r\nHost: evil.example",
  "\u0000",
  "\u0001",
  "\u007f",
  "\u0080",
  "\u00a0",
  "\u200b",
  "\u202e",
  "\u2024\u2024",
  "\uff0e\uff0e",
  "\uff0f",
  "\ud800",
  "a\udfff",
  "\ufeff",
  "é",
  "e\u0301",
  "日本",
  "😀",
  "'",
  '"',
  "<script>",
  "`",
  "{appSlug}",
  "{}",
  "[",
  "]",
  "|",
  "^",
  "~",
  "*",
  "(",
  ")",
  "!",
  "$",
  "$&",
  "$1",
  "$`",
  "__proto__",
  "constructor",
  "toString",
  "keys",
  "rotate",
  "audit/logs",
  "api-auth",
  "null",
  "undefined",
  "0",
  "-1",
  "x".repeat(5000)
]

const bases = ["https://api.wacht.dev", "http://127.0.0.1:4010", "https://proxy.example/wacht/v1"]

/** The route of a filled template, as whoever parses the URL sees it: each value is its own segment of that route, or there is no URL. */
const staysOnRoute = (base: string, template: string, values: Readonly<Record<string, string>>): boolean => {
  const filled = fillPath(template, values, [])
  if (Either.isLeft(filled)) return filled.left.every(({ field }) => Object.hasOwn(values, field))
  const url = new URL(base + filled.right)
  const expected = [...new URL(base).pathname.split("/").slice(1), ...template.split("/").slice(1)].filter(
    (part, index) => part !== "" || index > 0
  )
  const segments = url.pathname.split("/").slice(1)
  return (
    url.origin === new URL(base).origin &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.href === base + filled.right &&
    segments.length === expected.length &&
    expected.every((part, index) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1]
      return decodeURIComponent(segments[index] ?? "") === (name === undefined ? part : values[name])
    })
  )
}

const templates = [...new Set(Object.values(operations).map(({ path }): string => path))].filter((template) =>
  template.includes("{")
)

const valuesOf = (template: string, value: string) =>
  Object.fromEntries(parameterNames(template).map((name) => [name, value]))

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...nasty, "a", "b"), { maxLength: 4 }).map((parts) => parts.join("")),
  fc
    .array(fc.constantFrom(".", "/", "\\", "%", "2", "e", "f", "?", "#", "@", ":", " ", "\n", "\u0000"), {
      maxLength: 8
    })
    .map((signs) => signs.join("")),
  fc.webUrl({ withQueryParameters: true, withFragments: true })
)

describe("path parameters", () => {
  it("are at least 60 nasty ones", () => assert.isAtLeast(nasty.length, 60))

  it.each(templates)("%s: no nasty value leaves its route", (template) => {
    for (const base of bases) {
      for (const value of nasty)
        assert.isTrue(staysOnRoute(base, template, valuesOf(template, value)), JSON.stringify(value))
    }
  })

  it("no generated value leaves its route", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.constantFrom(...templates),
        fc.array(hostile, { minLength: 3, maxLength: 3 }),
        (base, template, values) =>
          staysOnRoute(
            base,
            template,
            Object.fromEntries(parameterNames(template).map((name, index) => [name, values[index] ?? ""]))
          )
      ),
      { numRuns: 10_000 }
    )
  })

  it("refuses what names another resource, and what is missing", () => {
    for (const value of ["", ".", "..", "\u0000", "a\u0000b", "\ud800", "x\udc00y"]) {
      const filled = fillPath("/a/{b}", { b: value }, [])
      assert.isTrue(Either.isLeft(filled), JSON.stringify(value))
      assert.deepStrictEqual(Either.isLeft(filled) && filled.left.map(({ field }) => field), ["b"])
    }
    assert.deepStrictEqual(fillPath("/a/{b}", { b: "..." }, []), Either.right("/a/..."))
    assert.isTrue(Either.isLeft(fillPath("/a/{b}", {}, [])))
    // a name of Object.prototype is no value
    assert.isTrue(Either.isLeft(fillPath("/a/{toString}", {}, [])))
  })

  it("says of each value what is allowed, and of all that are wrong", () => {
    const values = { text: 5, dots: "..", half: "\ud800", id: "x", right: "y" }
    assert.deepStrictEqual(
      fillPath("/{text}/{dots}/{half}/{id}/{right}", values, ["id"]),
      Either.left([
        { field: "text", rule: "type", allowed: "text" },
        {
          field: "dots",
          rule: "rule",
          allowed: "neither empty nor a dot segment"
        },
        { field: "half", rule: "rule", allowed: "well-formed Unicode without NUL" },
        { field: "id", rule: "rule", allowed: "a record id: a signed 64-bit integer as decimal text" }
      ])
    )
  })

  it("refuses a blank scope, which the server does not take for one, and no other blank", () => {
    for (const scope of [" ", "\t\n", "\u0085"]) {
      const filled = fillPath("/{a}/{scope}", { a: " ", scope }, [])
      assert.deepStrictEqual(
        filled,
        Either.left([{ field: "scope", rule: "rule", allowed: "text that is not blank" }]),
        JSON.stringify(scope)
      )
    }
    assert.deepStrictEqual(fillPath("/{a}/{scope}", { a: " ", scope: " x" }, []), Either.right("/%20/%20x"))
  })

  it("takes every template of which a URL parser changes nothing, and no other", () => {
    const signs = ["/", "a", ".", "%2e", "%2E", "%41", "?", "#", "\\", " ", "é", "\u007f", "~", "!", "{x}"]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 6 }), (parts) => {
        const template = `/${parts.join("")}`
        const { pathname } = new URL(`https://a.example${template.replaceAll("{x}", "a")}`)
        const isKept = pathname === template.replaceAll("{x}", "a") && !template.startsWith("//")
        assert.strictEqual(isPathTemplate(template), isKept, template)
      }),
      { numRuns: 3000 }
    )
    // A value could make a sign of it.
    for (const template of ["/%", "/%2", "/%2{x}", "/%zz", "/a/{}"]) assert.isFalse(isPathTemplate(template), template)
  })

  it("refuses ids that are none", () => {
    for (const value of [
      "abc",
      "1.5",
      "01",
      "+1",
      " 1",
      "1e3",
      "0x1",
      "9223372036854775808",
      "-9223372036854775809",
      "oc_abc"
    ]) {
      assert.isTrue(Either.isLeft(fillPath("/a/{b}", { b: value }, ["b"])), value)
    }
    for (const value of ["0", "-1", "77636080333005047", "9223372036854775807", "-9223372036854775808"]) {
      assert.deepStrictEqual(fillPath("/a/{b}", { b: value }, ["b"]), Either.right(`/a/${value}`))
    }
  })

  it.live("are checked in every operation before a request exists", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    return Effect.gen(function* () {
      const call = yield* invoke
      for (const name of operationNames) {
        const parameters = parameterNames(operations[name].path)
        const ids: ReadonlyArray<string> = operations[name].ids
        for (const [index, parameter] of parameters.entries()) {
          for (const value of [
            "..",
            ".",
            "",
            "a/b",
            "..%2f..",
            "\\..",
            "?a=1#x",
            "a\u0000b",
            "\ud800",
            "a\r\nHost: evil.example",
            "日本"
          ]) {
            seen.length = 0
            const args = someArguments(name).map((argument, at) => (at === index ? value : argument))
            const error = yield* Effect.flip(call(name, ...args))
            const [sent] = seen
            if (sent === undefined) {
              assert.strictEqual(error._tag, "EncodeError")
              assert.deepInclude(error, { field: parameter })
              if (value.length > 3) assert.notInclude(error.message, value)
            } else {
              assert.strictEqual(sent.url.origin, "https://api.wacht.dev")
              assert.notInclude(ids, parameter)
              const segment = operations[name].path.split("/").indexOf(`{${parameter}}`)
              assert.strictEqual(decodeURIComponent(sent.url.pathname.split("/")[segment] ?? ""), value)
              assert.strictEqual(sent.url.pathname.split("/").length, operations[name].path.split("/").length)
            }
          }
        }
      }
    }).pipe(Effect.provide(layerOf(client)))
  })
})
