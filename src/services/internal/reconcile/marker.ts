/**
 * Markers: how a job recognizes what it created.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { EncodeError } from "../../../errors/ClientError.js"
import { isBlank } from "../../../schemas/internal/rules.js"
import { isPlain, isWellFormed, wellFormed } from "../../../schemas/internal/sendable.js"
import { randomDigits } from "../randomDigits.js"
import { refuse } from "../refuse.js"
import type { MarkedOptions } from "./options.js"

/** The member of a key's metadata that holds the marker. */
const metadataMember = "effect_wacht_marker"

/** What the entry of a client's contacts begins with. */
const contactPrefix = "effect-wacht:"

/** A marker that nobody else makes: the time, and 128 bits of the `Random` in scope. */
export const makeMarker: Effect.Effect<string> = Effect.zipWith(
  Clock.currentTimeMillis,
  randomDigits(32),
  (now, random) => `${now.toString(36)}-${random}`
)

/** A marker that the caller chose. */
export const checkMarker = (operation: string, marker: unknown): Either.Either<string, EncodeError> =>
  typeof marker !== "string" || isBlank(marker) || !isWellFormed(marker)
    ? Either.left(refuse(operation, "marker", `text that is not blank, ${wellFormed}`))
    : Either.right(marker)

/** The marker of a job: the caller's own, or one that is made. By a new one a later run would find nothing, and do the job a second time. */
export const markerOf = (
  operation: string,
  { isRerun, marker }: Pick<MarkedOptions, "isRerun" | "marker">
): Effect.Effect<string, EncodeError> =>
  marker === undefined && isRerun !== true ? makeMarker : checkMarker(operation, marker)

/** The metadata with the marker in it. */
export const markMetadata = (
  operation: string,
  metadata: unknown,
  marker: string
): Either.Either<Readonly<Record<string, unknown>>, EncodeError> => {
  if (metadata === undefined) return Either.right({ [metadataMember]: marker })
  if (!isPlain(metadata)) {
    const allowed = "a plain object, or left out: the marker becomes one of its members"
    return Either.left(refuse(operation, "metadata", allowed, "type"))
  }
  const own = metadata[metadataMember]
  return own === undefined || own === marker
    ? Either.right({ ...metadata, [metadataMember]: marker })
    : Either.left(refuse(operation, `metadata.${metadataMember}`, "left out, or the job's own marker"))
}

/** Whether a key's metadata has the marker. */
export const isMarked = (metadata: unknown, marker: string): boolean =>
  Predicate.isRecord(metadata) && metadata[metadataMember] === marker

/** The contacts with the marker among them. */
export const markContacts = (
  operation: string,
  contacts: ReadonlyArray<string>,
  marker: string
): Either.Either<ReadonlyArray<string>, EncodeError> => {
  const entry = contactPrefix + marker
  return contacts.some((contact) => contact.startsWith(contactPrefix) && contact !== entry)
    ? Either.left(refuse(operation, "contacts", "no marker but the job's own"))
    : Either.right([...contacts.filter((contact) => contact !== entry), entry])
}

/** Whether a client's contacts have the marker. */
export const hasContact = (contacts: ReadonlyArray<string>, marker: string): boolean =>
  contacts.includes(contactPrefix + marker)
