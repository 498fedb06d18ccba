import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import {
  DeploymentId,
  GrantId,
  KeyId,
  MembershipId,
  OAuthAppId,
  OAuthClientId,
  OAuthClientRecordId,
  OrganizationId,
  RateLimitScheme,
  SchemeId,
  UserId,
  WorkspaceId
} from "effect-wacht/schemas"
import { readJson, sampleOf } from "./contract.js"

const numeric = {
  DeploymentId,
  GrantId,
  KeyId,
  MembershipId,
  OAuthAppId,
  OAuthClientRecordId,
  OrganizationId,
  SchemeId,
  UserId,
  WorkspaceId
}

describe("ids", () => {
  for (const [name, schema] of Object.entries(numeric)) {
    const decode = Schema.decodeUnknownEither(Schema.make<unknown, unknown>(schema.ast))
    it(`${name}: signed 64-bit decimal text, in one spelling`, () => {
      for (const text of ["0", "7", "-1", "76777909141938423", "9223372036854775807", "-9223372036854775808"]) {
        assert.deepStrictEqual(decode(text), Either.right(text))
      }
      for (const other of [
        "",
        " 1",
        "+1",
        "01",
        "-0",
        "1.0",
        "1e3",
        "0x1",
        "oc_1",
        "9223372036854775808",
        "-9223372036854775809",
        7,
        7n,
        null
      ]) {
        assert.isTrue(Either.isLeft(decode(other)), String(other))
      }
    })
    it(`${name}: has a brand of its own`, () => {
      assert.deepStrictEqual(
        [
          ...Object.values(schema.ast.annotations),
          ...Object.getOwnPropertySymbols(schema.ast.annotations).map((key) => schema.ast.annotations[key])
        ]
          .flat()
          .filter((one) => one === `effect-wacht/${name}`),
        [`effect-wacht/${name}`]
      )
    })
  }

  it("have a JSON Schema that takes and refuses the same spellings", () => {
    const schema = JSONSchema.make(KeyId)
    if (!("pattern" in schema) || schema.pattern === undefined) return assert.fail("no pattern")
    const pattern = new RegExp(schema.pattern)
    const decode = Schema.decodeUnknownEither(KeyId)
    for (const text of [
      "0",
      "7",
      "-7",
      "77032134832857335",
      "-9223372036854775808",
      "",
      "-0",
      "00",
      "07",
      "+7",
      "7n",
      " 7"
    ]) {
      assert.strictEqual(pattern.test(text), Either.isRight(decode(text)), text)
    }
  })

  it("OAuthClientId is the oc_ text, not a number", () => {
    const decode = Schema.decodeUnknownEither(OAuthClientId)
    for (const id of ["oc_d5SxzusIJUJffJm20_ANKkdkgZ672PUS", "oc_d5SxzusIJUJffJm20-ANKkdkgZ672PUS"]) {
      assert.isTrue(Either.isRight(decode(id)))
    }
    for (const other of ["", "oc_", "77032134832857335", "oc_a b"]) assert.isTrue(Either.isLeft(decode(other)))
  })

  it("agrees with BigInt on every length", () => {
    const decode = Schema.decodeUnknownEither(KeyId)
    FastCheck.assert(
      FastCheck.property(
        FastCheck.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        (n) => Either.isRight(decode(String(n))) === (BigInt.asIntN(64, n) === n)
      )
    )
  })
})

describe("the ids of schemes", () => {
  const decode = Schema.decodeUnknownSync(RateLimitScheme)
  const scheme = sampleOf("RateLimitScheme")

  it("survive where a double would round them", () => {
    const json = readJson(JSON.stringify(scheme).replace('"76777909141938423"', "9007199254740993"))
    assert.strictEqual(decode(json).id, "9007199254740993")
  })
  it("come from small numbers and from text as well", () => {
    assert.strictEqual(decode({ ...scheme, id: 5, deployment_id: -3 }).id, "5")
    assert.strictEqual(decode({ ...scheme, deployment_id: -3 }).deploymentId, "-3")
    assert.strictEqual(decode({ ...scheme, id: "5" }).id, "5")
  })
  it("are refused once they were rounded", () => {
    for (const id of [2 ** 53, 1.5, "x", null, 1e300]) {
      assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(RateLimitScheme)({ ...scheme, id })))
    }
  })
})
