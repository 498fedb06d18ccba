/** Refusals of the routes of clients, grants and signing keys. */
import type { Case, Request } from "./common.js"
import {
  app,
  basic,
  clientBody,
  clientFaults,
  fault,
  inactive,
  isPem,
  jsonFaults,
  nulFault,
  pathFaults
} from "./common.js"

const keyClient = { ...clientBody, client_auth_method: "private_key_jwt" }
const postClient = (json: object): Request => ["POST", `${app}/clients`, { json: { ...clientBody, ...json } }]
const patchClient = (json: unknown): Request => ["PATCH", basic, { json }]

/** What both client routes say to settings and URIs. */
const settingFaults = (of: (json: object) => Request): ReadonlyArray<Case> => [
  fault(
    400,
    "id_token_signing_alg `ES256` is not supported. Only RS256 is currently supported.",
    of({ id_token_signing_alg: "ES256" })
  ),
  fault(400, "access_token_format must be 'opaque' or 'jwt'", of({ access_token_format: "" })),
  fault(400, "access_token_ttl_seconds must be between 60 and 86400", of({ access_token_ttl_seconds: 59 })),
  fault(422, "Invalid request payload", of({ access_token_ttl_seconds: 2 ** 31 })),
  fault(422, "Invalid request payload", of({ access_token_ttl_seconds: "60" })),
  fault(422, "Invalid request payload", of({ skip_consent: "true" })),
  fault(422, "Invalid request payload", of({ contacts: [null] })),
  fault(422, "Invalid request payload", of({ jwks: { keys: [{ kid: "1" }] } })),
  fault(422, "Invalid request payload", of({ jwks: { keys: [{ kty: "RSA", key_ops: "sign" }] } })),
  fault(400, "grant_types must include at least one grant", of({ grant_types: [] })),
  fault(400, "grant_types must not contain empty values", of({ grant_types: ["authorization_code", " "] })),
  fault(
    400,
    "client_credentials is disabled for now",
    of({ grant_types: ["authorization_code", " client_credentials "] })
  ),
  fault(
    400,
    "unsupported grant_type: implicit. supported values: authorization_code, refresh_token",
    of({ grant_types: ["implicit"] })
  ),
  fault(400, "authorization_code grant is required", of({ grant_types: ["refresh_token"] })),
  fault(400, "unsupported client_auth_method: None", of({ client_auth_method: "None" })),
  fault(400, "redirect_uris must include at least one URI for authorization_code", of({ redirect_uris: [] })),
  ...["redirect_uris", "post_logout_redirect_uris"].flatMap((list) => [
    fault(400, `${list} must not contain empty values`, of({ [list]: ["https://a.b", "\t"] })),
    fault(400, `${list} must contain valid URLs`, of({ [list]: ["/callback"] })),
    fault(400, `${list} must use http or https`, of({ [list]: ["myapp://callback"] })),
    fault(400, `${list} must not include fragments`, of({ [list]: ["https://a.b/#"] })),
    fault(422, "Invalid request payload", of({ [list]: "https://a.b" }))
  ])
]

const keyFaults = (of: (json: object) => Request): ReadonlyArray<Case> => [
  fault(400, "jwks_uri must be a valid URL", of({ ...keyClient, jwks_uri: "e.com/jwks" })),
  fault(400, "jwks_uri must use https", of({ ...keyClient, jwks_uri: "http://e.com/jwks" })),
  fault(400, "jwks.keys must include at least one key", of({ ...keyClient, jwks: { keys: [] } })),
  fault(
    400,
    "jwks for private_key_jwt must contain public keys, not symmetric secrets",
    of({ ...keyClient, jwks: { keys: [{ kty: "RSA" }, { kty: "oct", k: "" }] } })
  ),
  ...[{ jwks_uri: "https://e.com/j" }, { jwks: { keys: [] } }, { public_key_pem: isPem }].map((keys) =>
    fault(
      400,
      "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt",
      of({ client_auth_method: "client_secret_jwt", ...keys })
    )
  )
]

