import { assert, describe, it } from "@effect/vitest"
import * as ClientRules from "../../../../src/testing/emulator/oauth/clientRules.js"
import * as KeyMaterial from "../../../../src/testing/emulator/oauth/keyMaterial.js"
import * as Urls from "../../../../src/testing/emulator/oauth/urls.js"

describe("URIs", () => {
  it("are http or https URLs", () => {
    const violation = (uri: string) => Urls.webUriViolation("tos_uri", uri)
    for (const uri of [
      "http://localhost:3000",
      "https://e.com/a?b#c",
      "HTTPS://E.COM",
      "https:e.com",
      " http://[::1]"
    ]) {
      assert.isUndefined(violation(uri), uri)
    }
    for (const uri of [
      "nope",
      "//e.com",
      "/a",
      "https://",
      "https://a b",
      "http://e.com:99999",
      "http://[::1",
      "1:a"
    ]) {
      assert.strictEqual(violation(uri), "tos_uri must be a valid URL", uri)
    }
    for (const uri of ["mailto:a@e.com", "javascript:alert(1)", "localhost:3000", "urn:x", "file:///x"]) {
      assert.strictEqual(violation(uri), "tos_uri must use http or https", uri)
    }
  })
  it("of keys are https", () => {
    assert.isUndefined(Urls.jwksUriViolation("https://e.com/jwks"))
    assert.strictEqual(Urls.jwksUriViolation(""), "jwks_uri must be a valid URL")
    assert.strictEqual(Urls.jwksUriViolation("http://e.com"), "jwks_uri must use https")
  })
  it("in lists are told by the first entry that breaks a rule", () => {
    const violation = (...uris: ReadonlyArray<string>) => Urls.redirectUrisViolation("redirect_uris", uris)
    assert.isUndefined(violation())
    assert.isUndefined(violation("https://a.b/c", "http://127.0.0.1:1/x"))
    assert.strictEqual(violation("https://a.b", "\u00a0"), "redirect_uris must not contain empty values")
    assert.strictEqual(violation("a#b", ""), "redirect_uris must contain valid URLs")
    assert.strictEqual(violation("com.app:/cb#x"), "redirect_uris must use http or https")
    assert.strictEqual(violation("https://a.b/#"), "redirect_uris must not include fragments")
  })
})

describe("client settings", () => {
  it("are checked in order, what is absent being no setting", () => {
    const violation = (alg: string | undefined, format: string | undefined, ttl: number | undefined) =>
      ClientRules.tokenSettingsViolation({
        id_token_signing_alg: alg,
        access_token_format: format,
        access_token_ttl_seconds: ttl
      })
    assert.isUndefined(violation(undefined, undefined, undefined))
    assert.isUndefined(violation("RS256", "jwt", 60))
    assert.isUndefined(violation("RS256", "opaque", 86_400))
    const alg = (name: string) =>
      `id_token_signing_alg \`${name}\` is not supported. Only RS256 is currently supported.`
    assert.strictEqual(violation("rs256", "", 1), alg("rs256"))
    assert.strictEqual(violation(" RS256", undefined, undefined), alg(" RS256"))
    assert.strictEqual(violation(undefined, "JWT", 1), "access_token_format must be 'opaque' or 'jwt'")
    for (const ttl of [59, 86_401, 0, -1]) {
      assert.strictEqual(violation(undefined, undefined, ttl), "access_token_ttl_seconds must be between 60 and 86400")
    }
  })
  it("have grants of which authorization_code is one", () => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string | undefined]> = [
      [["authorization_code"], undefined],
      [["refresh_token", " authorization_code ", "authorization_code"], undefined],
      [[], "grant_types must include at least one grant"],
      [["client_credentials", "magic", " "], "grant_types must not contain empty values"],
      [["magic", "client_credentials"], "client_credentials is disabled for now"],
      [
        ["refresh_token", "magic"],
        "unsupported grant_type: magic. supported values: authorization_code, refresh_token"
      ],
      [["refresh_token"], "authorization_code grant is required"]
    ]
    for (const [grants, expected] of cases) assert.strictEqual(ClientRules.grantTypesViolation(grants), expected)
  })
  it("have one of five methods, to the letter", () => {
    for (const method of ClientRules.authMethods) assert.isUndefined(ClientRules.authMethodViolation(method))
    assert.strictEqual(ClientRules.authMethodViolation(" none"), "unsupported client_auth_method:  none")
    assert.deepStrictEqual(ClientRules.authMethods.filter(ClientRules.hasSecret), [
      "client_secret_basic",
      "client_secret_post",
      "client_secret_jwt"
    ])
  })
})

