import { assert, describe, it } from "@effect/vitest"
import type { Counters } from "../../../../src/testing/emulator/gateway/counters.js"
import { countCall } from "../../../../src/testing/emulator/gateway/limits.js"
import type { Caller } from "../../../../src/testing/emulator/gateway/rules.js"
import type { RateLimitRule as Rule } from "../../../../src/testing/emulator/World.js"
import { appliesTo, ruleName } from "../../../../src/testing/emulator/gateway/rules.js"

const minute = 60_000_000
const caller = { deploymentId: "1", appSlug: "app", subject: "7", path: "/a", clientIp: "1.1.1.1" }
const rule = (fields: Partial<Rule>): Rule => ({
  unit: "minute",
  duration: 1,
  maxRequests: 1,
  mode: undefined,
  endpoints: undefined,
  priority: 0,
  ...fields
})

const play = (rules: ReadonlyArray<Rule>, callers: ReadonlyArray<Partial<Caller>>) => {
  const counters: Counters = new Map()
  return callers.map((fields, index) => countCall(counters, rules, { ...caller, ...fields }, index + 1, "meant"))
}
const isAllowed = (rules: ReadonlyArray<Rule>, ...callers: ReadonlyArray<Partial<Caller>>) =>
  play(rules, callers).map((counted) => counted.refusal === undefined)

describe("a rule", () => {
  it("is named by its maximum and its window, in ms below a second and in whole seconds from there", () => {
    const names = [
      rule({ unit: "millisecond", duration: 500, maxRequests: 5 }),
      rule({ unit: "millisecond", duration: 45_000 }),
      rule({ unit: "millisecond", duration: 1500 }),
      rule({ unit: "second", duration: 1 }),
      rule({ maxRequests: 120 }),
      rule({ unit: "hour", duration: 2 }),
      rule({ unit: "day" }),
      rule({ unit: "calendar_day" }),
      rule({ unit: "month" }),
      rule({ unit: "calendar_month" })
    ].map(ruleName)
    const expected = "5/500ms 1/45s 1/1s 1/1s 120/60s 1/7200s 1/86400s 1/86400s 1/2592000s 1/2592000s"
    assert.strictEqual(names.join(" "), expected)
  })

  it("applies to equal paths, to all with a star or without a list, and to none with an empty list", () => {
    assert.isTrue(appliesTo(rule({}), "/a"))
    assert.isTrue(appliesTo(rule({ endpoints: ["/b", "/a"] }), "/a"))
    assert.isTrue(appliesTo(rule({ endpoints: ["*"] }), "/a"))
    for (const endpoints of [[], ["/A"], ["/a/"], ["/*"], ["a"], ["/"], ["/a?x"]])
      assert.isFalse(appliesTo(rule({ endpoints }), "/a"))
  })

  it("counts what its mode says", () => {
    const others: ReadonlyArray<Partial<Caller>> = [
      {},
      { subject: "8" },
      { path: "/b" },
      { clientIp: "2.2.2.2" },
      { appSlug: "other" },
      { deploymentId: "2" }
    ]
    const together = (mode: Rule["mode"]) => others.map((other) => !isAllowed([rule({ mode })], {}, other)[1])
    assert.deepStrictEqual(together("per_app"), [true, true, true, true, false, false])
    assert.deepStrictEqual(together(undefined), together("per_app"))
    assert.deepStrictEqual(together("per_key"), [true, false, false, true, true, true])
    assert.deepStrictEqual(together("per_key_and_ip"), [true, false, false, false, true, true])
    assert.deepStrictEqual(together("per_app_and_ip"), [true, true, true, false, false, false])
  })
})

describe("a rule's window", () => {
  it("is as long as its name says, to the microsecond", () => {
    for (const [length, fields] of [
      [500_000, { unit: "millisecond", duration: 500 }],
      [minute, {}],
      [7_200_000_000, { unit: "hour", duration: 2 }]
    ] as const) {
      const counters: Counters = new Map()
      const isCounted = (now: number) => countCall(counters, [rule(fields)], caller, now, "meant").refusal === undefined
      assert.deepStrictEqual([isCounted(5), isCounted(length + 4), isCounted(length + 5)], [true, false, true])
    }
  })
})

describe("the rules of a scheme", () => {
  it("have windows of their units, which calendars do not change", () => {
    const units = ["millisecond", "second", "minute", "hour", "day", "calendar_day", "month", "calendar_month"] as const
    for (const duration of [1, 2]) {
      const [counted] = play(
        units.map((unit) => rule({ unit, duration })),
        [{}]
      )
      assert.deepStrictEqual(
        counted?.states.map(({ windowMillis }) => windowMillis / duration),
        [1, 1000, 60_000, 3_600_000, 86_400_000, 86_400_000, 2_592_000_000, 2_592_000_000]
      )
    }
  })

  it("share no counter where their windows differ", () => {
    for (const mode of ["per_app", "per_key", "per_key_and_ip", "per_app_and_ip"] as const) {
      const [counted] = play([rule({ mode, maxRequests: 10 }), rule({ mode, maxRequests: 10, unit: "hour" })], [{}])
      assert.deepStrictEqual(
        counted?.states.map(({ remaining }) => remaining),
        [9, 9]
      )
    }
  })

  it("are tried by priority, lower first, equal ones in their order", () => {
    const [counted] = play(
      [
        rule({ maxRequests: 3, priority: 2 }),
        rule({ maxRequests: 4, unit: "hour", priority: -1 }),
        rule({ maxRequests: 5, unit: "day", priority: 2 })
      ],
      [{}]
    )
    assert.deepStrictEqual(
      counted?.states.map((state) => state.rule),
      ["4/3600s", "3/60s", "5/86400s"]
    )
  })

  it("share a counter where mode and window are the same, so that a call counts twice", () => {
    const rules = [rule({ maxRequests: 10 }), rule({ maxRequests: 3, mode: "per_app" })]
    const [first, second] = play(rules, [{}, {}])
    assert.deepStrictEqual(
      first?.states.map((state) => state.remaining),
      [9, 1]
    )
    assert.deepStrictEqual(
      second?.states.map((state) => [state.isAllowed, state.remaining]),
      [
        [true, 7],
        [false, 0]
      ]
    )
  })

  it("count a call that another one refuses", () => {
    const rules = [rule({ maxRequests: 1 }), rule({ maxRequests: 3, mode: "per_key" })]
    const remaining = play(rules, [{}, {}, {}]).map((counted) => counted.states[1]?.remaining)
    assert.deepStrictEqual(remaining, [2, 1, 0])
  })

  it("are named by the shortest window that refuses, whatever the priority", () => {
    const rules = [rule({ unit: "hour", priority: -5 }), rule({}), rule({ unit: "day", mode: "per_key" })]
    const [, counted] = play(rules, [{}, {}])
    assert.deepStrictEqual(counted?.refusal, { rule: "1/60s", retryAfterMillis: minute / 1000 })
    assert.isTrue(counted?.states.every((state) => !state.isAllowed))
  })
})
