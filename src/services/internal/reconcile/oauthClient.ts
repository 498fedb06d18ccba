/**
 * OAuth clients and their secrets. A new secret kills the old one at once and nothing tells which request made it: one caller at a time.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import type { OAuthClientRecordId } from "../../../schemas/Ids.js"
import type { OAuthClient, OAuthClientSecret } from "../../../schemas/OAuthClient.js"
import { CreateOAuthClientInput } from "../../../schemas/OAuthClientInput.js"
import { checkInput } from "../checkInput.js"
import {
  again,
  ended,
  isMadeMeanwhile,
  type Job,
  look,
  lookLater,
  makeJob,
  persistently,
  run,
  send,
  settled
} from "./job.js"
import { idsOf } from "./lineage.js"
import { hasContact, markContacts, markerOf } from "./marker.js"
import type { MarkedOptions, RerunOptions } from "./options.js"
import type { Definite } from "./rotateKey.js"
import { clientDifferences } from "./sameFields.js"

/** What a new secret needs of the service. */
export interface RotatesSecrets {
  readonly rotateOAuthClientSecret: (
    appSlug: string,
    recordId: OAuthClientRecordId
  ) => Effect.Effect<OAuthClientSecret, ValidationError | NotFoundError | UnsafeCallError>
}

/** What creation needs of the service. */
export interface CreatesClients extends RotatesSecrets {
  readonly listOAuthClients: (
    appSlug: string
  ) => Effect.Effect<ReadonlyArray<OAuthClient>, ValidationError | NotFoundError | CallError>
  readonly createOAuthClient: (
    appSlug: string,
    input: CreateOAuthClientInput
  ) => Effect.Effect<OAuthClient, ValidationError | NotFoundError | UnsafeCallError>
}

/**
 * Whether the caller has a secret that works, so that an error that changed nothing is passed on as it is. Of a later run nobody knows; what
 * the caller asked for wrongly is passed on then.
 */
type Held = "yes" | "perhaps" | "no"

const isOfInput = ({ _tag }: Definite): boolean => _tag === "EncodeError" || _tag === "ValidationError"

const rotateUntilHeld = (
  service: RotatesSecrets,
  appSlug: string,
  recordId: OAuthClientRecordId,
  job: Job,
  held: Held,
  rounds: number
): Effect.Effect<OAuthClientSecret, Definite | ReconciliationError> =>
  Effect.catchAll(send(job, service.rotateOAuthClientSecret(appSlug, recordId)), (error) => {
    if (error._tag === "OutcomeUnknownError") {
      // A lost request that acts after the next one would replace the secret in hand.
      return Effect.zipRight(
        settled(job, [recordId], error),
        again(job, rounds, [recordId], error, (left) => rotateUntilHeld(service, appSlug, recordId, job, "no", left))
      )
    }
    const missing = error._tag === "NotFoundError" ? error.message : undefined
    if (held === "yes" || (held === "perhaps" && isOfInput(error)) || missing === "OAuth client not found") {
      return Effect.fail(error)
    }
    // A 404 in other words is an app's or a proxy's, and says nothing of the client.
    return missing === "OAuth client not found or inactive"
      ? ended(job, "Revoked", [], error)
      : ended(job, "Unresolved", [recordId], error)
  })

/** Gives a client a new secret, again where the answer was lost. */
export const rotateSecret = (
  service: RotatesSecrets,
  appSlug: string,
  recordId: OAuthClientRecordId,
  options: RerunOptions
): Effect.Effect<OAuthClientSecret, Definite | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "rotateOAuthClientSecret"
    const job = yield* makeJob(operation, { appSlug, recordId }, options)
    const rotate = (held: Held) => rotateUntilHeld(service, appSlug, recordId, job, held, job.rounds)
    const later = Effect.zipRight(settled(job, [recordId]), rotate("perhaps"))
    return yield* run("OAuth", job, options.isRerun === true ? later : rotate("yes"))
  })

const hasSecret = (client: OAuthClient): boolean => client.clientAuthMethod.startsWith("client_secret_")

/** Creates a client, or takes up the creation that an earlier run with the same marker began. */
export const createClient = (
  service: CreatesClients,
  appSlug: string,
  input: CreateOAuthClientInput,
  options: MarkedOptions
): Effect.Effect<OAuthClient, ValidationError | NotFoundError | CallError | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "createOAuthClient"
    const isShared = options.marker !== undefined
    const marker = yield* markerOf(operation, options)
    const { contacts: given = [] } = yield* checkInput(operation, CreateOAuthClientInput, input)
    const contacts = yield* markContacts(operation, given, marker)
    const job = yield* makeJob(operation, { appSlug }, options, marker)
    const marked = (clients: ReadonlyArray<OAuthClient>) => clients.filter((each) => hasContact(each.contacts, marker))

    // Another run can have created one meanwhile.
    const verify = (made: OAuthClient): Effect.Effect<OAuthClient, ReconciliationError> => {
      if (!isShared) return Effect.succeed(made)
      return Effect.flatMap(look(job, service.listOAuthClients(appSlug), [made.id]), (clients) => {
        // Whatever somebody made of its contacts since.
        const live = clients.filter(
          (each) => each.isActive && (each.id === made.id || hasContact(each.contacts, marker))
        )
        // Nothing says that it is dead.
        if (clients.every(({ id }) => id !== made.id)) return ended(job, "Unresolved", [...idsOf(live), made.id])
        if (live.length > 1) return ended(job, "Several", idsOf(live))
        return live.some(({ id }) => id === made.id)
          ? Effect.succeed(made)
          : ended(job, live.length === 0 ? "Revoked" : "Taken", idsOf(live))
      })
    }

    const goOn = <E>(clients: ReadonlyArray<OAuthClient>, none: Effect.Effect<OAuthClient, E>) => {
      const all = marked(clients)
      if (all.length === 0) return none
      const [client, ...others] = all.filter(({ isActive }) => isActive)
      if (client === undefined) return ended(job, "Revoked", [])
      if (others.length > 0) return ended(job, "Several", idsOf([client, ...others]))
      const differences = clientDifferences(input, client)
      if (differences.length > 0) return ended(job, "Different", [client.id], undefined, differences)
      if (!hasSecret(client)) return Effect.succeed(client)
      return Effect.flatMap(rotateUntilHeld(service, appSlug, client.id, job, "no", job.rounds), ({ clientSecret }) =>
        verify({ ...client, clientSecret: Option.some(clientSecret) })
      )
    }

    const create = (rounds: number): Effect.Effect<OAuthClient, Definite | ReconciliationError> =>
      send(job, service.createOAuthClient(appSlug, { ...input, contacts })).pipe(
        Effect.flatMap(verify),
        Effect.catchTag("OutcomeUnknownError", (error) =>
          Effect.flatMap(lookLater(job, service.listOAuthClients(appSlug), [], error), (clients) =>
            goOn(clients, again(job, rounds, [], error, create))
          )
        )
      )

    const first = create(job.rounds)
    const later = Effect.gen(function* () {
      const list = service.listOAuthClients(appSlug)
      const before = idsOf(marked(yield* persistently(list)).filter(({ isActive }) => isActive))
      const clients = yield* lookLater(job, list, before)
      const now = idsOf(marked(clients).filter(({ isActive }) => isActive))
      if (isMadeMeanwhile(before, now)) return yield* ended(job, "Taken", now)
      return yield* goOn(clients, first)
    })
    return yield* run("OAuth", job, !isShared || options.isRerun === false ? first : later)
  })
