import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { WholeResponse } from "../../../src/testing/emulator/WholeResponse.js"

const request = HttpClientRequest.get("https://api.wacht.dev/")
const headers = { "content-type": "application/json", "set-cookie": "a=b" }

describe("an answer of the in-process client", () => {
  for (const [status, body] of [
    [200, '{"a":["é",1]}'],
    [200, ""],
    [400, "a=1&b=2"],
    [502, "<html>"]
  ] as const)
    it.effect(`reads like one from the web: ${status} ${body}`, () =>
      Effect.gen(function* () {
        const whole = new WholeResponse(request, status, headers, body)
        const web = HttpClientResponse.fromWeb(request, new Response(body === "" ? null : body, { status, headers }))
        // a web body can be read once only, so each way gets its own
        const fresh = () =>
          HttpClientResponse.fromWeb(request, new Response(body === "" ? null : body, { status, headers }))
        assert.deepStrictEqual(whole.status, web.status)
        assert.deepStrictEqual(whole.cookies.toJSON(), web.cookies.toJSON())
        assert.strictEqual(whole.headers["content-type"], web.headers["content-type"])
        assert.deepStrictEqual(yield* whole.text, yield* fresh().text)
        assert.deepStrictEqual(yield* Effect.option(whole.json), yield* Effect.option(fresh().json))
        assert.deepStrictEqual(yield* whole.urlParamsBody, yield* fresh().urlParamsBody)
        assert.deepStrictEqual(new Uint8Array(yield* whole.arrayBuffer), new Uint8Array(yield* fresh().arrayBuffer))
        const collect = (response: HttpClientResponse.HttpClientResponse) =>
          Effect.map(Effect.either(Stream.runCollect(response.stream)), (result) =>
            result._tag === "Left" ? result.left.reason : Chunk.toReadonlyArray(result.right).map((bytes) => [...bytes])
          )
        assert.deepStrictEqual(yield* collect(whole), yield* collect(fresh()))
        assert.strictEqual(
          whole.headers["content-length"],
          body === "" ? undefined : String(new TextEncoder().encode(body).length)
        )
      })
    )

  it.effect("gives a form", () =>
    Effect.gen(function* () {
      const type = { "content-type": "application/x-www-form-urlencoded" }
      const form = yield* new WholeResponse(request, 200, type, "a=1&b=%20").formData
      assert.deepStrictEqual(
        [...form],
        [
          ["a", "1"],
          ["b", " "]
        ]
      )
    })
  )
})
