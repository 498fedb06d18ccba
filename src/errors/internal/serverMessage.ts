/**
 * The server's words, out of whatever body came with an error status. Total: a body of any kind gives some text.
 */
import * as Predicate from "effect/Predicate"

const longestPlainText = 500
/** Long enough for a message that quotes a slug or a kid; a page of text is no message. */
const longestMessage = 4096

const statusTexts: Readonly<Record<number, string>> = {
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required"
}

/** What a status is called. */
export const statusText = (status: number): string => statusTexts[status] ?? `Status ${status}`

type Blank = (text: string) => string

const text = (u: unknown, blank: Blank, longest: number): string | undefined =>
  typeof u === "string" ? blank(u).trim().slice(0, longest) || undefined : undefined

const member = (u: unknown, key: string): unknown =>
  Predicate.isRecord(u) && Object.hasOwn(u, key) ? u[key] : undefined

/** `{"errors":[{"message"}]}` is the platform's form; the others are what proxies in front of it send. */
const fromJson = (json: unknown, blank: Blank): string | undefined => {
  const errors = member(json, "errors")
  const error = member(json, "error")
  for (const candidate of [
    Array.isArray(errors) ? member(errors[0], "message") : undefined,
    member(json, "message"),
    error,
    member(error, "message")
  ]) {
    const words = text(candidate, blank, longestMessage)
    if (words !== undefined) return words
  }
  return undefined
}

const fromHtml = (body: string, blank: Blank): string | undefined =>
  text(/<title\b[^<>]*>([^<]*)/i.exec(blank(body))?.[1]?.replace(/\s+/g, " "), blank, longestPlainText)

const fromPlain = (body: string, blank: Blank): string | undefined =>
  // What begins like JSON and is none was cut short: its pieces are no words.
  /^[[{]/.test(body) ? undefined : text(body, blank, longestPlainText)

const fromBody = (body: string, blank: Blank): string | undefined => {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return fromPlain(body, blank)
  }
  return typeof json === "string" ? fromPlain(json, blank) : fromJson(json, blank)
}

/** The words of an error answer; `blank` takes secrets out before anything is cut, so that no part of one is left. */
export const serverMessage = (
  status: number,
  contentType: string | undefined,
  body: string,
  blank: (text: string) => string
): string => {
  const trimmed = body.trim()
  const isHtml = /\bhtml\b/i.test(contentType ?? "") || trimmed.startsWith("<")
  return (isHtml ? fromHtml : fromBody)(trimmed, blank) ?? statusText(status)
}
