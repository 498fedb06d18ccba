import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as ClientRules from "../../../../src/testing/emulator/oauth/clientRules.js"
import * as Fqdn from "../../../../src/testing/emulator/oauth/fqdn.js"
import * as KeyMaterial from "../../../../src/testing/emulator/oauth/keyMaterial.js"
import * as Mapping from "../../../../src/testing/emulator/oauth/mapping.js"
import * as Scopes from "../../../../src/testing/emulator/oauth/scopes.js"
import type { ScopeCategory, ScopeDefinition } from "../../../../src/testing/emulator/World.js"
import { compareBytes, trim } from "../../../../src/testing/emulator/oauth/text.js"
import * as Urls from "../../../../src/testing/emulator/oauth/urls.js"

describe("text", () => {
  it("is trimmed of Unicode's blanks: of NEL, not of the byte order mark", () => {
    assert.strictEqual(trim("\u0085\u00a0 a b\u2003\n"), "a b")
    assert.strictEqual(trim("\ufeffa"), "\ufeffa")
    assert.strictEqual(trim(" \t "), "")
  })
  it("is ordered by bytes", () => {
    const order = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        assert.strictEqual(Math.sign(compareBytes(a, b)), order(a, b))
      })
    )
    assert.isBelow(compareBytes("\uffee", "\u{1f600}"), 0)
  })
})

describe("host names", () => {
  const label = (length: number) => "a".repeat(length)
  const cases: ReadonlyArray<readonly [string, string | undefined]> = [
    ["auth.example.com", undefined],
    [`${label(63)}.example.com`, undefined],
    [`${label(63)}.${label(63)}.${label(63)}.${label(61)}`, undefined],
    ["xn--a.example.com", undefined],
    ["", "fqdn must be between 1 and 253 characters"],
    [`${label(63)}.${label(63)}.${label(63)}.${label(62)}`, "fqdn must be between 1 and 253 characters"],
    [`.${label(300)}`, "fqdn must be between 1 and 253 characters"],
    [".", "fqdn cannot start or end with '.'"],
    [".example.com", "fqdn cannot start or end with '.'"],
    ["example.com.", "fqdn cannot start or end with '.'"],
    ["localhost", "fqdn must be a full domain name"],
    ["a_b", "fqdn must be a full domain name"],
    [`${label(64)}.example.com`, "fqdn must be between 1 and 63 characters"],
    ["a..b", "fqdn must be between 1 and 63 characters"],
    [`${"é".repeat(32)}.com`, "fqdn must be between 1 and 63 characters"],
    ["-a.example.com", "fqdn cannot start or end with '-'"],
    ["a.example-.com", "fqdn cannot start or end with '-'"],
    ["-_.example.com", "fqdn cannot start or end with '-'"],
    ["a_b.example.com", "fqdn must contain only letters, numbers, or '-'"],
    ["é.example.com", "fqdn must contain only letters, numbers, or '-'"],
    ["a b.example.com", "fqdn must contain only letters, numbers, or '-'"]
  ]
  it.each(cases)("%s: %s", (fqdn, expected) => {
    assert.strictEqual(Fqdn.violation(fqdn), expected)
  })
})

const definition = (scope: string, more: Partial<Scopes.ScopeDefinitionInput> = {}): Scopes.ScopeDefinitionInput => ({
  scope,
  display_name: "D",
  description: "d",
  archived: false,
  category: "",
  organization_permission: undefined,
  workspace_permission: undefined,
  ...more
})

describe("scopes", () => {
  it("are trimmed, sorted by bytes and unique", () => {
    assert.deepStrictEqual(Scopes.fromCommaList("write, read ,,read,\u{1f600},\uffee,B"), [
      "B",
      "read",
      "write",
      "\uffee",
      "\u{1f600}"
    ])
    assert.deepStrictEqual(Scopes.fromCommaList(" "), [])
  })
  it("get the definition given last, or the default one", () => {
    const merged = Scopes.mergeDefinitions(
      ["a", "b"],
      [
        definition("b", { display_name: "first", category: "nonsense" }),
        definition(" b ", { display_name: " ", description: "", category: " WorkSpace ", workspace_permission: " p " }),
        definition("c", { category: "nonsense" }),
        definition("  ", { category: "nonsense" })
      ]
    )
    assert.deepStrictEqual(
      merged,
      Either.right([
        Scopes.defaultDefinition("a"),
        {
          scope: "b",
          displayName: "b",
          description: "Allows b access",
          archived: false,
          category: "workspace" as const,
          organizationPermission: null,
          workspacePermission: "p"
        }
      ])
    )
  })
  it("are refused by the first rule broken, in the order of the scopes", () => {
    const refusal = (...inputs: ReadonlyArray<Scopes.ScopeDefinitionInput>) =>
      Either.getOrUndefined(Either.flip(Scopes.mergeDefinitions(["a", "b"], inputs)))
    const both = { organization_permission: "o", workspace_permission: "w" }
    const one = "scope category must be one of: personal, organization, workspace"
    assert.strictEqual(refusal(definition("a", { category: "team", ...both })), one)
    assert.strictEqual(refusal(definition("a", both)), "scope 'a' without category cannot define permission mappings")
    assert.strictEqual(
      refusal(definition("a", { category: "personal", workspace_permission: "w" })),
      "scope 'a' with category 'personal' cannot define organization/workspace permissions"
    )
    assert.strictEqual(
      refusal(definition("b", { category: "team" }), definition("a", { category: "organization", ...both })),
      "scope 'a' with category 'organization' cannot define workspace permission"
    )
    assert.strictEqual(
      refusal(definition("b", { category: "workspace", ...both })),
      "scope 'b' with category 'workspace' cannot define organization permission"
    )
    assert.isUndefined(refusal(definition("a", { organization_permission: " ", workspace_permission: "" })))
  })
})

