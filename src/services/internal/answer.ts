/**
 * Reads one answer within its limits, and turns whatever the client failed with into plain facts.
 *
 * Nothing of the client's own errors goes further: they hold the request, and with it the bearer token.
 */
import type * as Headers from "@effect/platform/Headers"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { connectionFailure } from "../../errors/internal/connection.js"
import type { Failure } from "../../errors/internal/failure.js"
import { readJson } from "../../errors/internal/json.js"
import type { Alarm } from "./alarm.js"
import { bodyText, readBytes } from "./bodyText.js"
import { isGzip } from "./bytes.js"
import { gather } from "./gather.js"
import { Gathered } from "./gathered.js"

/** The words of an error are worth some waiting, in milliseconds, but its status is known already. */
const errorBodyLimit = 5000
/** A body that nobody reads is taken off the connection, so that the connection can be used again. */
const drainLimit = 1000
/** An error's words are at its beginning. */
const largestErrorBody = 262_144

/** What a client failed with, in our own words; `status` where there was an answer already. */
export const clientFailure = (error: HttpClientError.HttpClientError, status: Option.Option<number>): Failure => {
  const { code, isNotSent } = connectionFailure(error)
  const suffix = Option.isSome(code) ? ` (${code.value})` : ""
  if (error._tag === "RequestError" && error.reason !== "Transport") {
    // Without the code: that is a connection's, by which a retry knows that another try can help.
    const message = `the request could not be built${suffix}`
    return { _tag: "NotSent", message, code: Option.none() }
  }
  if (error._tag === "RequestError" && isNotSent) {
    return { _tag: "NotSent", message: `no connection; nothing was sent${suffix}`, code }
  }
  const where = Option.isSome(status) ? " in the body" : ""
  return { _tag: "Lost", message: `the connection was lost${where}${suffix}`, code, status }
}

/** Ends the connection of an answer that nobody reads: opening the body and leaving it at once does that in every client. */
const abandon = (response: HttpClientResponse.HttpClientResponse) =>
  // Never a child of the caller where that cannot be interrupted: Effect interrupts children with any fiber that it is asked to interrupt.
  Effect.disconnect(
    Effect.interruptible(Effect.raceFirst(Effect.exit(gather(response, 0, new Gathered())), Effect.sleep(0)))
  )

/** The length that the text will have; no number where the headers do not say. */
const contentLength = ({
  "content-encoding": encoding = "identity",
  "content-length": length = ""
}: Headers.Headers): number =>
  /^\d+$/.test(length) && encoding.trim().toLowerCase() === "identity" ? Number(length) : Number.NaN

const tooLarge = ({ status }: HttpClientResponse.HttpClientResponse, limit: number): Effect.Effect<never, Failure> =>
  Effect.fail({
    _tag: "Unreadable",
    status,
    reason: "TooLarge",
    field: "",
    message: `the answer has more bytes than maxAnswerBytes: ${limit}`
  })

const readText = (
  response: HttpClientResponse.HttpClientResponse,
  headers: Headers.Headers,
  limit: number
): Effect.Effect<string, Failure | HttpClientError.ResponseError> => {
  const length = contentLength(headers)
  if (length >= 0 && readBytes(response) === undefined) {
    return length <= limit ? bodyText(response) : Effect.zipRight(abandon(response), tooLarge(response, limit))
  }
  return Effect.flatMap(gather(response, limit, new Gathered()), (gathered) =>
    gathered.size > limit ? tooLarge(response, limit) : Effect.succeed(gathered.text())
  )
}

/** The words in a body that may have no end yet. Cut short, a text could end with half a secret: only JSON tells that it is whole. */
export const wordsSoFar = (gathered: Gathered): string => {
  const text = gathered.text()
  return /^\s*[[{]/.test(text) && readJson(text) !== undefined ? text : ""
}

/** The words of an error answer: as much of them as comes. How that ends is nobody's concern, defects included (a body that is read already gives one in some clients). */
const readErrorText = (response: HttpClientResponse.HttpClientResponse, gathered: Gathered): Effect.Effect<string> =>
  Effect.matchCause(gather(response, largestErrorBody, gathered), {
    onFailure: () => wordsSoFar(gathered),
    onSuccess: () => {
      if (gathered.size > largestErrorBody) return wordsSoFar(gathered)
      const text = gathered.text()
      return isGzip(text) ? "" : text
    }
  })

/** Whether the status says that it worked. */
export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

/**
 * Whether the answer is in the body. A 204 claims a JSON body of length 2 that never comes; a client that believes it would lose the status.
 */
export const isInBody = (status: number, wantsBody: boolean): boolean =>
  wantsBody && isSuccess(status) && status !== 204

/** Reads what the operation wants of the body: all of it, or nothing; of an error its words, which are `heard` as they come. */
export const readAnswer = (
  response: HttpClientResponse.HttpClientResponse,
  /** The response's own, read once: some clients make them anew each time. */
  headers: Headers.Headers,
  options: {
    readonly wantsBody: boolean
    readonly maxBytes: number
    readonly heard: Gathered | undefined
    readonly alarm: Alarm
  }
): Effect.Effect<string, Failure | HttpClientError.ResponseError> => {
  if (options.heard !== undefined) {
    options.alarm.hurry(errorBodyLimit)
    return readErrorText(response, options.heard)
  }
  if (isInBody(response.status, options.wantsBody)) return readText(response, headers, options.maxBytes)
  // Some clients give their socket back only when there is nothing left to read.
  options.alarm.hurry(drainLimit)
  return Effect.as(Effect.exit(gather(response, largestErrorBody, new Gathered())), "")
}
