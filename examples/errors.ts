import { ApiKeys, WachtError } from "effect-wacht"
import { Duration, Effect, Option } from "effect"

const someTime = { onNone: () => "some time", onSome: Duration.format }

export const findOrCreate = (slug: string) =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    return yield* keys.getApiAuthApp(slug).pipe(
      Effect.catchTag("NotFoundError", () =>
        keys.createApiAuthApp({ appSlug: slug, name: slug, keyPrefix: "acme" }).pipe(
          // somebody else was faster
          Effect.catchTag("ConflictError", () => keys.getApiAuthApp(slug))
        )
      ),
      // EncodeError (refused here, nothing was sent) and ValidationError (refused by the server) leave the type
      WachtError.catchGroup("InputError", (error) => Effect.dieMessage(error.message)),
      Effect.tapErrorTag("RateLimitError", (error) =>
        Effect.logWarning(`busy for ${Option.match(error.retryAfter, someTime)}`)
      )
    )
  })
