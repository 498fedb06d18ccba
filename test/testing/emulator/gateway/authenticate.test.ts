import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { Emulated } from "./harness.js"
import { change, credential, deployment, emulate, rule } from "./harness.js"

const apps = "/api-auth/apps"

const refusal = ({ platform }: Emulated, authorization: string | undefined, path = apps, method = "GET") =>
  Effect.map(
    platform({ method, path, headers: authorization === undefined ? {} : { authorization } }),
    ({ body, status }) => [status, JSON.parse(body).errors?.[0]?.message]
  )

const notBearer = [401, "Authorization header must be Bearer token"]
const failed = [401, "Authentication failed"]
const passed = [200, undefined]

describe("the credential of a platform request", () => {
  it.effect("stands behind Bearer in this spelling and one blank", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const key = credential("owner")
      const wrong = [undefined, "", "Bearer", "Bearer ", `bearer ${key}`, `BEARER ${key}`, `Basic ${key}`, key]
      for (const header of [...wrong, `Bearer\t${key}`, `Bearer${key}`, "Bearer clé"])
        assert.deepStrictEqual(yield* refusal(emulated, header), notBearer, header)
      for (const header of [`Bearer ${key}`, `Bearer   ${key} `, ` Bearer ${key}`])
        assert.deepStrictEqual(yield* refusal(emulated, header), passed, header)
    })
  )

  it.effect("is refused without a reason when unknown, malformed, revoked, expired or of another kind of app", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      for (const actor of ["revoked", "expired", "wrongslug"])
        assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${credential(actor)}`), failed, actor)
      for (const key of ["x", `sk_${"A".repeat(43)}`, `${credential("owner")}x`, `${credential("owner")} x`, "x\ty"])
        assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${key}`), failed, key)
      const other = [...emulated.world.deployments.keys()].find((id) => id !== deployment)
      for (const backendAppSlug of [`aa_${deployment}x`, `aa_0${deployment}`, `aa_${other}`]) {
        change(emulated.world.backendKeys, credential("owner"), { backendAppSlug })
        assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${credential("owner")}`), failed, backendAppSlug)
      }
    })
  )

  it.effect("is checked before path, method and body", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      assert.deepStrictEqual(yield* refusal(emulated, undefined, "/nowhere"), notBearer)
      assert.deepStrictEqual(yield* refusal(emulated, "Bearer x", apps, "PUT"), failed)
      const key = `Bearer ${credential("owner")}`
      assert.deepStrictEqual(yield* refusal(emulated, key, "/nowhere"), [404, "Not found"])
      assert.deepStrictEqual(yield* refusal(emulated, key, apps, "PUT"), [405, "Method not allowed"])
    })
  )

  it.effect("expires with the clock", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const key = credential("owner")
      change(emulated.world.backendKeys, key, {
        expiresAt: BigInt(Date.parse("2026-11-23T10:26:35.000Z")) * 1000n
      })
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${key}`), passed)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${key}`), failed)
    })
  )
})

describe("the limits of a backend key", () => {
  it.effect("count by its own rules, and the refusal calls milliseconds seconds", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const limited = (path?: string) => refusal(emulated, `Bearer ${credential("limited")}`, path)
      assert.deepStrictEqual(yield* limited(), passed)
      assert.deepStrictEqual(yield* limited(), passed)
      const refused = [429, "Rate limit exceeded. Retry after 60000 seconds"]
      assert.deepStrictEqual(yield* limited(), refused)
      // per_key rules count per path
      assert.deepStrictEqual(yield* limited("/api-auth/rate-limit-schemes"), passed)
      assert.deepStrictEqual(yield* limited("/nowhere"), [404, "Not found"])
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* limited(), refused)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* limited(), passed)
    })
  )

  it.effect("come before the check of the app's slug", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      change(emulated.world.backendKeys, credential("wrongslug"), { rateLimits: [rule({ unit: "second" })] })
      const key = `Bearer ${credential("wrongslug")}`
      assert.deepStrictEqual(yield* refusal(emulated, key), failed)
      assert.deepStrictEqual(yield* refusal(emulated, key), [429, "Rate limit exceeded. Retry after 1000 seconds"])
    })
  )

  it.effect("are 1000 a minute for all keys of the app where there are none", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      for (const actor of ["owner", "limited"])
        change(emulated.world.backendKeys, credential(actor), { rateLimits: [] })
      for (let call = 0; call < 999; call++) yield* refusal(emulated, `Bearer ${credential("owner")}`, "/nowhere")
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${credential("limited")}`), passed)
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${credential("owner")}`), [
        429,
        "Rate limit exceeded. Retry after 60000 seconds"
      ])
    })
  )
})

describe("an ordinary key on the platform", () => {
  it.effect("is counted and recorded as a call of its app, and then refused", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const { secret } = emulated.key("iso-limit")
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${secret}`), failed)
      const { body } = yield* emulated.get("/api-auth/apps/iso-limit/audit/logs")
      assert.deepStrictEqual(
        body.data.map((row: Record<string, unknown>) => [
          row["path"],
          row["outcome"],
          row["client_ip"],
          row["user_agent"]
        ]),
        [["GET /api-auth/apps", "VALID", "127.0.0.1", "unknown"]]
      )
      yield* emulated.platform({
        path: "/oauth/apps",
        headers: { authorization: `Bearer ${secret}`, "user-agent": "own/1" }
      })
      const [latest] = (yield* emulated.get("/api-auth/apps/iso-limit/audit/logs")).body.data
      assert.deepStrictEqual([latest.path, latest.user_agent], ["GET /oauth/apps", "own/1"])
      yield* refusal(emulated, `Bearer ${secret}`)
      yield* refusal(emulated, `Bearer ${secret}`)
      assert.strictEqual((yield* refusal(emulated, `Bearer ${secret}`))[0], 429)
    })
  )

  it.effect("does not speak for a deployment, however its app is called", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const { id, secret } = emulated.key("iso-and")
      const app = emulated.world.apiAuthApps.get("281474976710656001/iso-and")
      if (app !== undefined) emulated.world.apiAuthApps.set("281474976710656001/aa_281474976710656001", app)
      change(emulated.world.apiKeys, id, { appSlug: "aa_281474976710656001" })
      assert.deepStrictEqual(yield* refusal(emulated, `Bearer ${secret}`), failed)
    })
  )

  it.effect("leaves no row where it is a backend key", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      yield* refusal(emulated, `Bearer ${credential("owner")}`)
      assert.strictEqual(emulated.world.auditRows.length, 0)
    })
  )
})
