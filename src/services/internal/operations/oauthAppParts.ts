/**
 * The form of `createOAuthApp`, the one operation that takes no JSON.
 */
import type { CreateOAuthAppInput } from "../../../schemas/OAuthApp.js"
import type { Part } from "../multipart.js"

type Encoded = typeof CreateOAuthAppInput.Encoded

const extensions: Readonly<Record<NonNullable<Encoded["logo"]>["contentType"], string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/jpg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/x-icon": "ico",
  "image/vnd.microsoft.icon": "ico"
}

/** Scopes are one comma list and definitions a JSON text; a logo is known by its type. */
export const oauthAppParts = (input: Encoded): ReadonlyArray<Part> => {
  const { logo, scope_definitions: definitions, ...texts } = input
  const values = { ...texts, scope_definitions: definitions && JSON.stringify(definitions) }
  const parts = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
  if (logo === undefined) return parts
  const { contentType, data } = logo
  return [...parts, { name: "logo", value: data, contentType, filename: `logo.${extensions[contentType]}` }]
}
