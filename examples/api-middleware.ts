/**
 * An API of your own, each of whose requests the gateway judges: 401, 403, 429 and 503 kept apart, limits told to the caller.
 */
import {
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  HttpApp,
  HttpServerRequest,
  HttpServerResponse
} from "@effect/platform"
import { Gateway, Policy } from "effect-wacht"
import type { AuthzDecision, AuthzIdentity } from "effect-wacht/schemas"
import { Context, Duration, Effect, Layer, Option, Schema } from "effect"

/** The key is unknown, revoked or expired. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()(
  "Unauthorized",
  {},
  HttpApiSchema.annotations({ status: 401 })
) {}

/** The key lacks a permission. */
export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  {},
  HttpApiSchema.annotations({ status: 403 })
) {}

/** The key, or its app, has made too many requests. */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>()(
  "TooManyRequests",
  {},
  HttpApiSchema.annotations({ status: 429 })
) {}

/** Nobody could say whether the key is good. */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  {},
  HttpApiSchema.annotations({ status: 503 })
) {}

/** Who calls. */
export class Caller extends Context.Tag("Caller")<Caller, AuthzIdentity>() {}

/** Lets a request with a good key through. */
export class Guard extends HttpApiMiddleware.Tag<Guard>()("Guard", {
  failure: Schema.Union(Unauthorized, Forbidden, TooManyRequests, Unavailable),
  provides: Caller,
  security: { key: HttpApiSecurity.bearer }
}) {}

/**
 * What the caller may be told. The other headers of a decision (`x-wacht-…`: ids, permissions, metadata) are for services behind you, and
 * `-reset` is in milliseconds, where clients expect seconds.
 */
const headersFor = ({ headers, retryAfter }: AuthzDecision): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => /^x-ratelimit-.*-(?:limit|remaining)$/.test(name))),
  ...Option.match(retryAfter, {
    onNone: () => ({}),
    onSome: (wait) => ({ "retry-after": String(Math.ceil(Duration.toSeconds(wait))) })
  })
})

/** Judges by the gateway, and lets nobody through where that fails. */
export const GuardLive = (requiredPermissions: ReadonlyArray<string>) =>
  Layer.effect(
    Guard,
    Effect.map(Gateway.Gateway, (gateway) => ({
      key: (token) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const decision = yield* gateway.checkAuthz({
            principal: { type: "api_key", value: token },
            resource: request.url,
            method: request.method,
            // left out, they would be your own server's
            clientIp: Option.getOrUndefined(request.remoteAddress),
            userAgent: request.headers["user-agent"],
            requiredPermissions
          })
          yield* HttpApp.appendPreResponseHandler((_, response) =>
            Effect.succeed(HttpServerResponse.setHeaders(response, headersFor(decision)))
          )
          if (decision.allowed) return yield* decision.identity
          return yield* Option.contains(decision.reason, "rate_limited") ? new TooManyRequests() : new Forbidden()
        }).pipe(
          // every request of yours waits for it
          Policy.attemptTimeout("2 seconds"),
          Effect.catchTags({
            AuthenticationError: (error) =>
              // a bad credential of the caller's is not a bad key of ours
              error.subject === "principal" ? new Unauthorized() : unavailable(error),
            RateLimitError: unavailable,
            ServerError: unavailable,
            UnexpectedStatusError: unavailable,
            TransportError: unavailable,
            TimeoutError: unavailable,
            DecodeError: unavailable,
            EncodeError: unavailable,
            ValidationError: unavailable,
            NoSuchElementException: unavailable
          })
        )
    }))
  )

const unavailable = (error: { readonly _tag: string; readonly message: string }) =>
  Effect.zipRight(Effect.logError(`no decision: ${error._tag}: ${error.message}`), new Unavailable())
