import { FetchHttpClient } from "@effect/platform"
import { ApiKeys, Wacht } from "effect-wacht"
import { NotFoundError } from "effect-wacht/errors"
import { ApiKey } from "effect-wacht/schemas"
import { Cause, Effect, Exit, Layer, ManagedRuntime, Redacted, Schema } from "effect"

/** Once per process: each one built has a client of its own. `runtime.dispose()` at its end. */
export const makeRuntime = () => ManagedRuntime.make(Wacht.layerConfig().pipe(Layer.provide(FetchHttpClient.layer)))

/** Promises that reject with the error itself; those of `runtime.runPromise` reject with a `FiberFailure` around it, which is no instance of its class. */
export const promisesOf =
  <R, ER>(runtime: ManagedRuntime.ManagedRuntime<R, ER>) =>
  <A, E>(effect: Effect.Effect<A, E, R>, signal?: AbortSignal): Promise<A> =>
    runtime
      .runPromiseExit(effect, signal === undefined ? {} : { signal })
      .then((exit) => (Exit.isSuccess(exit) ? exit.value : Promise.reject(Cause.squash(exit.cause))))

type Run = ReturnType<typeof promisesOf<Wacht.Services, unknown>>

export const findApp = async (run: Run, slug: string) => {
  try {
    return await run(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp(slug)))
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

export const issue = async (run: Run, slug: string, name: string) => {
  const key = await run(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiKey(slug, { name })))
  return {
    // a Redacted is "<redacted>" in a template and in JSON
    secret: Redacted.value(key.secret),
    // the API's own JSON, snake_case and null: `JSON.stringify(key)` would write camelCase and Effect's Options
    key: Schema.encodeSync(ApiKey)(key)
  }
}
