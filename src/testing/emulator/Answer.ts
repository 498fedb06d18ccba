/** What goes back to the caller. */
import type { Failure } from "./Failure.js"
import type { Writable } from "./json/write.js"
import { write } from "./json/write.js"

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const json = (value: Writable, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: write(value)
})

/** `200 {}`, which three routes say instead of nothing. */
export const emptyObject: Answer = json({})

/** The origin's 204: no body, but the headers of one. */
export const noContent: Answer = {
  status: 204,
  headers: { "content-type": "application/json", "content-length": "2" },
  body: ""
}

/** Plain text (the gateway's refusals). */
export const text = (status: number, body: string): Answer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body
})

/** No body at all (the gateway's 404 and 405). */
export const bare = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: ""
})

/** The platform's error envelope. */
export const fromFailure = ({ headers, message, status }: Failure): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: write({ errors: [{ message, code: status }] })
})
