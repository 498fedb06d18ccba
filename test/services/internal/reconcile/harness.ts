import { ApiKeys } from "effect-wacht"
import type { ApiKey } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"

export { elapse, fail, sent, Services, timed } from "../policy/harness.js"

/** An app with nothing in it. */
export const makeApp = (appSlug: string) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiAuthApp({ appSlug, name: appSlug, keyPrefix: "acme" }))

/** The ids of the keys that are alive. */
export const alive = (appSlug: string) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
    Effect.map(keys.listApiKeys(appSlug), (all: ReadonlyArray<ApiKey>) => all.map(({ id }) => String(id)))
  )

/** The secret that the emulator holds for a key. */
export const secretOf = (id: string) =>
  Effect.flatMap(Emulator.Emulator, ({ state }) => Effect.map(state, ({ apiKeys }) => apiKeys.get(id)?.secret))
