import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { STATUS_CODES } from "node:http"
import { blankSecrets } from "../../../src/errors/internal/blank.js"
import { serverMessage } from "../../../src/errors/internal/serverMessage.js"

const nothing = (text: string) => text
const words = (status: number, body: string, contentType?: string) => serverMessage(status, contentType, body, nothing)

describe("the server's words", () => {
  it("are found in the forms that servers and proxies use", () => {
    assert.strictEqual(
      words(404, '{"errors":[{"message":"API key app not found","code":404}]}'),
      "API key app not found"
    )
    assert.strictEqual(words(404, '\n {"errors":[{"message":"not trimmed: "}]}'), "not trimmed: ")
    assert.strictEqual(words(404, " trimmed \n"), "trimmed")
    assert.strictEqual(words(400, '{"message":"top"}'), "top")
    assert.strictEqual(words(400, '{"error":"short"}'), "short")
    assert.strictEqual(words(400, '{"error":{"message":"nested"}}'), "nested")
    assert.strictEqual(words(400, '"just text"'), "just text")
    assert.strictEqual(words(401, "Invalid API key", "text/plain; charset=utf-8"), "Invalid API key")
    assert.strictEqual(words(502, "<html><title>502\n Bad  Gateway</title></html>"), "502 Bad Gateway")
    assert.strictEqual(words(502, "no tags at all", "text/html"), "Bad Gateway")
    assert.strictEqual(words(504, "no tags at all", "Text/HTML"), "Gateway Timeout")
    assert.strictEqual(words(502, '\r\n <HTML><TITLE lang="en"> Down </TITLE></HTML>'), "Down")
    assert.strictEqual(words(400, '" just text "'), "just text")
  })

  it("are the platform's own where others stand beside them, and the longer of a proxy's", () => {
    const [errors, message, error] = [[{ message: "ours" }], "why", "Not Found"]
    assert.strictEqual(words(404, JSON.stringify({ error, message, errors })), "ours")
    assert.strictEqual(words(404, JSON.stringify({ error, message })), "why")
    assert.strictEqual(words(404, JSON.stringify({ error, message: " " })), "Not Found")
  })

  it("are the status' own where nothing was said", () => {
    for (const body of [
      "",
      " ",
      "null",
      "[]",
      "{}",
      "7",
      "true",
      '""',
      '{"errors":[]}',
      '{"errors":[{"message":""}]}',
      '{"errors":[{"message":" "}]}',
      '{"errors":[{"message":7}]}',
      '{"cut":"sho',
      ' {"cut":"sho',
      "[1,"
    ]) {
      assert.strictEqual(words(503, body), "Service Unavailable", body)
    }
    assert.strictEqual(words(599, ""), "Status 599")
    assert.strictEqual(words(404, '{"__proto__":{"message":"polluted"}}'), "Not Found")
  })

  it("of a status are those of its standard", () => {
    const renamed = new Map([
      [413, "Content Too Large"],
      [422, "Unprocessable Content"]
    ])
    for (const status of [400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504]) {
      assert.strictEqual(words(status, ""), renamed.get(status) ?? STATUS_CODES[status])
    }
    for (const status of [402, 410, 418, 501, 599]) assert.strictEqual(words(status, ""), `Status ${status}`)
  })

  it("are cut at 500 characters where they are plain, and end at all where they are the API's", () => {
    assert.strictEqual(words(500, "x".repeat(2000)).length, 500)
    assert.strictEqual(words(500, JSON.stringify("x".repeat(2000))).length, 500)
    assert.strictEqual(words(500, `<title>${"x".repeat(2000)}</title>`).length, 500)
    assert.strictEqual(words(500, JSON.stringify({ errors: [{ message: "x".repeat(9000) }] })).length, 4096)
    assert.strictEqual(words(500, JSON.stringify({ errors: [{ message: "x".repeat(2000) }] })).length, 2000)
  })

  it("are cut between characters, never between the halves of one", () => {
    assert.strictEqual(words(500, `${"x".repeat(499)}\u{1F600}`), "x".repeat(499))
    const message = `${"x".repeat(4095)}\u{1F600}`
    assert.strictEqual(words(500, JSON.stringify({ errors: [{ message }] })), "x".repeat(4095))
    assert.strictEqual(words(500, "gone \u{1F600}"), "gone \u{1F600}")
  })

  it("of a page go on after a secret in its title", () => {
    const blank = blankSecrets(["sk_live_secret"])
    const said = (title: string) => serverMessage(403, "text/html", `<title>${title}</title><p>`, blank)
    assert.strictEqual(said("sk_live_secret was refused by policy 7"), "<redacted> was refused by policy 7")
    assert.strictEqual(said("Key sk_live_secret <b>"), "Key <redacted>")
  })

  it("are some text, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.oneof(fc.string({ unit: "binary" }), fc.json()),
        (status, contentType, body) => {
          const message = serverMessage(status, contentType, body, nothing)
          assert.isTrue(message.length > 0 && message.length <= 4096)
        }
      ),
      { numRuns: 300 }
    )
  })
})

const escapeHtml = (text: string) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;")

