/**
 * The form of `createOAuthApp`, the one operation that takes no JSON.
 */
import type { CreateOAuthAppInput } from "../../../schemas/OAuthApp.js"
import type { Part } from "../multipart.js"

type Encoded = typeof CreateOAuthAppInput.Encoded

const extensions: Readonly<Record<NonNullable<Encoded["logo"]>["contentType"], string>> = {
  "image/jpeg": "jpg",
  "image/jpg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/x-icon": "ico",
  "image/vnd.microsoft.icon": "ico"
}

/** Scopes are one comma list and definitions a JSON text; a logo is known by its type. */
export const oauthAppParts = (input: Encoded): ReadonlyArray<Part> => {
  const texts: ReadonlyArray<readonly [name: string, value: string | undefined]> = [
    ["slug", input.slug],
    ["name", input.name],
    ["description", input.description],
    ["fqdn", input.fqdn],
    ["supported_scopes", input.supported_scopes],
    ["scope_definitions", input.scope_definitions && JSON.stringify(input.scope_definitions)],
    ["allow_dynamic_client_registration", input.allow_dynamic_client_registration]
  ]
  const parts = texts.flatMap(([name, value]): ReadonlyArray<Part> => (value === undefined ? [] : [{ name, value }]))
  if (input.logo === undefined) return parts
  const { contentType, data } = input.logo
  return [...parts, { name: "logo", value: data, contentType, filename: `logo.${extensions[contentType]}` }]
}
