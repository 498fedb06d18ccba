import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { writeForm } from "../../../src/services/internal/multipart.js"
import { invoke, layerOf, stub } from "../../support/sdk.js"

const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes)

describe("a form", () => {
  it.effect("is written part by part, with what each of them is", () =>
    Effect.gen(function* () {
      const data = new Uint8Array([0, 13, 10, 255])
      const { bytes, contentType } = yield* writeForm([
        { name: "plain", value: "größe" },
        { name: "typed", value: data, contentType: "image/png" },
        { name: "named", value: data, contentType: "image/png", filename: "logo.png" },
        { name: "empty", value: "" }
      ])
      const [, boundary = ""] = /^multipart\/form-data; boundary=(effect-wacht-[0-9a-f]{40})$/.exec(contentType) ?? []
      assert.strictEqual(
        textOf(bytes),
        [
          `--${boundary}`,
          'Content-Disposition: form-data; name="plain"',
          "",
          textOf(new TextEncoder().encode("größe")),
          `--${boundary}`,
          'Content-Disposition: form-data; name="typed"',
          "Content-Type: image/png",
          "",
          textOf(data),
          `--${boundary}`,
          'Content-Disposition: form-data; name="named"; filename="logo.png"',
          "Content-Type: image/png",
          "",
          textOf(data),
          `--${boundary}`,
          'Content-Disposition: form-data; name="empty"',
          "",
          "",
          `--${boundary}--`,
          ""
        ].join("\r\n")
      )
    })
  )

  it.effect("has a boundary of its own each time", () =>
    Effect.gen(function* () {
      const forms = yield* Effect.replicateEffect(writeForm([]), 100)
      assert.lengthOf(new Set(forms.map(({ contentType }) => contentType)), 100)
    })
  )

  it.effect("has a boundary that no part of it holds, though its digits be foretold", () =>
    Effect.gen(function* () {
      const write = (value: string | Uint8Array) =>
        Effect.withRandom(writeForm([{ name: "a", value }]), Random.make("the same each time"))
      const { contentType } = yield* write("")
      assert.strictEqual((yield* write("x")).contentType, contentType)
      const foretold = `--${contentType.replace(/^.*=/, "")}--`
      for (const value of [foretold, new TextEncoder().encode(foretold)]) {
        assert.notStrictEqual((yield* write(value)).contentType, contentType)
      }
    })
  )
})

describe("the logo of an OAuth app", () => {
  it.effect.each([
    ["image/png", "logo.png"],
    ["image/jpeg", "logo.jpg"],
    ["image/jpg", "logo.jpg"],
    ["image/gif", "logo.gif"],
    ["image/webp", "logo.webp"],
    ["image/x-icon", "logo.ico"],
    ["image/vnd.microsoft.icon", "logo.ico"]
  ])("of type %s is a file named as such", ([contentType, filename]) => {
    const { client, seen } = stub(() => ({ status: 500, body: "" }))
    return Effect.gen(function* () {
      const logo = { data: new Uint8Array([1]), contentType }
      yield* Effect.flip((yield* invoke)("createOAuthApp", { slug: "s", name: "n", logo }))
      const [sent] = seen
      const head = [
        `Content-Disposition: form-data; name="logo"; filename="${filename}"`,
        `Content-Type: ${contentType}`
      ].join("\r\n")
      assert.include(textOf(sent?.body ?? new Uint8Array()), head)
    }).pipe(Effect.provide(layerOf(client)))
  })
})
