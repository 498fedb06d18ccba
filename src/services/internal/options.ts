/**
 * Checks of the client's options; a refusal names the option, never its value.
 */
import * as ConfigError from "effect/ConfigError"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const refuse = (option: string, message: string): Either.Either<never, ConfigError.ConfigError> =>
  Either.left(ConfigError.InvalidData([option], message))

/** What the fetch standard takes as a header value: Latin-1 without control characters. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]+$/

/** The key goes into a header; one that is no legal value would be a defect deep in some clients. */
export const checkKey = (
  option: string,
  key: Redacted.Redacted
): Either.Either<Redacted.Redacted, ConfigError.ConfigError> => {
  const text = Redacted.value(key)
  if (text.trim() === "") return refuse(option, `${option} must not be empty`)
  if (!headerValue.test(text)) {
    return refuse(
      option,
      `${option} must be a legal header value: no line break, no control character, no character outside Latin-1`
    )
  }
  return Either.right(key)
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const parseUrl = Option.liftThrowable((text: string) => new URL(text))

/** https, or http on loopback; without what could carry a secret or break a path. Returned without a slash at the end. */
export const checkUrl = (option: string, url: string | URL): Either.Either<string, ConfigError.ConfigError> => {
  const text = String(url)
  const parsed = parseUrl(text)
  if (Option.isNone(parsed)) return refuse(option, `${option} must be an absolute URL`)
  const { hash, hostname, href, password, protocol, search, username } = parsed.value
  if (protocol !== "https:" && protocol !== "http:") return refuse(option, `${option} must use https`)
  if (protocol === "http:" && !loopback.test(hostname)) {
    return refuse(option, `${option} must use https; http is allowed on loopback only`)
  }
  if (username !== "" || password !== "") return refuse(option, `${option} must not hold credentials`)
  if (search !== "" || hash !== "" || /[?#]/.test(text)) {
    return refuse(option, `${option} must not have a query or a hash`)
  }
  return Either.right(href.replace(/\/+$/, ""))
}