describe("key material", () => {
  const pem = "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"
  const input = (more: Partial<KeyMaterial.KeyMaterialInput>, isUpdate = false) =>
    KeyMaterial.readInput({ jwks_uri: null, jwks: null, public_key_pem: null, ...more }, isUpdate)
  const none = { jwksUri: null, jwks: null }
  const uri = "https://e.com/j"
  const symmetric = { keys: KeyMaterial.fromPem(pem).keys.map((key) => ({ ...key, k: "" })) }
  const exactlyOne = "private_key_jwt requires exactly one of jwks_uri, jwks, or public_key_pem"
  const onlyFor = "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt"

  it("is needed once on create, by private_key_jwt alone", () => {
    const violation = (method: string, more: Partial<KeyMaterial.KeyMaterialInput>) =>
      KeyMaterial.createViolation(method, input(more))
    assert.isUndefined(violation("private_key_jwt", { jwks_uri: uri }))
    assert.isUndefined(violation("private_key_jwt", { public_key_pem: pem, jwks: null }))
    assert.isUndefined(violation("none", {}))
    assert.isUndefined(violation("none", { public_key_pem: " \n" }))
    assert.strictEqual(violation("private_key_jwt", {}), exactlyOne)
    assert.strictEqual(violation("private_key_jwt", { public_key_pem: " " }), exactlyOne)
    assert.strictEqual(violation("private_key_jwt", { public_key_pem: pem, jwks_uri: "nope" }), exactlyOne)
    assert.isUndefined(violation("client_secret_basic", { jwks_uri: " " }))
    for (const more of [{}, { public_key_pem: pem }, { jwks: { keys: [] } }]) {
      assert.strictEqual(violation("private_key_jwt", { ...more, jwks_uri: "" }), "jwks_uri must be a valid URL")
    }
    assert.strictEqual(violation("private_key_jwt", { jwks_uri: "http://e.com" }), "jwks_uri must use https")
    assert.strictEqual(violation("private_key_jwt", { jwks: { keys: [] } }), "jwks.keys must include at least one key")
    assert.strictEqual(
      violation("private_key_jwt", { jwks: symmetric }),
      "jwks for private_key_jwt must contain public keys, not symmetric secrets"
    )
    for (const more of [{ jwks_uri: uri }, { jwks: { keys: [] } }, { public_key_pem: pem }]) {
      assert.strictEqual(violation("client_secret_basic", more), onlyFor)
    }
  })
  it("can be added, kept and replaced on update", () => {
    const stored = KeyMaterial.store(none, input({ public_key_pem: ` ${pem}\n` }))
    const violation = (method: string, more: Partial<KeyMaterial.KeyMaterialInput>, before = stored) =>
      KeyMaterial.updateViolation(method, before, input(more, true))
    assert.isUndefined(violation("private_key_jwt", {}))
    assert.isUndefined(violation("private_key_jwt", {}, { ...none, jwksUri: uri }))
    assert.isUndefined(violation("private_key_jwt", { jwks_uri: " ", public_key_pem: "" }))
    assert.isUndefined(violation("none", { jwks_uri: " " }))
    assert.strictEqual(violation("private_key_jwt", {}, none), "private_key_jwt requires existing or new key material")
    assert.strictEqual(
      violation("private_key_jwt", { jwks_uri: "nope", jwks: { keys: [] } }, none),
      "private_key_jwt accepts only one of jwks_uri, jwks, or public_key_pem per update"
    )
    assert.strictEqual(violation("private_key_jwt", { jwks_uri: "nope" }), "jwks_uri must be a valid URL")
    assert.strictEqual(violation("private_key_jwt", { jwks_uri: "http://e.com" }), "jwks_uri must use https")
    assert.strictEqual(violation("none", { jwks_uri: "nope" }), onlyFor)
  })
  it("is kept by kind: a PEM is a key set of one", () => {
    const stored = KeyMaterial.store(none, input({ public_key_pem: ` ${pem}\n` }))
    assert.strictEqual(KeyMaterial.pemOf(stored.jwks), pem)
    const both = KeyMaterial.store(stored, input({ jwks_uri: uri }, true))
    assert.deepStrictEqual(both, { jwksUri: uri, jwks: stored.jwks })
    assert.deepStrictEqual(KeyMaterial.store(both, input({}, true)), both)
    const replaced = KeyMaterial.store(both, input({ jwks: symmetric }, true))
    assert.deepStrictEqual(replaced, { jwksUri: uri, jwks: symmetric })
    assert.isNull(KeyMaterial.pemOf(null))
  })
})
