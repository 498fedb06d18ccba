import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Wacht } from "effect-wacht"
import type { WachtError } from "effect-wacht/errors"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Socket } from "node:net"
import { gzipSync } from "node:zlib"
import { clientNames, clients } from "./matrix.js"
import { answer, head, type Respond, startFaultServer } from "./server.js"
import { gzipBomb } from "./variants.js"

const mebibyte = 1024 * 1024

const json = { "content-type": "application/json" }

const empty = '{"schemes":[],"total":0}'

/** What an answer may have where nobody says otherwise. */
const defaultLimit = 16_777_216

const padded = (bytes: number): string => empty + " ".repeat(bytes - empty.length)

const chunked = (text: string): string =>
  `${head(200, { ...json, "transfer-encoding": "chunked" })}${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`

const packed = (socket: Socket, text: string): void =>
  answer(socket, 200, { ...json, "content-encoding": "gzip" }, gzipSync(text))

/** Blanks for as long as somebody takes them. */
const endless: Respond = (socket) => {
  const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`
  socket.write(head(200, { ...json, "transfer-encoding": "chunked" }))
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk)) continue
  }
  socket.on("drain", write)
  write()
}

const variants = new Map<string, Respond>([
  ["endless", endless],
  ["announced", (socket) => socket.write(head(200, { ...json, "content-length": String(10_000 * mebibyte) }))],
  ["bomb", (socket) => answer(socket, 200, { ...json, "content-encoding": "gzip" }, gzipBomb())],
  ["gzip", (socket) => packed(socket, empty)],
  ["at the default", (socket) => answer(socket, 200, json, padded(defaultLimit))],
  ["over the default", (socket) => answer(socket, 200, json, padded(defaultLimit + 1))],
  ["at the default, packed", (socket) => packed(socket, padded(defaultLimit))],
  ["over the default, packed", (socket) => packed(socket, padded(defaultLimit + 1))],
  ["at the limit", (socket) => answer(socket, 200, json, padded(1000))],
  ["over the limit", (socket) => answer(socket, 200, json, padded(1001))],
  ["at the limit in chunks", (socket) => socket.end(chunked(padded(1000)))],
  ["over the limit in chunks", (socket) => socket.end(chunked(padded(1001)))]
])

/** The error of a listing, and how much the server could write before it came. */
const list = (client: (typeof clientNames)[number], variant: string, maxAnswerBytes?: number) =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.promise(() =>
        startFaultServer(new Map([...variants].map(([name, respond]) => [encodeURIComponent(name), respond])))
      ),
      ({ close }) => Effect.promise(close)
    )
    const layer = Wacht.layer({
      apiKey: Redacted.make("backend_0QzVx2L7mB4kTnW8"),
      baseUrl: `${server.url}/${encodeURIComponent(variant)}/x`,
      maxAnswerBytes
    })
    const result = yield* Effect.either(
      Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes()).pipe(
        Effect.provide(Layer.orDie(layer).pipe(Layer.provide(clients[client])))
      )
    )
    return { result, written: server.bytesWritten() }
  }).pipe(Effect.scoped)

const reasonOf = (error: WachtError | undefined): string =>
  error !== undefined && error._tag === "DecodeError" ? error.reason : String(error?._tag)

describe("the size of an answer", () => {
  for (const client of clientNames) {
    it.live(
      `is counted while reading, and memory stays bounded (${client})`,
      () =>
        Effect.gen(function* () {
          let most = 0
          const used = () => process.memoryUsage().external
          const before = used()
          const timer = setInterval(() => (most = Math.max(most, used() - before)), 5)
          const { result, written } = yield* list(client, "endless")
          clearInterval(timer)
          assert.strictEqual(result._tag === "Left" ? reasonOf(result.left) : "", "TooLarge")
          assert.isBelow(written, 64 * mebibyte)
          assert.isBelow(most, 160 * mebibyte)
        }),
      60_000
    )

    it.live(
      `is refused at once where it is announced (${client})`,
      () =>
        Effect.gen(function* () {
          // It announces a body and never sends it.
          const { result } = yield* list(client, "announced")
          assert.strictEqual(result._tag === "Left" ? reasonOf(result.left) : "", "TooLarge")
        }),
      60_000
    )

    it.live(
      `is at most 16 MiB unless told otherwise (${client})`,
      () =>
        Effect.gen(function* () {
          // Only fetch unpacks what it gets.
          for (const how of client === "fetch" ? ["", ", packed"] : [""]) {
            const right = yield* list(client, `at the default${how}`)
            const wrong = yield* list(client, `over the default${how}`)
            assert.deepStrictEqual(right.result._tag === "Right" ? right.result.right : undefined, [])
            assert.strictEqual(wrong.result._tag === "Left" ? reasonOf(wrong.result.left) : "", "TooLarge")
          }
        }),
      60_000
    )

    it.live(
      `is that of the unpacked answer (${client})`,
      () =>
        Effect.gen(function* () {
          const bomb = yield* list(client, "bomb")
          const gzip = yield* list(client, "gzip")
          // fetch unpacks what it gets, the two others hand it over as it came.
          assert.strictEqual(
            bomb.result._tag === "Left" ? reasonOf(bomb.result.left) : "",
            client === "fetch" ? "TooLarge" : "Encoding"
          )
          if (client === "fetch") assert.deepStrictEqual(gzip.result._tag, "Right")
          else {
            assert.strictEqual(gzip.result._tag === "Left" ? reasonOf(gzip.result.left) : "", "Encoding")
            assert.include(gzip.result._tag === "Left" ? gzip.result.left.message : "", "gzip")
          }
        }),
      60_000
    )

    it.live(
      `may be exactly the limit (${client})`,
      () =>
        Effect.gen(function* () {
          for (const how of ["", " in chunks"]) {
            const right = yield* list(client, `at the limit${how}`, 1000)
            const wrong = yield* list(client, `over the limit${how}`, 1000)
            assert.deepStrictEqual(right.result._tag === "Right" ? right.result.right : undefined, [])
            assert.strictEqual(wrong.result._tag === "Left" ? reasonOf(wrong.result.left) : "", "TooLarge")
          }
        }),
      60_000
    )
  }
})
