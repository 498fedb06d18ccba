import { assert, describe, it } from "@effect/vitest"
import { AuditPosition } from "effect-wacht/schemas"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { compileDecoder } from "../../src/schemas/internal/decoder.js"
import { exchanges } from "../support/contract.js"
import { answerOf, exampleResponses, known, queries, readJson, requests, responses } from "./contract.js"

const schemaOf = (operation: string) => {
  const name = answerOf(operation)
  const schema = name === undefined ? undefined : responses[name]
  return name === undefined || schema === undefined ? undefined : { name, schema }
}

const assertRoundTrip = (operation: string, body: string): void => {
  const answer = schemaOf(operation)
  if (answer === undefined) throw new Error(`${operation} answers with nothing`)
  const json = readJson(body)
  const value = Schema.decodeUnknownSync(answer.schema)(json)
  assert.deepStrictEqual(
    readJson(JSON.stringify(Schema.encodeSync(answer.schema)(value))),
    known(json, `#${answer.name}`)
  )
}

describe("recorded answers", () => {
  for (const { body, name, operation } of exampleResponses) {
    if (schemaOf(operation) === undefined) continue
    it(`example ${name} encodes back to what was recorded`, () => assertRoundTrip(operation, body))
  }

  it("every recorded 2xx answer encodes back to what was recorded", () => {
    let count = 0
    for (const { operation, response } of exchanges) {
      if (operation === null || response.status > 299 || schemaOf(operation) === undefined) continue
      assertRoundTrip(operation, response.body)
      count++
    }
    assert.isAbove(count, 400)
  })

  it("operations without a result are the ones that the contract gives none", () => {
    const operations = [...new Set(exchanges.flatMap(({ operation }) => (operation === null ? [] : [operation])))]
    assert.deepStrictEqual(operations.filter((operation) => schemaOf(operation) === undefined).sort(), [
      "compromiseOAuthAppSigningKey",
      "deactivateOAuthClient",
      "deleteApiAuthApp",
      "deleteRateLimitScheme",
      "revokeApiKey",
      "revokeOAuthGrant"
    ])
  })
})

describe("encode and decode undo each other", () => {
  for (const [name, schema] of Object.entries(responses)) {
    it(name, () => {
      const isSame = Schema.equivalence(schema)
      const decode = Schema.decodeUnknownSync(schema)
      const encode = Schema.encodeSync(schema)
      FastCheck.assert(
        FastCheck.property(Arbitrary.make(schema), (value) => {
          const json = encode(value)
          const text = JSON.stringify(json)
          // A record never takes such a key over, neither way: what it would set is the prototype.
          FastCheck.pre(!FastCheck.stringify(value).includes("__proto__"))
          const again = decode(JSON.parse(text))
          // Free JSON too, which came by a text and so is other objects.
          return isSame(decode(json), value) && isSame(again, value) && JSON.stringify(encode(again)) === text
        }),
        { numRuns: 50 }
      )
    })
  }

  for (const [name, schema] of Object.entries({ ...requests, AuditPosition })) {
    it(`${name}: the same value and the same JSON again`, () => {
      const isSame = Schema.equivalence(schema)
      const decode = Schema.decodeUnknownSync(schema)
      const encode = Schema.encodeUnknownSync(schema)
      FastCheck.assert(
        FastCheck.property(Arbitrary.make(schema), (value) => {
          // A comma list of one empty text is an empty list: the server drops it either way.
          FastCheck.pre(!/__proto__|"supportedScopes":\[""\]/.test(FastCheck.stringify(value)))
          const json = encode(value)
          assert.deepStrictEqual(encode(decode(json)), json)
          assert.isTrue(isSame(decode(json), value))
          // A form is no JSON: a logo's bytes are sent as they are.
          if (name === "CreateOAuthAppForm") return
          const text = JSON.stringify(json)
          assert.strictEqual(JSON.stringify(encode(decode(JSON.parse(text)))), text)
        }),
        { numRuns: 50 }
      )
    })
  }

  for (const [name, schema] of Object.entries(queries)) {
    it(`query of ${name}: flat text, and the same text again`, () => {
      const isSame = Schema.equivalence(schema)
      const decode = Schema.decodeUnknownSync(schema)
      const encode = (value: unknown) => JSON.stringify(Schema.encodeUnknownSync(schema)(value))
      FastCheck.assert(
        FastCheck.property(Arbitrary.make(schema), (value) => {
          const text: unknown = JSON.parse(encode(value))
          return (
            isSame(decode(Schema.encodeUnknownSync(schema)(value)), value) &&
            Object.values(Object(text)).every((one) => typeof one === "string") &&
            encode(decode(text)) === encode(value)
          )
        }),
        { numRuns: 50 }
      )
    })
  }
})

describe("the decoder that the services use", () => {
  it("agrees with the schema on every recorded answer", () => {
    for (const { operation, response } of exchanges) {
      if (operation === null || response.status > 299) continue
      const answer = schemaOf(operation)
      if (answer === undefined) continue
      const json = readJson(response.body)
      const decoded = compileDecoder(answer.schema)(json)
      assert.deepStrictEqual(decoded, Either.right(Schema.decodeUnknownSync(answer.schema)(json)))
    }
  })
})
