import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, it } from "@effect/vitest"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Copied again for each later piece, such a body takes more than a minute. */
const limit = 20_000

it.effect(
  "a body that comes in many pieces is read in their order, in a time that grows with its length alone",
  () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const emulator = yield* Emulator.Emulator
      const pieces = Array.from({ length: 20_000 }, (_, index) => new Uint8Array(100).fill(index))
      const request = HttpClientRequest.post("https://api.wacht.dev/api-auth/apps")
      yield* client.execute(HttpClientRequest.bodyStream(request, Stream.fromIterable(pieces)))
      const [seen] = yield* emulator.requests
      assert.strictEqual(seen?.body.length, 65_536)
      assert.isTrue(seen?.body.every((byte, index) => byte === Math.floor(index / 100) % 256))
    }).pipe(Effect.provide(Emulator.layer())),
  limit
)

it.effect("a body is sent as whatever the web takes for one, under the media type that is given with it", () =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const emulator = yield* Emulator.Emulator
    const bytes = new TextEncoder().encode("a=1")
    const request = HttpClientRequest.post("https://api.wacht.dev/api-auth/apps")
    for (const body of [
      "a=1",
      new URLSearchParams("a=1"),
      new Blob([bytes]),
      bytes.buffer,
      bytes,
      new Blob([bytes]).stream()
    ]) {
      const given = HttpClientRequest.setBody(request, HttpBody.raw(body))
      yield* client.execute(HttpClientRequest.setHeader(given, "content-type", "text/own"))
      const seen = (yield* emulator.requests).at(-1)
      assert.deepStrictEqual([seen?.text, seen?.headers["content-type"]], ["a=1", "text/own"])
    }
  }).pipe(Effect.provide(Emulator.layer()))
)

it.effect("a body that breaks off fails the request before it is sent", () =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const emulator = yield* Emulator.Emulator
    const request = HttpClientRequest.post("https://api.wacht.dev/api-auth/apps")
    const error = yield* Effect.flip(client.execute(HttpClientRequest.bodyStream(request, Stream.fail("broken"))))
    assert.strictEqual(error.reason, "Encode")
    assert.lengthOf(yield* emulator.requests, 0)
  }).pipe(Effect.provide(Emulator.layer()))
)
