import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { scoped } from "../../../../src/testing/emulator/World.js"
import * as Moment from "../../../../src/testing/emulator/Moment.js"
import type { Checked } from "./harness.js"
import { change, deployment, emulate, start } from "./harness.js"

const letters = "A".repeat(43)
const unauthorized = ({ body, status }: Checked) => status === 401 && body.identity === null && body.allowed === false
const invalid = ({ body, status }: Checked) => status === 401 && body === "Invalid API key"
const allowed = ({ body, status }: Checked) => status === 200 && body.allowed === true

describe("an API key", () => {
  it.effect("of the wrong form is refused with the empty decision", () =>
    Effect.gen(function* () {
      const { check } = yield* emulate()
      for (const value of [
        "",
        "  ",
        "x",
        letters,
        `_${letters}`,
        `a_${letters}`,
        `\u{1f600}_${letters}`,
        `sk_${letters}!`,
        `sk_${"A".repeat(42)}=`
      ])
        assert.isTrue(unauthorized(yield* check(value)), value)
    })
  )

  it.effect("of the right form that is unknown is refused with plain text", () =>
    Effect.gen(function* () {
      const { check, world } = yield* emulate()
      for (const value of [`ab_${letters}`, ` sk_${letters} `, `0123456789_${letters}`, `a :${letters}`])
        assert.isTrue(invalid(yield* check(value)), value)
      assert.strictEqual(world.auditRows.length, 0)
    })
  )

  it.effect("that is revoked, or of an inactive or deleted app, is refused as if unknown", () =>
    Effect.gen(function* () {
      const { check, key } = yield* emulate()
      for (const app of ["iso-revoked", "seeded-inactive", "seeded-deleted"])
        assert.isTrue(invalid(yield* check(key(app).secret)), app)
    })
  )

  it.effect("is good until the moment it expires", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-future")
      change(world.apiKeys, id, { expiresAt: Moment.fromMillis(Date.parse(start)) + Moment.second })
      assert.isTrue(allowed(yield* check(secret)))
      yield* TestClock.adjust("999 millis")
      assert.isTrue(allowed(yield* check(secret)))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(unauthorized(yield* check(secret)))
      assert.isTrue(unauthorized(yield* check(key("iso-past").secret)))
    })
  )

  it.effect("has expired at the very millisecond, whichever it is", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-future")
      for (const millis of [1, 2, 3, 4, 5, 6, 7, 8]) {
        change(world.apiKeys, id, { expiresAt: Moment.fromMillis(Date.parse(start) + millis) })
        yield* TestClock.adjust("1 millis")
        assert.isTrue(unauthorized(yield* check(secret)), String(millis))
      }
    })
  )

  it.effect("that is revoked and expired is refused as revoked", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-past")
      change(world.apiKeys, id, { isActive: false, revokedAt: 1n })
      assert.isTrue(invalid(yield* check(secret)))
    })
  )

  it.effect("may stand between blanks", () =>
    Effect.gen(function* () {
      const { check, key } = yield* emulate()
      assert.isTrue(allowed(yield* check(`\n ${key("iso-prefix").secret}\t`)))
    })
  )
})

describe("the gateway's copy of a key", () => {
  const revoke = (world: Parameters<typeof change>[0], id: string) =>
    change(world as Map<string, { isActive: boolean; revokedAt: bigint | null }>, id, {
      isActive: false,
      revokedAt: 1n
    })

  for (const [title, environment, waits] of [
    ["for 60 s from when it was made, however often it is used", {}, [30_000, 29_999]],
    ["for a part of a second where its world says so", { authzCacheSeconds: 0.5 }, [499]]
  ] as const)
    it.effect(`lets a revoked key pass ${title}`, () =>
      Effect.gen(function* () {
        const { check, key, world } = yield* emulate()
        world.environment = { ...world.environment, ...environment }
        const { id, secret } = key("iso-and")
        assert.isTrue(allowed(yield* check(secret)))
        revoke(world.apiKeys, id)
        for (const millis of waits) {
          yield* TestClock.adjust(millis)
          assert.isTrue(allowed(yield* check(secret)))
        }
        yield* TestClock.adjust("1 millis")
        assert.isTrue(invalid(yield* check(secret)))
      })
    )

  it.effect("does not exist of a key that was never used", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-and")
      revoke(world.apiKeys, id)
      assert.isTrue(invalid(yield* check(secret)))
    })
  )

  it.effect("is made by denied and limited calls too, and outlives the app", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { secret } = key("iso-or")
      assert.strictEqual((yield* check(secret, { required_permissions: ["nope"] })).body.reason, "permission_denied")
      change(world.apiAuthApps, scoped(deployment, "iso-or"), { isActive: false, deletedAt: 1n })
      assert.isTrue(allowed(yield* check(secret)))
      yield* TestClock.adjust("60 seconds")
      assert.isTrue(invalid(yield* check(secret)))
    })
  )

  it.effect("keeps the scheme of the key, and expiry is judged on it", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-future")
      yield* check(secret)
      change(world.apiKeys, id, { rateLimitSchemeSlug: "seeded-minute", expiresAt: 1n })
      assert.strictEqual((yield* check(secret)).body.rate_limits[0].limit, 1000)
      yield* TestClock.adjust("60 seconds")
      assert.isTrue(unauthorized(yield* check(secret)))
    })
  )

  it.effect("is part of the world: gone in one that was put back", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-and")
      const before = structuredClone(world.cachedKeys)
      yield* check(secret)
      revoke(world.apiKeys, id)
      world.cachedKeys = before
      assert.isTrue(invalid(yield* check(secret)))
    })
  )
})

