/**
 * The server's words, out of whatever body came with an error status. Total: a body of any kind gives some text.
 */
import * as Predicate from "effect/Predicate"
import { readJson } from "./json.js"

const longestPlainText = 500
/** Long enough for a message that quotes a slug or a kid; a page of text is no message. */
const longestMessage = 4096

/** Of the statuses that the platform and the proxies in front of it answer with. */
const statusTexts: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

/** What a status is called. */
export const statusText = (status: number): string => statusTexts[status] ?? `Status ${status}`

/** Where words stand in JSON: as the platform writes them, then as proxies in front of it do. */
const places = ["errors.0.message", "message", "error", "error.message"]

const member = (u: unknown, key: string): unknown => (Predicate.hasProperty(u, key) ? u[key] : undefined)

/** The words of an error answer; `blank` takes secrets out before anything is cut, so that no part of one is left. */
export const serverMessage = (
  status: number,
  contentType: string | undefined,
  body: string,
  blank: (text: string) => string
): string => {
  const words = (text: string | undefined): string =>
    blank(text ?? "")
      .trim()
      .slice(0, longestPlainText)
  const read = (body: string): string | undefined => {
    if (body.startsWith("<") || /\bhtml\b/i.test(contentType ?? "")) {
      return words(/<title\b[^<>]*>((?:<redacted>|[^<])*)/i.exec(blank(body))?.[1]?.replace(/\s+/g, " "))
    }
    const json = readJson(body)
    if (json !== undefined && typeof json !== "string") {
      const found = places
        .map((place) => place.split(".").reduce(member, json))
        .find((one): one is string => typeof one === "string" && one.trim() !== "")
      // As it was written, blanks at its ends too: some messages end with the value that they quote.
      return found === undefined ? found : blank(found).slice(0, longestMessage)
    }
    // What begins like JSON and is none was cut short: its pieces are no words.
    return /^[[{]/.test(json ?? body) ? "" : words(json ?? body)
  }
  // Cut between the halves of a pair, what is left of it would be no Unicode.
  return read(body.trim())?.replace(/[\ud800-\udbff]$/, "") || statusText(status)
}
