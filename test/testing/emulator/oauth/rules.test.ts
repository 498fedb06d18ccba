import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Fqdn from "../../../../src/testing/emulator/oauth/fqdn.js"
import * as Mapping from "../../../../src/testing/emulator/oauth/mapping.js"
import * as Scopes from "../../../../src/testing/emulator/oauth/scopes.js"
import type { ScopeCategory, ScopeDefinition } from "../../../../src/testing/emulator/World.js"
import { compareBytes, trim } from "../../../../src/testing/emulator/text.js"

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
    [`${"é".repeat(125)}.com`, "fqdn must be between 1 and 253 characters"],
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
    assert.strictEqual(broken(was("personal", null, null), "organization", "o", null), category)
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
