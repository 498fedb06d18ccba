/** Which of our schemas stands for which shape of the contract. */
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { readdirSync, readFileSync } from "node:fs"
import * as Schemas from "effect-wacht/schemas"
import * as Lists from "../../src/schemas/internal/lists.js"
import { contract, type Field, fieldsOf } from "../support/contract.js"

const folder = new URL("../contract/", import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8")

type AnySchema = Schema.Schema<unknown, unknown>
const schema = <A, I>(self: Schema.Schema<A, I>): AnySchema => Schema.make<unknown, unknown>(self.ast)

export const responses: Readonly<Record<string, AnySchema>> = {
  RateLimitRule: schema(Schemas.RateLimitRule),
  ApiAuthApp: schema(Schemas.ApiAuthApp),
  ApiAuthAppPage: schema(Schemas.ApiAuthAppPage),
  RateLimitScheme: schema(Schemas.RateLimitScheme),
  RateLimitSchemeList: schema(Lists.RateLimitSchemeList),
  ApiKey: schema(Schemas.ApiKey),
  ApiKeyWithSecret: schema(Schemas.ApiKeyWithSecret),
  ApiKeyList: schema(Lists.ApiKeyList),
  ApiAuditLogPage: schema(Schemas.ApiAuditLogPage),
  ApiAuditLog: schema(Schemas.ApiAuditLog),
  RateLimitState: schema(Schemas.RateLimitState),
  ApiAuditAnalytics: schema(Schemas.ApiAuditAnalytics),
  ApiAuditTopKey: schema(Schemas.ApiAuditTopKey),
  ApiAuditTopPath: schema(Schemas.ApiAuditTopPath),
  ApiAuditBlockedReason: schema(Schemas.ApiAuditBlockedReason),
  ApiAuditRateLimitStats: schema(Schemas.ApiAuditRateLimitStats),
  ApiAuditRateLimitRule: schema(Schemas.ApiAuditRateLimitRule),
  ApiAuditTimeseries: schema(Schemas.ApiAuditTimeseries),
  ApiAuditTimeseriesPoint: schema(Schemas.ApiAuditTimeseriesPoint),
  OAuthScopeDefinition: schema(Schemas.OAuthScopeDefinition),
  OAuthApp: schema(Schemas.OAuthApp),
  OAuthAppList: schema(Lists.OAuthAppList),
  OAuthDomainVerification: schema(Schemas.OAuthDomainVerification),
  Jwk: schema(Schemas.Jwk),
  JwksDocument: schema(Schemas.Jwks),
  OAuthClient: schema(Schemas.OAuthClient),
  OAuthClientList: schema(Lists.OAuthClientList),
  OAuthClientSecret: schema(Schemas.OAuthClientSecret),
  OAuthGrant: schema(Schemas.OAuthGrant),
  OAuthGrantList: schema(Lists.OAuthGrantList),
  SigningKey: schema(Schemas.SigningKey),
  SigningKeyList: schema(Lists.SigningKeyList),
  SigningKeyRotation: schema(Schemas.SigningKeyRotation),
  AuthzCheckResponse: schema(Schemas.AuthzDecision),
  AuthzIdentity: schema(Schemas.AuthzIdentity),
  AuthzOauthMetadata: schema(Schemas.AuthzOAuthMetadata)
}

export const requests: Readonly<Record<string, AnySchema>> = {
  RateLimitRuleInput: schema(Schemas.RateLimitRuleInput),
  CreateApiAuthAppRequest: schema(Schemas.CreateApiAuthAppInput),
  UpdateApiAuthAppRequest: schema(Schemas.UpdateApiAuthAppInput),
  CreateRateLimitSchemeRequest: schema(Schemas.CreateRateLimitSchemeInput),
  UpdateRateLimitSchemeRequest: schema(Schemas.UpdateRateLimitSchemeInput),
  CreateApiKeyRequest: schema(Schemas.CreateApiKeyInput),
  RevokeApiKeyRequest: schema(Schemas.RevokeApiKeyInput),
  OAuthScopeDefinitionInput: schema(Schemas.OAuthScopeDefinitionInput),
  CreateOAuthAppForm: schema(Schemas.CreateOAuthAppInput),
  UpdateOAuthAppRequest: schema(Schemas.UpdateOAuthAppInput),
  UpdateOAuthScopeRequest: schema(Schemas.UpdateOAuthScopeInput),
  SetOAuthScopeMappingRequest: schema(Schemas.SetOAuthScopeMappingInput),
  JwkInput: schema(Schemas.JwkInput),
  JwksDocumentInput: schema(Schemas.JwksInput),
  CreateOAuthClientRequest: schema(Schemas.CreateOAuthClientInput),
  UpdateOAuthClientRequest: schema(Schemas.UpdateOAuthClientInput),
  AuthzCheckRequest: schema(Schemas.CheckAuthzInput),
  AuthzPrincipal: schema(Schemas.AuthzPrincipal)
}

export const queries: Readonly<Record<string, AnySchema>> = {
  listApiAuthApps: schema(Schemas.ListApiAuthAppsQuery),
  listApiKeys: schema(Schemas.ListApiKeysQuery),
  getApiAuditLogs: schema(Schemas.GetApiAuditLogsQuery),
  getApiAuditAnalytics: schema(Schemas.GetApiAuditAnalyticsQuery),
  getApiAuditTimeseries: schema(Schemas.GetApiAuditTimeseriesQuery)
}

const membersOf = (ast: AST.AST): ReadonlyArray<AST.TypeLiteral> => {
  if (AST.isTypeLiteral(ast)) return [ast]
  if (AST.isUnion(ast)) return ast.types.flatMap(membersOf)
  return []
}

const namesOf = (ast: AST.AST): ReadonlyArray<string> =>
  [...new Set(membersOf(ast).flatMap((one) => one.propertySignatures.map((property) => String(property.name))))].sort()

/** The keys of a schema on the wire. */
export const wireKeys = (self: AnySchema): ReadonlyArray<string> => namesOf(AST.encodedAST(self.ast))

/** A value of each type of the contract, as JSON that a parser without loss hands over. */
export const sample = (type: string): unknown => {
  if (type.startsWith("#")) return sampleOf(type.slice(1))
  const item = /^array<(.*)>$/.exec(type)?.[1]
  if (item !== undefined) return [sample(item)]
  const member = /^enum\[,?([^,\]]*)/.exec(type)?.[1]
  if (member !== undefined) return member
  switch (type) {
    case "i64-string":
      return "76777909141938423"
    case "i64-number":
    case "int":
      return 7
    case "float":
      return 99.5
    case "bool":
      return true
    case "timestamp":
      return "2026-06-14T16:00:00.018204Z"
    case "json":
      return { Own_Key: [1, null] }
    case "map<string>":
      return { "x-wacht-key-id": "1" }
    default:
      return "oc_text"
  }
}

const sampleField = (name: string, field: Field): unknown => {
  if (name === "AuthzOauthMetadata" && field.name === "principal_type") return "oauth_access_token"
  // The ids of schemes are beyond what a double holds, so a parser without loss hands over text.
  if (name === "RateLimitScheme" && field.type === "i64-number") return sample("i64-string")
  return sample(field.type)
}

/** A value of a shape with every field. */
export const sampleOf = (name: string): Record<string, unknown> =>
  Object.fromEntries(fieldsOf(name).map((field) => [field.name, sampleField(name, field)]))

/** Integers of 16 digits or more become text: nothing is rounded. */
export const readJson = (text: string): unknown =>
  JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) => (token.startsWith('"') ? token : `"${token}"`))
  )

/** The example answers of operations, by name of the file. */
export const exampleResponses: ReadonlyArray<{
  readonly name: string
  readonly operation: string
  readonly body: string
}> = readdirSync(new URL("examples/", folder))
  .filter((name) => name.endsWith(".response.json") && !name.startsWith("error.") && !name.includes("unauthorized"))
  .map((name) => ({ name, operation: name.slice(0, name.indexOf(".")), body: read(`examples/${name}`) }))

/** The shape that an operation answers with; none where nothing is given back. */
export const answerOf = (operation: string): string | undefined => {
  const schemaName = contract.routes.find((route) => route.id === operation)?.success.schema?.replace("#", "")
  return schemaName === "Empty" ? undefined : schemaName
}

/** A value without the members that the contract does not name. */
export const known = (value: unknown, type: string): unknown => {
  const item = /^array<(.*)>$/.exec(type)?.[1]
  if (item !== undefined && Array.isArray(value)) return value.map((one) => known(one, item))
  if (!type.startsWith("#") || typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    fieldsOf(type.slice(1)).flatMap((field) => {
      const found = Object.entries(value).find(([key]) => key === field.name)
      return found === undefined ? [] : [[field.name, known(found[1], field.type)]]
    })
  )
}