describe("the identity of a key", () => {
  it.effect("names its owner and tenants, and counts its own and its owner's permissions", () =>
    Effect.gen(function* () {
      const { check, key } = yield* emulate()
      const { body } = yield* check(key("iso-roles").secret, { required_permissions: ["own", "org:admin", "ws:read"] })
      assert.deepStrictEqual(body.permissions, ["org:admin", "org:read", "own", "ws:read"])
      assert.deepStrictEqual(body.identity, {
        key_id: "281474976710665022",
        deployment_id: deployment,
        app_slug: "iso-roles",
        key_name: "iso-roles key",
        owner_user_id: "281474976710660001",
        organization_id: "281474976710661001",
        workspace_id: "281474976710662001",
        organization_membership_id: "281474976710663001",
        workspace_membership_id: "281474976710664001"
      })
      assert.strictEqual(body.headers["x-wacht-organization-id"], "281474976710661001")
      assert.strictEqual(body.headers["x-wacht-workspace-id"], "281474976710662001")
      assert.strictEqual(body.headers["x-wacht-organization-membership-id"], "281474976710663001")
      assert.strictEqual(body.headers["x-wacht-workspace-membership-id"], "281474976710664001")
    })
  )

  it.effect("is passed on in headers, with the texts of its metadata", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-and")
      change(world.apiKeys, id, { permissions: ["b", "a"], metadata: '{"team":"blue","size":3,"of":"ours, too"}' })
      assert.deepStrictEqual((yield* check(secret)).body.headers, {
        "x-wacht-key-id": id,
        "x-wacht-deployment-id": deployment,
        "x-wacht-app-slug": "iso-and",
        "x-wacht-key-name": "iso-and key",
        "x-wacht-metadata": "team=blue,of=ours, too",
        "x-wacht-permissions": "a,b",
        "x-ratelimit-60s-limit": "1000",
        "x-ratelimit-60s-remaining": "999"
      })
    })
  )

  it.effect("has its permissions once each and sorted by bytes, the app's not among them", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      change(world.apiAuthApps, scoped(deployment, "iso-dup"), { permissions: ["app"] })
      assert.deepStrictEqual((yield* check(key("iso-dup").secret)).body.permissions, ["a", "m", "z"])
      change(world.apiKeys, key("iso-case").id, { permissions: ["\u{1f600}", "\uffee", "b", "B"] })
      const { body } = yield* check(key("iso-case").secret, { required_permissions: ["app"] })
      assert.deepStrictEqual(body.permissions, ["B", "b", "\uffee", "\u{1f600}"])
      assert.strictEqual(body.blocked_rule, "permission_denied")
      assert.strictEqual(body.headers["x-wacht-permission-denied"], "true")
      assert.isUndefined(body.headers["x-wacht-permissions"], "not visible ASCII")
    })
  )

  it.effect("passes its metadata on: all in the answer, the texts in a header", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const { id, secret } = key("iso-meta")
      change(world.apiKeys, id, { metadata: '{"a":"1","big":9007199254740993,"n":null,"z":"x y","é":"2"}' })
      const answer = yield* check(secret)
      assert.strictEqual(answer.body.metadata.z, "x y")
      assert.isUndefined(answer.body.headers["x-wacht-metadata"])
      change(world.apiKeys, key("iso-prefix").id, { metadata: '{"tab":"a\\tb"}' })
      const tabbed = yield* check(key("iso-prefix").secret)
      assert.strictEqual(tabbed.body.headers["x-wacht-metadata"], "tab=a\tb", "which a header may hold")
      change(world.apiKeys, key("iso-meta-array").id, { permissions: [] })
      const { headers } = (yield* check(key("iso-meta-array").secret)).body
      assert.doesNotHaveAnyKeys(headers, ["x-wacht-metadata", "x-wacht-permissions"])
      assert.isUndefined((yield* check(key("iso-and").secret)).body.headers["x-wacht-metadata"])
    })
  )
})
