/**
 * Exports an audit trail to wherever rows are kept, and takes up where an earlier run stopped.
 */
import { ApiKeys, Policy, RequestPolicy } from "effect-wacht"
import { AuditPosition } from "effect-wacht/schemas"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** Where the rows go: a table, a bucket, a file. A page is stored together with its position, or not at all. */
export class Archive extends Context.Tag("Archive")<
  Archive,
  {
    readonly store: (rows: ReadonlyArray<string>, position: string) => Effect.Effect<void>
    readonly position: Effect.Effect<Option.Option<string>>
  }
>() {}

const Position = Schema.parseJson(AuditPosition)

export const exportAuditLogs = (appSlug: string, query: ApiKeys.StreamApiAuditLogsQuery) =>
  Effect.gen(function* () {
    const archive = yield* Archive
    const kept = yield* Effect.flatMap(archive.position, Effect.transposeMapOption(Schema.decode(Position)))
    yield* ApiKeys.streamApiAuditLogs(appSlug, query, { from: Option.getOrUndefined(kept) }).pipe(
      Stream.chunks,
      Stream.filter(Chunk.isNonEmpty),
      Stream.runForEach((page) =>
        Effect.gen(function* () {
          const { position } = Chunk.lastNonEmpty(page)
          const lines = Chunk.toReadonlyArray(page).map(({ row }) => `${row.timestamp.text} ${row.outcome} ${row.path}`)
          yield* archive.store(lines, yield* Schema.encode(Position)(position))
        })
      )
    )
  }).pipe(RequestPolicy.withPolicy(Policy.retryTransient({ attempts: 5 })))

/**
 * Follows the trail, whatever happens. `since`, stored before the first run, is where it begins until there is a position; the position kept with each
 * row, and after quiet times without one, takes it up after that.
 */
export const watchDenials = (appSlug: string, since: Date) =>
  Effect.gen(function* () {
    const archive = yield* Archive
    const keep = (lines: ReadonlyArray<string>, position: AuditPosition) =>
      Effect.flatMap(Effect.orDie(Schema.encode(Position)(position)), (text) => archive.store(lines, text))
    const kept = yield* Effect.flatMap(archive.position, Effect.transposeMapOption(Schema.decode(Position)))
    yield* ApiKeys.tailApiAuditLogs(appSlug, {
      outcome: "blocked",
      lag: "30 seconds",
      startDate: since,
      from: Option.getOrUndefined(kept),
      onProgress: (position) => keep([], position)
    }).pipe(Stream.runForEach(({ position, row }) => keep([`${row.keyName} was refused ${row.path}`], position)))
  }).pipe(
    RequestPolicy.withPolicy(Policy.retryTransient({ attempts: 5 })),
    Effect.tapError((error) => Effect.logError("the tail broke off", error)),
    // The whole effect again, so that the position is read anew: `Stream.retry` would begin where the first run did.
    Effect.retry({
      schedule: Schedule.spaced("1 minute"),
      while: ({ _tag }) => _tag !== "EncodeError" && _tag !== "ParseError"
    })
  )
