/** Refusals of the routes of apps and scopes. */
import type { FormPart, Input } from "../harness.js"
import { form } from "../harness.js"
import type { Case, Request } from "./common.js"
import { app, fault, jsonFaults, nulFault, pathFaults } from "./common.js"

const patchApp = (json: unknown): Request => ["PATCH", app, { json }]
const create = (fields: Readonly<Record<string, string>>, actor = "owner"): Request => [
  "POST",
  "/oauth/apps",
  { form: form({ slug: "s", name: "n", ...fields }), actor }
]
const createWith = (...parts: ReadonlyArray<FormPart>): Request => ["POST", "/oauth/apps", { form: parts }]
const raw = (body: string | Uint8Array): Request => [
  "POST",
  "/oauth/apps",
  { body, headers: { "content-type": "multipart/form-data; boundary=b" } }
]
const definitions = (definition: object) =>
  create({
    supported_scopes: "a",
    scope_definitions: JSON.stringify([{ scope: "a", display_name: "", description: "", ...definition }])
  })
const definition = (more: object) =>
  patchApp({ scope_definitions: [{ scope: "org", display_name: "", description: "", ...more }] })
const map = (scope: string, json: unknown, actor = "owner"): Request => [
  "POST",
  `${app}/scopes/${scope}/mapping`,
  { json, actor }
]

const scopeFaults = (method: string, path: (slug: string, scope: string) => string, input: Input = {}) => [
  ...pathFaults(method, (slug) => path(slug, "org"), input),
  fault(400, "scope is required", [method, path("nope", "%20%C2%A0"), input]),
  fault(404, "scope definition not found", [method, path("seeded", "nope"), input]),
  fault(404, "scope definition not found", [method, path("seeded", "ORG"), input])
]

