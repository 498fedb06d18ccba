import { assert, describe, it } from "@effect/vitest"
import type { EncodeError } from "effect-wacht/errors"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import {
  checkMarker,
  hasContact,
  isMarked,
  makeMarker,
  markContacts,
  markMetadata
} from "../../../../src/services/internal/reconcile/marker.js"

const metadata = (value: unknown) => markMetadata("createApiKey", value, "job")
const contacts = (...value: ReadonlyArray<string>) => markContacts("createOAuthClient", value, "job")

/** Of which operation, and what is wrong. */
const refusal = (checked: Either.Either<unknown, EncodeError>) =>
  Either.match(checked, {
    onLeft: ({ issues, operation }) => [operation, ...issues],
    onRight: () => []
  })

describe("a marker", () => {
  it.effect("is made of the time and 128 bits", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* makeMarker, yield* makeMarker]
      for (const marker of [a, b]) assert.match(marker, /^[0-9a-z]+-[0-9a-f]{32}$/)
      assert.notStrictEqual(a, b)
    })
  )

  it.effect("has every hexadecimal digit among its own", () =>
    Effect.gen(function* () {
      const markers = yield* Effect.replicateEffect(makeMarker, 100)
      const digits = new Set(markers.flatMap((marker) => Array.from(marker.slice(-32))))
      assert.deepStrictEqual([...digits].sort().join(""), "0123456789abcdef")
    })
  )

  it("stands beside the caller's own members, and is known again", () => {
    for (const [own, expected] of [
      [undefined, {}],
      [{}, {}],
      [{ team: "a" }, { team: "a" }],
      [Object.assign(Object.create(null), { team: "a" }), { team: "a" }],
      [{ effect_wacht_marker: "job" }, {}],
      [{ effect_wacht_marker: undefined }, {}]
    ]) {
      const marked = Either.getOrThrow(metadata(own))
      assert.deepStrictEqual({ ...marked }, { ...expected, effect_wacht_marker: "job" })
      assert.isTrue(isMarked(marked, "job"))
      assert.isFalse(isMarked(marked, "another"))
    }
    for (const none of ["job", null, undefined]) assert.isFalse(isMarked(none, "job"))
  })

  it("of a caller's own is text with something in it", () => {
    assert.strictEqual(Either.getOrThrow(checkMarker("createApiKey", "job")), "job")
    for (const marker of ["", " ", "\0", "\ud800", 5, null, {}]) {
      assert.deepStrictEqual(refusal(checkMarker("createApiKey", marker)), [
        "createApiKey",
        { field: "marker", rule: "rule", allowed: "text that is not blank, well-formed Unicode without NUL" }
      ])
    }
  })

  it("refuses another job's, and metadata that can hold none", () => {
    for (const value of [{ effect_wacht_marker: "another" }, { effect_wacht_marker: null }]) {
      assert.deepStrictEqual(refusal(metadata(value)), [
        "createApiKey",
        { field: "metadata.effect_wacht_marker", rule: "rule", allowed: "left out, or the job's own marker" }
      ])
    }
    for (const value of [[], null, "x", new Map()]) {
      assert.deepStrictEqual(refusal(metadata(value)), [
        "createApiKey",
        {
          field: "metadata",
          rule: "type",
          allowed: "a plain object, or left out: the marker becomes one of its members"
        }
      ])
    }
  })

  it("is the last contact, once", () => {
    assert.deepStrictEqual(Either.getOrThrow(contacts()), ["effect-wacht:job"])
    const written = "the owner of effect-wacht:another"
    assert.deepStrictEqual(Either.getOrThrow(contacts(written)), [written, "effect-wacht:job"])
    const marked = Either.getOrThrow(contacts("effect-wacht:job", "a@b.example"))
    assert.deepStrictEqual(marked, ["a@b.example", "effect-wacht:job"])
    assert.isTrue(hasContact(marked, "job"))
    assert.isFalse(hasContact(marked, "jo"))
    assert.deepStrictEqual(refusal(contacts("a@b.example", "effect-wacht:another")), [
      "createOAuthClient",
      { field: "contacts", rule: "rule", allowed: "no marker but the job's own" }
    ])
  })
})
