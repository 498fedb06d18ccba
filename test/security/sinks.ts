/** Everywhere that a value can end up in writing. */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

/** All of a value, to the last hidden member. */
export const inspectAll = (value: unknown): string =>
  inspect(value, {
    depth: Infinity,
    showHidden: true,
    getters: true,
    maxArrayLength: Infinity,
    maxStringLength: Infinity
  })

/** What cannot be written this way at all shows nothing this way. */
const attempt = (write: () => string | undefined): string => {
  try {
    return write() ?? ""
  } catch {
    return ""
  }
}

const jsonOf = (value: unknown): string =>
  attempt(() => JSON.stringify(value, (_, member) => (typeof member === "bigint" ? String(member) : member)))

/** What a value shows of itself when it is printed, in every usual way. */
export const printed = (value: unknown): ReadonlyArray<string> => [
  inspectAll(value),
  inspect(value),
  jsonOf(value),
  attempt(() => String(value)),
  ...(value instanceof Error
    ? [value.stack ?? "", value.message, inspectAll(value.cause), ...printedMembers(value)]
    : [])
]

const printedMembers = (error: Error): ReadonlyArray<string> => Object.values(error).map(inspectAll)

const defaultConsole = Context.get(DefaultServices.liveServices, Console.Console)

const loggers: ReadonlyArray<Logger.Logger<unknown, unknown>> = [
  Logger.stringLogger,
  Logger.logfmtLogger,
  Logger.jsonLogger,
  Logger.structuredLogger
]

/** A console that only listens, for the logger that writes to one. */
const listeningConsole = (lines: Array<string>): Console.Console => {
  const write = (...args: ReadonlyArray<unknown>): void => {
    lines.push(...args.map((arg) => (typeof arg === "string" ? arg : inspectAll(arg))))
  }
  return { ...defaultConsole, unsafe: new Proxy(defaultConsole.unsafe, { get: () => write }) }
}

/** What the loggers write of what came of a call. */
const logged = (exit: Exit.Exit<unknown, unknown>): Effect.Effect<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  const listening = loggers.map((logger) =>
    Logger.map(logger, (line) => {
      lines.push(typeof line === "string" ? line : inspectAll(line), jsonOf(line))
    })
  )
  const pretty = Logger.prettyLogger({ colors: "auto" })
  const log: Effect.Effect<unknown> = Exit.match(exit, {
    onFailure: (cause) =>
      Effect.all([
        Effect.logError("it failed", cause),
        Effect.logError(Cause.squash(cause)),
        Effect.logError(Cause.pretty(cause, { renderErrorCause: true })),
        Effect.annotateLogs(Effect.logError("it failed"), { error: Cause.squash(cause) })
      ]),
    onSuccess: (value) =>
      Effect.all([Effect.logInfo("it worked", value), Effect.annotateLogs(Effect.logInfo("it worked"), { value })])
  })
  return Effect.as(
    log.pipe(
      Effect.provide(
        Layer.mergeAll(
          Logger.replace(Logger.defaultLogger, listening[0] ?? Logger.none),
          ...listening.slice(1).map((logger) => Logger.add(logger)),
          Logger.add(pretty)
        )
      ),
      Effect.withConsole(listeningConsole(lines))
    ),
    lines
  )
}

/** Of what came of a call, everything that could be written anywhere. */
export const written = (exit: Exit.Exit<unknown, unknown>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(logged(exit), (lines) => [
    ...lines,
    ...printed(exit),
    ...Exit.match(exit, {
      onSuccess: printed,
      onFailure: (cause) => [
        ...printed(cause),
        Cause.pretty(cause),
        Cause.pretty(cause, { renderErrorCause: true }),
        ...Array.from(Cause.failures(cause)).flatMap(printed),
        ...Array.from(Cause.defects(cause)).flatMap(printed),
        ...Cause.prettyErrors(cause).flatMap(printed)
      ]
    })
  ])

/** A span that keeps all that it is told. */
class ListeningSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly spanId = "0123456789abcdef"
  readonly traceId: string
  readonly sampled = true
  readonly attributes = new Map<string, unknown>()
  readonly told: Array<unknown> = []
  status: Tracer.SpanStatus

  constructor(
    readonly name: string,
    readonly parent: Tracer.Span["parent"],
    readonly context: Tracer.Span["context"],
    readonly links: ReadonlyArray<Tracer.SpanLink>,
    readonly kind: Tracer.SpanKind,
    startTime: bigint,
    private readonly onEnd: () => void
  ) {
    this.traceId = parent._tag === "Some" ? parent.value.traceId : "0123456789abcdef0123456789abcdef"
    this.status = { _tag: "Started", startTime }
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    this.status = { _tag: "Ended", startTime: this.status.startTime, endTime, exit }
    this.onEnd()
  }

  attribute(key: string, value: unknown): void {
    this.attributes.set(key, value)
  }

  event(...event: ReadonlyArray<unknown>): void {
    this.told.push(event)
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    this.told.push(links)
  }
}

/** A tracer that keeps its spans, and knows which are still open. */
export class ListeningTracer {
  readonly spans: Array<ListeningSpan> = []
  started = 0
  ended = 0

  constructor(readonly options: { readonly keep: boolean } = { keep: true }) {}

  readonly tracer: Tracer.Tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      this.started++
      const span = new ListeningSpan(name, parent, context, links, kind, startTime, () => void this.ended++)
      if (this.options.keep) this.spans.push(span)
      return span
    },
    context: (run) => run()
  })

  readonly printed = (): ReadonlyArray<string> =>
    this.spans.map(({ attributes, links, name, status, told }) => inspectAll([name, attributes, links, status, told]))
}
