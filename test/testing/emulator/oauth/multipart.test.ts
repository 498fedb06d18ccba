import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { maxBodyBytes } from "../../../../src/testing/emulator/Call.js"
import { boundaryOf, parameters } from "../../../../src/testing/emulator/oauth/boundary.js"
import * as FormFields from "../../../../src/testing/emulator/oauth/formFields.js"
import * as Multipart from "../../../../src/testing/emulator/oauth/multipart.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array) => new TextDecoder().decode(value)
const malformed = "Error parsing `multipart/form-data` request"

const part = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`
const body = (...parts: ReadonlyArray<string>) => [...parts.map((item) => `--b\r\n${item}\r\n`), "--b--\r\n"].join("")

const read = (source: string | Uint8Array, boundary = "b") =>
  Either.map(Multipart.parse(boundary, typeof source === "string" ? bytes(source) : source), (parts) =>
    parts.map(({ name, value }) => [name, text(value)])
  )

describe("the boundary", () => {
  it("is read from the content type, quoted or not, in any case and order", () => {
    assert.strictEqual(boundaryOf("multipart/form-data; boundary=----x7"), "----x7")
    assert.strictEqual(boundaryOf('Multipart/Form-Data;charset=utf-8; BOUNDARY="a b;c"'), "a b;c")
  })
  it("is missing where the type is another or names none", () => {
    const none = [undefined, "", "multipart/form-data", "multipart/form-data; boundary=", "application/json"]
    for (const type of [...none, "multipart/mixed; boundary=b", "application/x-www-form-urlencoded; boundary=b"]) {
      assert.isUndefined(boundaryOf(type), String(type))
    }
  })
  it("does not take one parameter for the end of another", () => {
    assert.deepStrictEqual(parameters('form-data; filename="x; name=y"; name="a\\"b"'), [
      ["filename", "x; name=y"],
      ["name", 'a"b']
    ])
  })
})

describe("the body", () => {
  it("is split into its parts, line ends and boundary look-alikes within values kept", () => {
    const value = "one\r\n-b\r\n--a\r\n\r\n--"
    assert.deepStrictEqual(
      read(body(part("x", value), part("y", ""))),
      Either.right([
        ["x", value],
        ["y", ""]
      ])
    )
  })
  it("may have a preamble, padding after a boundary and an epilogue", () => {
    assert.deepStrictEqual(read(`hello\r\n--b \t\r\n${part("x", "1")}\r\n--b--\r\nbye`), Either.right([["x", "1"]]))
  })
  it("may have no parts", () => {
    assert.deepStrictEqual(read("--b--\r\n"), Either.right([]))
  })
  it("is refused by its first fault", () => {
    assert.deepStrictEqual(read(""), Either.left(malformed))
    assert.deepStrictEqual(read("no boundary at all"), Either.left(malformed))
    assert.deepStrictEqual(read("--b"), Either.left(malformed))
    assert.deepStrictEqual(read("--bx\r\n"), Either.left(malformed))
    assert.deepStrictEqual(read("--b\r\nContent-Disposition: form-data"), Either.left(malformed))
    assert.deepStrictEqual(read("--b\r\nno header\r\n\r\nx\r\n--b--"), Either.left(malformed))
    assert.deepStrictEqual(read(`--b\r\n${part("x", "1")}\r\n--b`), Either.left(malformed))
  })
  it("names the part that is cut short", () => {
    const cut = `Invalid multipart field 'y': ${malformed}`
    assert.deepStrictEqual(read(`--b\r\n${part("x", "1")}\r\n--b\r\n${part("y", "2")}`), Either.left(cut))
    assert.deepStrictEqual(read(`--b\r\n${part("y", "2")}\r\n--`), Either.left(cut))
  })
  it("names the part in which the limit is passed, and takes a body that just fits", () => {
    const frame = bytes(body(part("x", ""))).length
    assert.isTrue(Either.isRight(read(body(part("x", "a".repeat(maxBodyBytes - frame))))))
    const over = read(body(part("x", "a".repeat(maxBodyBytes - frame + 1))))
    assert.deepStrictEqual(
      read(body(part("x", "a".repeat(maxBodyBytes)))),
      Either.left(`Invalid multipart field 'x': ${malformed}`)
    )
    assert.isTrue(Either.isLeft(over))
    assert.deepStrictEqual(read(body(part("x", "1")) + "e".repeat(maxBodyBytes)), Either.left(malformed))
  })
  it("needs a name for every part, and says so before it reads the part", () => {
    const missing = Either.left("Multipart field name is missing")
    assert.deepStrictEqual(read("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"), missing)
    assert.deepStrictEqual(read("--b\r\nContent-Type: text/plain\r\n\r\nx"), missing)
    assert.deepStrictEqual(read('--b\r\nContent-Disposition: form-data; filename="name=x"\r\n\r\nx\r\n--b--'), missing)
  })
  it("comes out as it went in, whatever the bytes", () => {
    const value = fc.uint8Array({ maxLength: 200 }).filter((raw) => !text(raw).includes("--b"))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), value), { maxLength: 5 }), (fields) => {
        const chunks = fields.flatMap(([name, raw]) => [
          ...bytes(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
          ...raw,
          ...bytes("\r\n")
        ])
        const parsed = Multipart.parse("b", Uint8Array.from([...chunks, ...bytes("--b--\r\n")]))
        assert.deepStrictEqual(
          Either.map(parsed, (parts) => parts.map((item) => [item.name, Array.from(item.value)])),
          Either.right(fields.map(([name, raw]) => [name, Array.from(raw)]))
        )
      })
    )
  })
  it("never fails otherwise, whatever the bytes", () => {
    const soup = fc.array(fc.constantFrom("--b", "\r\n", "--", ":", part("x", "1"), "\r", " ", "é", "name="))
    fc.assert(fc.property(soup, (pieces) => void Multipart.parse("b", bytes(pieces.join("")))))
  })
})

describe("the fields", () => {
  const fields = (...parts: ReadonlyArray<readonly [string, Uint8Array, string?]>) =>
    FormFields.read(parts.map(([name, value, mediaType]) => ({ name, value, mediaType })))
  const invalid = Uint8Array.of(0x61, 0xff)

  it("take the last of repeated parts, `domain` being another name of `fqdn`", () => {
    const read = Either.getOrThrow(
      fields(["slug", bytes("a")], ["fqdn", bytes("1")], ["slug", bytes("b")], ["domain", bytes("2")])
    )
    assert.deepStrictEqual(
      [...read.text],
      [
        ["slug", "b"],
        ["fqdn", "2"]
      ]
    )
  })
  it("ignore unknown parts, whatever they hold and however they are called", () => {
    const read = Either.getOrThrow(fields(["constructor", invalid], ["Slug", invalid], ["is_active", invalid]))
    assert.strictEqual(read.text.size, 0)
  })
  it("are UTF-8, and the name of the part is told", () => {
    assert.deepStrictEqual(
      fields(["slug", bytes("a")], ["domain", invalid], ["name", invalid]),
      Either.left("Multipart field 'domain' must be valid UTF-8 text")
    )
  })
  it("have the last logo that is an image and not empty", () => {
    const logo = (...parts: ReadonlyArray<readonly [string, Uint8Array, string?]>) =>
      Either.getOrThrow(fields(...parts)).logo?.mediaType
    assert.strictEqual(
      logo(["logo", bytes("1"), "image/gif"], ["logo", bytes("2"), "text/plain"], ["logo", bytes("")]),
      "image/gif"
    )
    assert.strictEqual(logo(["logo", invalid, "image/gif"], ["logo", invalid, "image/png"]), "image/png")
    assert.isUndefined(logo(["logo", bytes("1")], ["logo", bytes(""), "image/svg+xml"]))
  })
})
