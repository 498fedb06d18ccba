/**
 * The owner of the keys, who speaks to the server without any SDK and never has trouble.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Carry } from "./network.js"

/** A key as the owner reads it. */
export interface OwnersKey {
  readonly id: string
  readonly secret: string
}

/** What the owner does. */
export interface Owner {
  readonly createApp: (app: string) => Effect.Effect<unknown>
  readonly createKey: (app: string, metadata?: unknown) => Effect.Effect<OwnersKey>
  readonly listKeys: (app: string) => Effect.Effect<ReadonlyArray<OwnersKey>>
  readonly rotateKey: (app: string, id: string) => Effect.Effect<OwnersKey>
  readonly revokeKey: (app: string, id: string, reason: string) => Effect.Effect<unknown>
  /** Gives the app's id. */
  readonly createOAuthApp: (slug: string) => Effect.Effect<string>
  /** Gives the client's record id. */
  readonly createOAuthClient: (slug: string) => Effect.Effect<string>
}

/** Makes an owner. */
export const makeOwner = (carry: Carry, apiKey: Redacted.Redacted): Owner => {
  const idOf = (value: unknown) => (value as OwnersKey).id
  const headers = { authorization: `Bearer ${Redacted.value(apiKey)}`, "content-type": "application/json" }
  const carried = (request: HttpClientRequest.HttpClientRequest) =>
    Effect.map(carry(request, new URL(request.url)), ({ status, text }): unknown => {
      if (status >= 300) throw new Error(`${request.method} ${request.url}: ${status} ${text}`)
      return text === "" ? undefined : JSON.parse(text)
    })
  const send = (method: "GET" | "POST", path: string, body?: unknown) => {
    const bare = HttpClientRequest.make(method)(`https://api.wacht.dev${path}`, { headers })
    return carried(body === undefined ? bare : HttpClientRequest.bodyUnsafeJson(bare, body))
  }
  const sendForm = (path: string, fields: Readonly<Record<string, string>>) => {
    const parts = Object.entries(fields).map(
      ([name, value]) => `--part\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    )
    const bare = HttpClientRequest.post(`https://api.wacht.dev${path}`, { headers })
    return carried(
      HttpClientRequest.bodyText(bare, `${parts.join("")}--part--\r\n`, "multipart/form-data; boundary=part")
    )
  }
  const keys = (app: string) => `/api-auth/apps/${app}/keys`
  return {
    createApp: (app) => send("POST", "/api-auth/apps", { app_slug: app, name: app, key_prefix: "sk" }),
    createKey: (app, metadata) =>
      Effect.map(send("POST", keys(app), { name: "job", metadata }), (key) => key as OwnersKey),
    listKeys: (app) => Effect.map(send("GET", keys(app)), (list) => (list as { keys: ReadonlyArray<OwnersKey> }).keys),
    rotateKey: (app, id) => Effect.map(send("POST", `${keys(app)}/${id}/rotate`), (key) => key as OwnersKey),
    revokeKey: (app, id, reason) => send("POST", `${keys(app)}/${id}/revoke`, { reason }),
    createOAuthApp: (slug) => Effect.map(sendForm("/oauth/apps", { slug, name: slug }), idOf),
    createOAuthClient: (slug) =>
      Effect.map(
        send("POST", `/oauth/apps/${slug}/clients`, {
          client_auth_method: "client_secret_basic",
          grant_types: ["authorization_code"],
          redirect_uris: ["https://app.example/callback"]
        }),
        idOf
      )
  }
}
