import { ApiKey, type ApiKeyWithSecret, KeyId } from "effect-wacht/schemas"
import { Effect, Redacted, Schema } from "effect"

/** A model under a name: in an OpenAPI document, and in the errors of decoding. */
export const StoredKey = ApiKey.annotations({ identifier: "StoredKey" })

/** What is kept of a customer: the key as the API's JSON, its secret in the vault. */
export const Customer = Schema.Struct({ name: Schema.String, keyId: KeyId, key: StoredKey })

/** The models compare by their schema; `Equal` knows their branded texts and moments, not the whole. */
export const sameKey = Schema.equivalence(ApiKey)

export const keep = (name: string, key: ApiKeyWithSecret, vault: (secret: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    yield* vault(Redacted.value(key.secret))
    // encoded by the schema without a secret: `ApiKeyWithSecret` would write it in clear
    return yield* Schema.encode(Schema.parseJson(Customer))({ name, keyId: key.id, key })
  })
