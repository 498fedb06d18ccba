/**
 * What an emulator can be told to let go wrong, as values for `Emulator.Service`'s `failNext` and `failEvery`.
 *
 * @since 0.1.0
 */
import * as Headers from "@effect/platform/Headers"
import * as Duration from "effect/Duration"
import type { Fault } from "./emulator/faults.js"
import { write } from "./emulator/json/write.js"

// By their own names: a declaration of somebody else's could not name what an alias stands for.
export type { Fault, Matcher, SeenRequest } from "./emulator/faults.js"
export type { Host } from "./emulator/Kernel.js"
export type { OperationName } from "./emulator/operationNames.js"

const answer = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
  acts = false,
  plain?: string
): Fault => ({ _tag: "Answer", status, headers, body, plain, acts })

/**
 * The server answers this status in the API's own error form (of the gateway plain text, a 401 as of an unknown key), without carrying the
 * request out.
 * With `acts` it carries it out first: the 500 after the fact. Statuses are the numbers from 200 to 599; the in-process client answers any
 * other as well, a server those up to 999.
 *
 * @since 0.1.0
 * @category constructors
 */
export const status = (
  code: number,
  options?: {
    readonly message?: string | undefined
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly acts?: boolean | undefined
  }
): Fault =>
  answer(
    code,
    write({ errors: [{ message: options?.message ?? "Something went wrong", code }] }),
    // A header is the same in any case.
    { "content-type": "application/json", ...Headers.fromInput(options?.headers) },
    options?.acts,
    options?.message ?? (code === 401 ? "Invalid API key" : "Something went wrong")
  )

/**
 * Any answer at all, word by word.
 *
 * @since 0.1.0
 * @category constructors
 */
export const respond = (options: {
  readonly status: number
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly acts?: boolean | undefined
}): Fault => answer(options.status, options.body ?? "", options.headers ?? {}, options.acts)

/**
 * A page of HTML from something in front of the API, 502 unless told otherwise.
 *
 * @since 0.1.0
 * @category constructors
 */
export const html = (code = 502, title = "Bad Gateway"): Fault =>
  answer(
    code,
    `<html>\r\n<head><title>${code} ${title}</title></head>\r\n<body><h1>${code} ${title}</h1></body>\r\n</html>\r\n`,
    { "content-type": "text/html" }
  )

/**
 * A redirect to somewhere else, 302 unless told otherwise.
 *
 * @since 0.1.0
 * @category constructors
 */
export const redirect = (location: string, code = 302): Fault => answer(code, "", { location })

/**
 * Nobody listens: the connection is refused, so the request was certainly not sent. A served emulator does listen: there it loses the
 * connection before it acts, as `loseBefore`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refuseConnection: Fault = { _tag: "Refuse" }

/**
 * The connection is lost after the request was sent and before the server carried it out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const loseBefore: Fault = { _tag: "Lose", acts: false }

/**
 * The connection is lost after the server carried the request out: the answer, with a secret perhaps, is gone.
 *
 * @since 0.1.0
 * @category constructors
 */
export const loseAfter: Fault = { _tag: "Lose", acts: true }

/**
 * The request waits before it is carried out; goes together with other faults.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput): Fault => ({
  _tag: "Delay",
  duration: Duration.decode(duration)
})

/**
 * The request is carried out, its answer's headers and half of the body come, the rest never does.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stallBody: Fault = { _tag: "StallBody" }

/**
 * The request is carried out, and the connection is lost in the middle of the answer's body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const cutBody: Fault = { _tag: "CutBody" }
