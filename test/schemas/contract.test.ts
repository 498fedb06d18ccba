import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { firstMismatch, inputIssues } from "../../src/schemas/internal/issues.js"
import { camel, contract, fieldsOf } from "../support/contract.js"
import { queries, requests, responses, sample, sampleOf, wireKeys } from "./contract.js"

/** What no schema stands for: errors are read as text, and an empty answer is nothing. */
const withoutSchema = ["ErrorBody", "ErrorItem", "Empty"]
/** Fields that are left out on purpose. */
const leftOut: Readonly<Record<string, ReadonlyArray<string>>> = { RevokeApiKeyRequest: ["key_id"] }

const entry = <A>(table: Readonly<Record<string, A>>, key: string): A => {
  const found = table[key]
  if (found === undefined) throw new Error(`no schema stands for ${key}`)
  return found
}

/** What the server takes and drops, and inputs have all the same: Web Crypto's exports carry it. */
const dropped: Readonly<Record<string, ReadonlyArray<string>>> = { JwkInput: ["ext"] }

const isLossless = (type: string): boolean => type === "json"

describe("the shapes of the contract", () => {
  for (const [name, shape] of Object.entries(contract.schemas)) {
    if (withoutSchema.includes(name)) continue
    it(`${name}: every field is there, and no other`, () => {
      const self = entry(shape.direction === "response" ? responses : requests, name)
      const expected = fieldsOf(name)
        .map((field) => field.name)
        .filter((field) => !(leftOut[name] ?? []).includes(field))
        .concat(dropped[name] ?? [])
      assert.deepStrictEqual(wireKeys(self), expected.sort())
    })
  }

  for (const route of contract.routes) {
    if (route.query.length === 0) continue
    it(`${route.id}: every query parameter is there, and no other`, () => {
      assert.deepStrictEqual(wireKeys(entry(queries, route.id)), route.query.map((parameter) => parameter.name).sort())
    })
  }
})

describe("presence in answers", () => {
  for (const [name, self] of Object.entries(responses)) {
    const decode = Schema.decodeUnknownEither(self)
    const encode = Schema.encodeSync(self)
    const isList = name.endsWith("List")
    it(`${name}: a value with every field comes back as it was`, () => {
      const json = sampleOf(name)
      // The total of a list is its length.
      const expected = "total" in json ? { ...json, total: 1 } : json
      assert.deepStrictEqual(encode(Either.getOrThrow(decode(json))), expected)
    })

    for (const field of fieldsOf(name)) {
      const { [field.name]: _, ...without } = sampleOf(name)
      const withNull = { ...without, [field.name]: null }
      it(`${name}.${field.name}: left out`, () => {
        const result = decode(without)
        if (!field.optional && !field.nullable) {
          assert.isTrue(Either.isLeft(result))
          return
        }
        const value = Either.getOrThrow(result)
        const key = name === "Jwk" ? field.name : camel(field.name)
        assert.deepStrictEqual(Reflect.get(Object(value), key), Option.none())
        assert.deepStrictEqual(encode(value), field.optional ? without : withNull)
      })
      it(`${name}.${field.name}: null`, () => {
        const result = decode(withNull)
        if (isLossless(field.type) && !field.nullable) {
          assert.deepStrictEqual(encode(Either.getOrThrow(result)), withNull)
        } else if (field.optional || field.nullable) {
          assert.deepStrictEqual(encode(Either.getOrThrow(result)), field.optional ? without : withNull)
        } else {
          assert.isTrue(Either.isLeft(result))
        }
      })
      if (!isLossless(field.type) && field.type !== "map<string>") {
        it(`${name}.${field.name}: another kind of value is refused, without echoing it`, () => {
          const result = decode({ ...without, [field.name]: { wrong: "s3cret-value" } })
          const found = firstMismatch(Either.getOrThrow(Either.flip(result)))
          assert.notInclude(JSON.stringify(found), "s3cret-value")
        })
      }
      if (field.type.startsWith("enum") && name !== "AuthzOauthMetadata") {
        it(`${name}.${field.name}: a later member is kept`, () => {
          const json = { ...sampleOf(name), [field.name]: "a-later-member" }
          assert.deepStrictEqual(encode(Either.getOrThrow(decode(json))), json)
        })
      }
    }

    it(`${name}: members that the contract does not know are ignored`, () => {
      assert.isTrue(Either.isRight(decode({ ...sampleOf(name), later_member: { a: 1 } })))
    })
    it(`${name}: what is no object is refused`, () => {
      for (const value of [null, undefined, "text", 5, true, []])
        assert.isTrue(Either.isLeft(decode(value)), isList ? "list" : name)
    })
  }
})

describe("presence in inputs", () => {
  const required: Readonly<Record<string, ReadonlyArray<string>>> = {
    // The server wants one for its only grant, though the key as such is optional.
    CreateOAuthClientRequest: ["redirect_uris"]
  }
  const tables = {
    ...requests,
    ...Object.fromEntries(Object.entries(queries).map(([id, self]) => [`query of ${id}`, self]))
  }
  for (const [name, self] of Object.entries(tables)) {
    const encode = Schema.encodeUnknownEither(self, { errors: "all", onExcessProperty: "error" })
    const issuesOf = (input: unknown) => Either.match(encode(input), { onLeft: inputIssues, onRight: () => [] })
    const fields =
      name in requests
        ? fieldsOf(name).filter((field) => !(leftOut[name] ?? []).includes(field.name))
        : wireKeys(self).map((key) => ({ name: key, optional: true, type: "query" }))
    for (const field of fields) {
      const key = name === "JwkInput" ? field.name : camel(field.name)
      const isRequired = !field.optional || (required[name] ?? []).includes(field.name)
      it(`${name}.${key}: ${isRequired ? "required" : "may be left out or undefined"}, never null`, () => {
        const missing = issuesOf({}).filter((issue) => issue.field === key)
        assert.deepStrictEqual(
          missing.map((issue) => issue.rule),
          isRequired ? ["missing"] : []
        )
        const undefinedIssues = issuesOf({ [key]: undefined }).filter((issue) => issue.field === key)
        assert.strictEqual(undefinedIssues.length, isRequired ? 1 : 0)
        const withNull = issuesOf({ [key]: null }).filter((issue) => issue.field === key)
        // Free JSON may be null.
        assert.strictEqual(withNull.length, isLossless(field.type) ? 0 : 1)
      })
    }
    it(`${name}: a field that the contract does not know is refused and named`, () => {
      const found = issuesOf({ laterField: "s3cret-value" }).find((issue) => issue.rule === "unknown")
      assert.strictEqual(found?.field, "laterField")
      assert.notInclude(JSON.stringify(issuesOf({ laterField: "s3cret-value" })), "s3cret-value")
    })
  }
})

describe("samples", () => {
  it("has one for every type of the contract", () => {
    const types = new Set(Object.keys(responses).flatMap((name) => fieldsOf(name).map((field) => field.type)))
    const others = [...types].filter((type) => type !== "string")
    for (const type of others) assert.notStrictEqual(sample(type), sample("string"), type)
  })
})
