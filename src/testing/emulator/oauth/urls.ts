/** URLs as the server's parser takes them: the WHATWG rules, which the platform's `URL` follows too. */
import * as Url from "@effect/platform/Url"
import * as Either from "effect/Either"
import { trim } from "../text.js"

const schemeOf = (text: string): string | undefined =>
  Either.match(Url.fromString(text), { onLeft: () => undefined, onRight: (url) => url.protocol })

const isWeb = (scheme: string): boolean => scheme === "http:" || scheme === "https:"

/** The first rule that `client_uri`, `logo_uri`, `tos_uri` or `policy_uri` breaks. */
export const webUriViolation = (field: string, text: string): string | undefined => {
  const scheme = schemeOf(text)
  if (scheme === undefined) return `${field} must be a valid URL`
  return isWeb(scheme) ? undefined : `${field} must use http or https`
}

/** The first rule that `jwks_uri` breaks. */
export const jwksUriViolation = (text: string): string | undefined => {
  const scheme = schemeOf(text)
  if (scheme === undefined) return "jwks_uri must be a valid URL"
  return scheme === "https:" ? undefined : "jwks_uri must use https"
}

/** The first rule that an entry of a list of redirect URIs breaks. An empty fragment is one too. */
export const redirectUrisViolation = (list: string, uris: ReadonlyArray<string>): string | undefined => {
  for (const uri of uris) {
    if (trim(uri) === "") return `${list} must not contain empty values`
    const scheme = schemeOf(uri)
    if (scheme === undefined) return `${list} must contain valid URLs`
    if (!isWeb(scheme)) return `${list} must use http or https`
    if (uri.includes("#")) return `${list} must not include fragments`
  }
  return undefined
}
