/** What a client's settings must satisfy, apart from its URIs and keys. Every rule answers 400. */
import { trim } from "../text.js"
import type { UpdateClient } from "./clientInput.js"

export const authMethods = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "none",
  "private_key_jwt"
] as const

/** Whether a client of this method proves itself by a secret that the server made. */
export const hasSecret = (method: string): boolean => method.startsWith("client_secret_")

/** The settings that come first in checking order; absent ones are not checked. */
type TokenSettings = Pick<UpdateClient, "id_token_signing_alg" | "access_token_format" | "access_token_ttl_seconds">

export const tokenSettingsViolation = (settings: TokenSettings): string | undefined => {
  const { access_token_format: format, access_token_ttl_seconds: ttl, id_token_signing_alg: alg } = settings
  if (alg !== undefined && alg !== "RS256") {
    return `id_token_signing_alg \`${alg}\` is not supported. Only RS256 is currently supported.`
  }
  if (format !== undefined && format !== "opaque" && format !== "jwt")
    return "access_token_format must be 'opaque' or 'jwt'"
  if (ttl !== undefined && (ttl < 60 || ttl > 86_400)) return "access_token_ttl_seconds must be between 60 and 86400"
  return undefined
}

/** Blanks around a grant pass, and are stored. */
export const grantTypesViolation = (grantTypes: ReadonlyArray<string>): string | undefined => {
  if (grantTypes.length === 0) return "grant_types must include at least one grant"
  const grants = grantTypes.map(trim)
  if (grants.includes("")) return "grant_types must not contain empty values"
  if (grants.includes("client_credentials")) return "client_credentials is disabled for now"
  const unsupported = grants.find((grant) => grant !== "authorization_code" && grant !== "refresh_token")
  if (unsupported !== undefined) {
    return `unsupported grant_type: ${unsupported}. supported values: authorization_code, refresh_token`
  }
  return grants.includes("authorization_code") ? undefined : "authorization_code grant is required"
}

/** The method is compared as it came, untrimmed. */
export const authMethodViolation = (method: string): string | undefined =>
  authMethods.some((known) => known === method) ? undefined : `unsupported client_auth_method: ${method}`