describe("scope mappings", () => {
  const offered = { organizationPermissions: ["o"], workspacePermissions: ["w"] }
  const ask = (category: Mapping.Mapping["category"], organization: string | null, workspace: string | null) => ({
    category,
    organizationPermission: organization,
    workspacePermission: workspace
  })
  it("go with their category before they are looked up", () => {
    const violation = (...args: Parameters<typeof ask>) => Mapping.violation(ask(...args), offered)
    const personal = "personal category cannot map organization/workspace permissions"
    assert.strictEqual(violation("personal", "x", null), personal)
    assert.strictEqual(violation("personal", null, "x"), personal)
    assert.strictEqual(violation("organization", "x", "x"), "organization category cannot map workspace permission")
    assert.strictEqual(violation("workspace", "x", "x"), "workspace category cannot map organization permission")
    assert.strictEqual(
      violation("organization", "w", null),
      "organization permission 'w' is not configured in deployment B2B settings"
    )
    assert.strictEqual(
      violation("workspace", null, "o"),
      "workspace permission 'o' is not configured in deployment B2B settings"
    )
    assert.isUndefined(violation("organization", "o", null))
    assert.isUndefined(violation("workspace", null, null))
  })
  it("can be set and completed, never changed or left out", () => {
    const was = (category: ScopeCategory, organization: string | null, workspace: string | null) => ({
      ...Scopes.defaultDefinition("s"),
      category,
      organizationPermission: organization,
      workspacePermission: workspace
    })
    const broken = (before: ScopeDefinition, ...args: Parameters<typeof ask>) =>
      Mapping.immutabilityViolation(before, ask(...args))
    assert.isUndefined(broken(was("", null, null), "personal", null, null))
    assert.isUndefined(broken(was("workspace", null, null), "workspace", null, "w"))
    assert.isUndefined(broken(was("organization", "o", null), "organization", "o", null))
    const category = "scope category is immutable once set"
    assert.strictEqual(broken(was("organization", "o", null), "workspace", null, null), category)
    assert.strictEqual(
      broken(was("organization", "o", null), "organization", null, null),
      "organization permission is immutable once set"
    )
    assert.strictEqual(
      broken(was("workspace", null, "w"), "workspace", null, "w2"),
      "workspace permission is immutable once set"
    )
  })
})

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
  it("are checked in order, null being no setting", () => {
    const violation = (alg: string | null, format: string | null, ttl: number | null) =>
      ClientRules.tokenSettingsViolation({
        id_token_signing_alg: alg,
        access_token_format: format,
        access_token_ttl_seconds: ttl
      })
    assert.isUndefined(violation(null, null, null))
    assert.isUndefined(violation("RS256", "jwt", 60))
    assert.isUndefined(violation("RS256", "opaque", 86_400))
    const alg = (name: string) =>
      `id_token_signing_alg \`${name}\` is not supported. Only RS256 is currently supported.`
    assert.strictEqual(violation("rs256", "", 1), alg("rs256"))
    assert.strictEqual(violation(" RS256", null, null), alg(" RS256"))
    assert.strictEqual(violation(null, "JWT", 1), "access_token_format must be 'opaque' or 'jwt'")
    for (const ttl of [59, 86_401, 0, -1]) {
      assert.strictEqual(violation(null, null, ttl), "access_token_ttl_seconds must be between 60 and 86400")
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
    assert.strictEqual(violation("private_key_jwt", { jwks_uri: "" }), "jwks_uri must be a valid URL")
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
