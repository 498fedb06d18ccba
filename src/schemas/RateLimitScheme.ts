/**
 * Rate-limit schemes: named lists of rules that apps are assigned to by slug.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DeploymentId, SchemeId } from "./Ids.js"
import { fromRawNumber, Strings } from "./internal/fields.js"
import { between, broken, Int32, NotBlank, PositiveInt32 } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import { Timestamp } from "./Timestamp.js"

const units = ["millisecond", "second", "minute", "hour", "day", "calendar_day", "month", "calendar_month"] as const
/** The most of each unit. */
const longest: Readonly<Record<(typeof units)[number], number>> = {
  millisecond: 60000,
  second: 1800,
  minute: 1440,
  hour: 720,
  day: 30,
  calendar_day: 1,
  month: 1,
  calendar_month: 1
}
const modes = ["per_app", "per_key", "per_key_and_ip", "per_app_and_ip"] as const

/**
 * One rule of a scheme, as the server shows it.
 *
 * @since 0.1.0
 * @category models
 */
export const RateLimitRule = Wire.lazy(() =>
  Wire.Struct({
    /** The unit of `duration`. */
    unit: Wire.open(...units),
    /** The window's length in `unit`. The gateway counts windows of up to 9 s by the clock second, and of up to an hour by the clock minute, so "2 per hour" lets two through every minute. */
    duration: Schema.Int,
    /** How many requests the window lets through. */
    maxRequests: Schema.Int,
    /** Whose requests count together; none acts as `per_app`. `per_key` and `per_key_and_ip` count each path by itself. */
    mode: Wire.absent(Wire.open(...modes)),
    /** The exact paths it applies to, `*` being all; none means all, an empty list means never. A path that no rule of a scheme matches has no limit at all. */
    endpoints: Wire.absent(Strings),
    /** Lower is tried first. Every matching rule is tried, and counts. */
    priority: Schema.Int
  })
)
/**
 * One rule of a scheme, as the server shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimitRule extends Schema.Schema.Type<typeof RateLimitRule> {}
/**
 * A `RateLimitRule` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface RateLimitRuleEncoded extends Schema.Schema.Encoded<typeof RateLimitRule> {}

/**
 * A rate-limit scheme. Gateways keep its rules for up to an hour after a change.
 *
 * @since 0.1.0
 * @category models
 */
export const RateLimitScheme = Wire.lazy(() =>
  Wire.Struct({
    id: fromRawNumber(SchemeId),
    deploymentId: fromRawNumber(DeploymentId),
    /** What routes and apps name it by; fixed for life. */
    slug: Schema.String,
    name: Schema.String,
    description: Wire.nullable(Schema.String),
    rules: Wire.list<RateLimitRule, RateLimitRuleEncoded>(RateLimitRule),
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
/**
 * A rate-limit scheme. Gateways keep its rules for up to an hour after a change.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimitScheme extends Schema.Schema.Type<typeof RateLimitScheme> {}
/**
 * A `RateLimitScheme` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface RateLimitSchemeEncoded extends Schema.Schema.Encoded<typeof RateLimitScheme> {}

const Duration = Wire.lazy(() =>
  Schema.Int.annotations({
    description: `an integer from 1 to the most of its unit: ${Object.entries(longest)
      .map((entry) => entry.join(" "))
      .join(", ")}`,
    arbitrary: () => (fc) => fc.integer({ min: 1, max: 30 })
  })
)

/**
 * One rule to be stored.
 *
 * @since 0.1.0
 * @category inputs
 */
export const RateLimitRuleInput = Wire.lazy(() =>
  Wire.Struct({
    /** `millisecond`, `second`, `minute`, `hour`, `day`, `calendar_day`, `month` or `calendar_month`. */
    unit: Schema.Literal(...units),
    /** From 1 to 60000 milliseconds, 1800 seconds, 1440 minutes, 720 hours, 30 days; exactly 1 of the others. The gateway counts windows of up to 9 s by the clock second, and of up to an hour by the clock minute. */
    duration: Duration,
    /** From 1 to 2147483647. */
    maxRequests: PositiveInt32,
    /** Whose requests count together; left out acts as `per_app`. `per_key` and `per_key_and_ip` count each path by itself. Two matching rules of the same mode and window share one counter and count a call twice. */
    mode: Wire.optional(Schema.Literal(...modes)),
    /** Compared for equality with the path, no prefixes or globs; `*` is all. Left out means all, an empty list makes a rule that never applies. A path that no rule of the scheme matches has no limit at all. */
    endpoints: Wire.optional(Strings),
    /** A signed 32-bit integer, 0 when left out. Lower is tried first. */
    priority: Wire.optional(Int32)
  }).pipe(
    Schema.filter(({ duration, unit }) => {
      const most = longest[unit]
      if (duration >= 1 && duration <= most) return []
      return [broken("duration", most === 1 ? `exactly 1 for unit ${unit}` : `1 to ${most} for unit ${unit}`)]
    }, between)
  )
)
/**
 * One rule to be stored.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface RateLimitRuleInput extends Schema.Schema.Type<typeof RateLimitRuleInput> {}
/**
 * A `RateLimitRuleInput` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface RateLimitRuleInputEncoded extends Schema.Schema.Encoded<typeof RateLimitRuleInput> {}

const RulesInput = Wire.lazy(() =>
  Wire.list<RateLimitRuleInput, RateLimitRuleInputEncoded>(RateLimitRuleInput).pipe(
    Schema.filter((rules) => rules.length > 0, { description: "at least one rule" })
  )
)

/**
 * What `createRateLimitScheme` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateRateLimitSchemeInput = Wire.lazy(() =>
  Wire.Struct({
    /** Not blank, unique in the deployment, fixed for life; stored as given, blanks around it too. */
    slug: NotBlank,
    /** Not blank. */
    name: NotBlank,
    /** None when left out. */
    description: Wire.optional(Schema.String),
    /** At least one. */
    rules: RulesInput
  })
)
/**
 * What `createRateLimitScheme` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateRateLimitSchemeInput extends Schema.Schema.Type<typeof CreateRateLimitSchemeInput> {}

/**
 * What `updateRateLimitScheme` takes; what is left out stays.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateRateLimitSchemeInput = Wire.lazy(() =>
  Wire.Struct({
    /** Not blank. */
    name: Wire.optional(NotBlank),
    /** `""` blanks it; it cannot become none again. */
    description: Wire.optional(Schema.String),
    /** At least one; replaces the whole list: `ApiKeys.rulesToKeep` gives those that there are. */
    rules: Wire.optional(RulesInput)
  })
)
/**
 * What `updateRateLimitScheme` takes; what is left out stays.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateRateLimitSchemeInput extends Schema.Schema.Type<typeof UpdateRateLimitSchemeInput> {}