export const cases: Readonly<Record<string, ReadonlyArray<Case>>> = {
  listOAuthClients: pathFaults("GET", (slug) => `/oauth/apps/${slug}/clients`),
  createOAuthClient: [
    ...jsonFaults("POST", `${app}/clients`, {}),
    nulFault("POST", `${app}/clients`),
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/clients`, { json: clientBody }),
    ...settingFaults(postClient),
    ...keyFaults(postClient),
    fault(
      400,
      "redirect_uris must include at least one URI for authorization_code",
      postClient({ redirect_uris: undefined })
    ),
    ...["client_auth_method", "grant_types", "redirect_uris", "post_logout_redirect_uris"].map((name) =>
      fault(422, "Invalid request payload", postClient({ [name]: null }))
    ),
    ...[{}, { jwks_uri: "https://e.com", public_key_pem: isPem }, { public_key_pem: " " }].map((keys) =>
      fault(
        400,
        "private_key_jwt requires exactly one of jwks_uri, jwks, or public_key_pem",
        postClient({ ...keyClient, ...keys })
      )
    ),
    fault(400, "jwks_uri must be a valid URL", postClient({ ...keyClient, jwks_uri: "" })),
    ...["client_uri", "logo_uri", "tos_uri", "policy_uri"].flatMap((field) => [
      fault(400, `${field} must be a valid URL`, postClient({ [field]: "example.com" })),
      fault(400, `${field} must use http or https`, postClient({ [field]: "ftp://example.com" }))
    ])
  ],
  updateOAuthClient: [
    ...jsonFaults("PATCH", basic, { grant_types: "authorization_code" }),
    nulFault("PATCH", basic),
    ...clientFaults("PATCH", (slug, id) => `/oauth/apps/${slug}/clients/${id}`, { json: {} }),
    ...settingFaults(patchClient),
    ...keyFaults(patchClient),
    fault(404, "OAuth client not found or inactive", ["PATCH", inactive, { json: {} }]),
    fault(
      400,
      "private_key_jwt accepts only one of jwks_uri, jwks, or public_key_pem per update",
      patchClient({ client_auth_method: "private_key_jwt", jwks: { keys: [] }, public_key_pem: isPem })
    ),
    ...[{}, { jwks_uri: " " }, { public_key_pem: "" }].map((keys) =>
      fault(
        400,
        "private_key_jwt requires existing or new key material",
        patchClient({ client_auth_method: "private_key_jwt", ...keys })
      )
    )
  ],
  deactivateOAuthClient: [
    ...clientFaults("DELETE", (slug, id) => `/oauth/apps/${slug}/clients/${id}`),
    fault(404, "OAuth client not found or already inactive", ["DELETE", inactive]),
    fault(404, "OAuth client not found or already inactive", ["DELETE", basic], [["DELETE", basic]])
  ],
  rotateOAuthClientSecret: [
    ...clientFaults("POST", (slug, id) => `/oauth/apps/${slug}/clients/${id}/rotate-secret`),
    fault(404, "OAuth client not found or inactive", ["POST", `${inactive}/rotate-secret`]),
    fault(
      404,
      "OAuth client not found or inactive",
      ["POST", `${app}/clients/281474976710672002/rotate-secret`],
      [["DELETE", `${app}/clients/281474976710672002`]]
    ),
    fault(400, "client_secret rotation is not supported for this auth method", [
      "POST",
      `${app}/clients/281474976710672002/rotate-secret`
    ]),
    fault(
      400,
      "client_secret rotation is not supported for this auth method",
      ["POST", `${basic}/rotate-secret`],
      [patchClient({ client_auth_method: "private_key_jwt", public_key_pem: isPem })]
    )
  ],
  listOAuthGrants: clientFaults("GET", (slug, id) => `/oauth/apps/${slug}/clients/${id}/grants`),
  revokeOAuthGrant: [
    ...clientFaults("POST", (slug, id) => `/oauth/apps/${slug}/clients/${id}/grants/1/revoke`),
    fault(400, "Bad request", ["POST", `${basic}/grants/x/revoke`]),
    fault(400, "Bad request", ["POST", "/oauth/apps/nope/clients/5/grants/x/revoke"])
  ],
  listOAuthAppSigningKeys: pathFaults("GET", (slug) => `/oauth/apps/${slug}/signing-keys`),
  rotateOAuthAppSigningKey: pathFaults("POST", (slug) => `/oauth/apps/${slug}/signing-keys/rotate`),
  compromiseOAuthAppSigningKey: [
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/signing-keys/x/compromise`),
    fault(404, "no signing key with kid 'a'b/ ' for this app", ["POST", `${app}/signing-keys/a'b%2F%20/compromise`]),
    fault(404, "no signing key with kid 'oas-281474976710671001-281474976710676003' for this app", [
      "POST",
      `${app}/signing-keys/oas-281474976710671001-281474976710676003/compromise`
    ]),
    fault(404, "no signing key with kid 'oas-281474976710671001-281474976710676002' for this app", [
      "POST",
      "/oauth/apps/seeded-nokeys/signing-keys/oas-281474976710671001-281474976710676002/compromise"
    ])
  ]
}