const wrongDefinitions = (of: (definition: object) => Request, scope: string): ReadonlyArray<Case> => [
  fault(
    400,
    "scope category must be one of: personal, organization, workspace",
    of({ category: "team", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' without category cannot define permission mappings`,
    of({ organization_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'personal' cannot define organization/workspace permissions`,
    of({ category: "personal", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'organization' cannot define workspace permission`,
    of({ category: "organization", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'workspace' cannot define organization permission`,
    of({ category: "workspace", organization_permission: "p" })
  )
]

const prod = (fqdn: string): Request => create({ fqdn }, "prod")
const malformed = "Error parsing `multipart/form-data` request"
const notText = Uint8Array.of(
  ...new TextEncoder().encode('--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n'),
  255
)

export const cases: Readonly<Record<string, ReadonlyArray<Case>>> = {
  listOAuthApps: [],
  createOAuthApp: [
    fault(400, "Bad request", ["POST", "/oauth/apps", { json: { slug: "s", name: "n" } }]),
    fault(400, "Bad request", [
      "POST",
      "/oauth/apps",
      { body: "", headers: { "content-type": "multipart/form-data" } }
    ]),
    fault(400, malformed, raw("")),
    fault(400, malformed, raw("--b\r\nContent-Disposition")),
    fault(
      400,
      `Invalid multipart field 'slug': ${malformed}`,
      raw('--b\r\nContent-Disposition: form-data; name="slug"\r\n\r\ns')
    ),
    fault(400, `Invalid multipart field 'zzz': ${malformed}`, create({ zzz: "x".repeat(2_097_152) })),
    fault(400, "Multipart field name is missing", raw("--b\r\nContent-Disposition: form-data\r\n\r\ns\r\n--b--")),
    fault(
      400,
      "Multipart field 'name' must be valid UTF-8 text",
      raw(Uint8Array.of(...notText, 13, 10, 45, 45, 98, 45, 45))
    ),
    ...[
      "",
      " ",
      "null",
      "{}",
      "[1]",
      '[{"scope":"a"}]',
      "[] []",
      '[{"scope":"a","display_name":"","description":"","archived":null}]'
    ].map((text) => fault(400, "scope_definitions must be valid JSON array", create({ scope_definitions: text }))),
    fault(
      400,
      "Unsupported image format. Supported formats: JPEG, PNG, GIF, WEBP, ICO",
      createWith(...form({ slug: "s", name: "n" }), { name: "logo", value: "BM", type: "image/bmp" })
    ),
    fault(400, "slug is required", createWith(...form({ name: "n" }))),
    fault(400, "slug is required", create({ slug: " \u2003" })),
    fault(400, "name is required", createWith(...form({ slug: "s" }))),
    fault(400, "name is required", create({ name: "" })),
    fault(404, "Deployment not found", create({}, "deleted")),
    fault(400, "fqdn is required for production", create({}, "prod")),
    fault(400, "fqdn is required for production", prod("  ")),
    fault(400, "fqdn must be between 1 and 253 characters", prod(`${"a.".repeat(126)}ab`)),
    fault(400, "fqdn cannot start or end with '.'", prod(".example.com")),
    fault(400, "fqdn must be a full domain name", prod("localhost")),
    fault(400, "fqdn must be between 1 and 63 characters", prod("a..com")),
    fault(400, "fqdn cannot start or end with '-'", prod("-a.com")),
    fault(400, "fqdn must contain only letters, numbers, or '-'", prod("*.com")),
    fault(502, "Cloudflare API errors: 1000: boom", prod("X.example.com")),
    ...wrongDefinitions(definitions, "a"),
    fault(409, "Resource already exists", create({ slug: " seeded " })),
    fault(409, "Resource already exists", create({ slug: "other", fqdn: "a.example.com" }, "prod"), [
      prod("a.example.com")
    ]),
    fault(500, "Something went wrong", create({ description: "\u0000" })),
    fault(500, "Something went wrong", definitions({ display_name: "\u0000" }))
  ],
  updateOAuthApp: [
    ...jsonFaults("PATCH", app, { is_active: "no" }),
    nulFault("PATCH", app),
    ...pathFaults("PATCH", (slug) => `/oauth/apps/${slug}`, { json: {} }),
    ...wrongDefinitions(definition, "org"),
    ...[{ scope: "org" }, { category: null }, { archived: null }, { display_name: null }].map((more) =>
      fault(422, "Invalid request payload", patchApp({ scope_definitions: [{ ...more, description: "" }] }))
    ),
    fault(422, "Invalid request payload", [
      "PATCH",
      app,
      { body: '{"name":"a","name":"b"}', headers: { "content-type": "application/json" } }
    ])
  ],
  verifyOAuthAppDomain: [
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/verify-domain`),
    fault(502, "Cloudflare API errors: 1000: boom", ["POST", "/oauth/apps/p-broken/verify-domain", { actor: "prod" }])
  ],
  updateOAuthScope: [
    ...jsonFaults("PATCH", `${app}/scopes/org`, { description: [] }),
    nulFault("PATCH", `${app}/scopes/org`),
    ...scopeFaults("PATCH", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}`, { json: {} })
  ],
  archiveOAuthScope: scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/archive`),
  unarchiveOAuthScope: scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/unarchive`),
  setOAuthScopeMapping: [
    ...jsonFaults("POST", `${app}/scopes/org/mapping`, { category: null }),
    ...scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/mapping`, {
      json: { category: "organization" }
    }),
    ...["", " ", "team"].map((category) =>
      fault(400, "category must be personal, organization, or workspace", map("nope", { category }))
    ),
    fault(
      400,
      "personal category cannot map organization/workspace permissions",
      map("nope", { category: "PERSONAL", organization_permission: "org:read" })
    ),
    fault(
      400,
      "organization category cannot map workspace permission",
      map("nope", { category: "organization", organization_permission: "x", workspace_permission: "x" })
    ),
    fault(
      400,
      "workspace category cannot map organization permission",
      map("nope", { category: "workspace", organization_permission: "x", workspace_permission: "x" })
    ),
    fault(
      400,
      "organization permission 'ws:read' is not configured in deployment B2B settings",
      map("nope", { category: "organization", organization_permission: " ws:read " })
    ),
    fault(
      400,
      "workspace permission 'org:read' is not configured in deployment B2B settings",
      map("nope", { category: "workspace", workspace_permission: "org:read" })
    ),
    fault(400, "scope category is immutable once set", map("org", { category: "personal" })),
    fault(
      400,
      "organization permission is immutable once set",
      map("org", { category: "organization", organization_permission: "org:admin" })
    ),
    fault(400, "organization permission is immutable once set", map("org", { category: "organization" })),
    fault(
      400,
      "workspace permission is immutable once set",
      map("ws", { category: "workspace", workspace_permission: null })
    )
  ]
}