/** How an echo may write what it was sent. */
const spellings: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "in a URL": encodeURIComponent,
  "in a URL, in small letters": (secret) =>
    encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase()),
  "in a form": (secret) => encodeURIComponent(secret).replace(/%20/g, "+"),
  "in JSON": (secret) => JSON.stringify(secret).slice(1, -1),
  "in a page": escapeHtml,
  "as a header": (secret) => `Bearer ${secret}`,
  "many times": (secret) => `${secret}${secret} ${secret}`
}

const secrets = [
  "example_backend_KEYKEYKEYKEYKEYKEYKEYKEY",
  "with blanks and + signs",
  "quotes \"and\" <tags> & 'more'",
  "back\\slash/and:colon",
  "ümläut-and-ß-and-é",
  " padded-secret-key ",
  "$&-and-$1-and-$$$"
]

/** What no message may hold: the secret, and any longer piece of it. */
const pieces = (secret: string): ReadonlyArray<string> => [
  secret.trim(),
  secret.trim().slice(0, 12),
  secret.trim().slice(-12)
]

describe("a secret that is echoed", () => {
  it.each(Object.keys(spellings))("vanishes, written %s", (name) => {
    const spell = spellings[name] ?? nothing
    for (const secret of secrets) {
      const blank = blankSecrets([secret])
      const bodies: ReadonlyArray<readonly [string, string]> = [
        [`You sent ${spell(secret)} here`, "text/plain"],
        [`${"x".repeat(490)}${spell(secret)}`, "text/plain"],
        [JSON.stringify({ errors: [{ message: `bad ${spell(secret)}` }] }), "application/json"],
        [JSON.stringify(spell(secret)), "application/json"],
        [`<html><title>${spell(secret)}</title></html>`, "text/html"]
      ]
      for (const [body, contentType] of bodies) {
        const message = serverMessage(400, contentType, body, blank)
        for (const piece of pieces(secret)) assert.notInclude(message, piece)
        assert.notInclude(message, encodeURIComponent(secret.trim()))
        assert.notInclude(message, spell(secret.trim()))
      }
    }
  })

  it("vanishes where it would be cut in two", () => {
    const secret = "0123456789abcdefghijklmnopqrstuvwxyz"
    for (let before = 460; before <= 500; before++) {
      const message = serverMessage(400, "text/plain", "-".repeat(before) + secret, blankSecrets([secret]))
      assert.notInclude(message, "01234567")
    }
    for (const before of [4061, 4080, 4095]) {
      const body = JSON.stringify({ message: "-".repeat(before) + secret })
      assert.notInclude(serverMessage(400, undefined, body, blankSecrets([secret])), "01")
    }
  })

  it("vanishes with all others, also where one holds another", () => {
    const blank = blankSecrets(["outer-inner-secret", "inner-secret", "outer-in"])
    assert.strictEqual(
      blank("a outer-inner-secret b inner-secret c outer-in d"),
      "a <redacted> b <redacted> c <redacted> d"
    )
  })

  it("vanishes to its last unit, where what is left could be read as a shorter spelling", () => {
    for (const [secret, echo] of [
      ["ends with \\", "ends with \\u005c"],
      ["ends with &", "ends with &#38;"],
      ["ends with %", "ends with %25"]
    ] as const) {
      assert.strictEqual(blankSecrets([secret])(`a ${echo} b`), "a <redacted> b")
    }
  })

  it("vanishes however long it is, whole or a longer part of it", () => {
    const secret = Array.from({ length: 300 }, (_, index) => index.toString(36)).join(".")
    const blank = blankSecrets([secret])
    assert.strictEqual(blank(`a ${secret} b`), "a <redacted> b")
    assert.strictEqual(blank(`a ${Buffer.from(secret).toString("hex")} b`), "a <redacted> b")
    assert.notInclude(blank(`a ${secret.slice(100, 400)} b`), secret.slice(200, 300))
  })

  it("takes the whole text with it where the search would have no end soon", () => {
    const size = 262_144
    for (const [secret, text] of [
      [`${"\\".repeat(200)}x`, "\\".repeat(size)],
      [`${"é".repeat(200)}x`, "\uFFFD".repeat(size)],
      [`${"a".repeat(200)}x`, "a".repeat(size)],
      [`${"&".repeat(200)}x`, "&lt".repeat(size / 3)],
      // Few signs, each of which takes long to read.
      [`${"\\".repeat(20)}x`, "\\".repeat(300)]
    ] as const) {
      assert.strictEqual(blankSecrets([secret])(text), "<redacted>")
    }
    assert.strictEqual(blankSecrets(["a-secret-of-its-own"])("-".repeat(size)), "-".repeat(size))
    // Three hundred pieces, each of which would be looked for behind all these zeros, eight times.
    const start = "a".repeat(60)
    const pieces = Array.from({ length: 300 }, (_, index) => start + String(index).padStart(4, "0")).join("")
    const zeros = `${start}${"\\".repeat(8)}u${"0".repeat(size)}`
    assert.isTrue(blankSecrets([pieces])(zeros) === zeros)
  })

  it("stays where it is too short to be one", () => {
    assert.strictEqual(blankSecrets(["key", ""])("the key of keys"), "the key of keys")
  })
})
