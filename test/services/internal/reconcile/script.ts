import { assert } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import type { NotFoundError } from "effect-wacht/errors"
import { type ApiKey, type ApiKeyWithSecret, KeyId, Timestamp } from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Clock from "effect/Clock"
import * as Either from "effect/Either"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** The n-th microsecond of the test. */
export const moment = (n: number): Timestamp =>
  Option.getOrThrow(Timestamp.parse(`2026-06-15T09:00:00.${String(n).padStart(6, "0")}Z`))

/** A live key made at its moment, marked as the job's own. */
export const key = (id: number, created: number, overrides: Partial<ApiKey> = {}): ApiKey =>
  Fixtures.apiKey({
    id: KeyId.make(String(id)),
    createdAt: moment(created),
    metadata: { effect_wacht_marker: "job" },
    permissions: [],
    ...overrides
  })

/** What a key is after somebody revoked it. */
export const revoked = (at: number, reason = "leaked"): Partial<ApiKey> => ({
  isActive: false,
  revokedAt: Option.some(moment(at)),
  revokedReason: Option.some(reason)
})

/** What a key is after its rotation. */
export const rotated = (at: number): Partial<ApiKey> => revoked(at, "Rotated")

/** What a key is after its first use. */
export const used: Partial<ApiKey> = { lastUsedAt: Option.some(moment(999999)) }

/** As the request that made it answers. */
export const withSecret = (made: ApiKey): ApiKeyWithSecret => ({
  ...made,
  secret: Redacted.make(`secret of ${made.id}`)
})

/** A request whose answer was lost. */
export const lost = Effect.fail(Fixtures.outcomeUnknownError())

/** A job's typed end. */
export const ends = (reason: string, live: ReadonlyArray<string>) => ({ _tag: "ReconciliationError", reason, live })

/** All that is alive is named, and nothing else. */
export const assertFailure = (ended: Either.Either<unknown, { readonly _tag: string }>, expected: object) => {
  if (Either.isRight(ended)) return assert.fail("it ended well")
  assert.containsSubset(ended.left, expected)
  if ("live" in expected) assert.deepStrictEqual("live" in ended.left && ended.left.live, expected.live)
}

/** Gives its answers in turn; one call more is a defect. */
export const inTurn = <Args extends ReadonlyArray<unknown>, A, E>(
  answers: ReadonlyArray<Effect.Effect<A, E>>
): ((...args: Args) => Effect.Effect<A, E>) & { readonly calls: Array<Args> } => {
  const calls: Array<Args> = []
  const next = (...args: Args) =>
    Effect.suspend(() => {
      calls.push(args)
      return answers[calls.length - 1] ?? Effect.dieMessage(`call ${calls.length} was not expected`)
    })
  return Object.assign(next, { calls })
}

/** What a list holds at a look, or how the look fails. */
export type Look<Item> = ReadonlyArray<Item> | Effect.Effect<never, NotFoundError>

/** Lists that give in turn what is found at each look. */
export const looks = <Args extends ReadonlyArray<unknown>, Item>(found: ReadonlyArray<Look<Item>> = []) =>
  inTurn<Args, ReadonlyArray<Item>, NotFoundError>(
    found.map((items) => (Effect.isEffect(items) ? items : Effect.succeed(items)))
  )

type Service = typeof ApiKeys.ApiKeys.Service

/** What the service answers, operation by operation, in turn. */
export const scripted = (script: {
  readonly lists?: ReadonlyArray<Look<ApiKey>>
  readonly rotations?: ReadonlyArray<ReturnType<Service["rotateApiKey"]>>
  readonly creations?: ReadonlyArray<ReturnType<Service["createApiKey"]>>
  readonly revocations?: ReadonlyArray<ReturnType<Service["revokeApiKey"]>>
}) => {
  const look = looks<Parameters<Service["listApiKeys"]>, ApiKey>(script.lists)
  let seen: { readonly keys: ReadonlyArray<ApiKey>; readonly at: number } | undefined
  // The live keys, and all of them at the same moment, are one look.
  const listApiKeys = (...args: Parameters<Service["listApiKeys"]>) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const isAll = args[1]?.includeInactive === true
      const all = isAll && seen?.at === at ? Effect.succeed(seen.keys) : look(...args)
      seen = undefined
      return Effect.map(all, (keys) => {
        if (isAll) return keys
        seen = { keys, at }
        return keys.filter(({ isActive }) => isActive)
      })
    })
  const changing =
    <Args extends ReadonlyArray<unknown>, A, E>(change: (...args: Args) => Effect.Effect<A, E>) =>
    (...args: Args) =>
      Effect.suspend(() => {
        seen = undefined
        return change(...args)
      })
  const rotateApiKey = inTurn(script.rotations ?? [])
  const createApiKey = inTurn(script.creations ?? [])
  const revokeApiKey = inTurn(script.revocations ?? [])
  return {
    layer: Layer.mock(ApiKeys.ApiKeys)({
      listApiKeys,
      rotateApiKey: changing(rotateApiKey),
      createApiKey: changing(createApiKey),
      revokeApiKey: changing(revokeApiKey)
    }),
    listed: look.calls,
    rotatedIds: () => rotateApiKey.calls.map(([, id]) => String(id)),
    created: createApiKey.calls,
    revokedIds: () => revokeApiKey.calls.map(([, id]) => String(id)),
    revocations: revokeApiKey.calls
  }
}
