/**
 * Checks of the client's options; a refusal names the option, never its value.
 */
import * as ConfigError from "effect/ConfigError"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import { parseUrl } from "../../schemas/internal/parseUrl.js"
import { redactedText } from "../../schemas/internal/redactedText.js"

/** The option must be otherwise. */
export const refuseOption = (option: string, allowed: string): Either.Either<never, ConfigError.ConfigError> =>
  Either.left(ConfigError.InvalidData([option], `${option} must ${allowed}`))

/** What the fetch standard takes as a header value: Latin-1 without control characters. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** The key goes into a header; one that is no legal value would be a defect deep in some clients. */
export const checkKey = (
  option: string,
  key: Redacted.Redacted
): Either.Either<Redacted.Redacted, ConfigError.ConfigError> => {
  // A variable of the environment that is not set, and is said to be, gets past the types; one that was wiped has no value to give.
  const text = redactedText(key)
  if (text === undefined) return refuseOption(option, "be a Redacted text")
  return text.trim() !== "" && headerValue.test(text)
    ? Either.right(key)
    : refuseOption(option, "be a header value: Latin-1, not empty, without control characters")
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** https, or http on loopback; without what could carry a secret or break a path. Returned without a slash at the end. */
export const checkUrl = (option: string, url: string | URL): Either.Either<string, ConfigError.ConfigError> => {
  const parsed = parseUrl(url)
  if (parsed === undefined) return refuseOption(option, "be an absolute URL")
  const { hostname, href, origin, pathname, protocol } = parsed
  if (protocol !== "https:" && (protocol !== "http:" || !loopback.test(hostname))) {
    return refuseOption(option, "use https, or http on loopback")
  }
  if (href !== origin + pathname) return refuseOption(option, "hold no credentials, query or hash")
  return Either.right(href.replace(/\/+$/, ""))
}
