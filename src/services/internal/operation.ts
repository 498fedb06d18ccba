/**
 * One operation as data: everything that the kernel, the docs and the tests know of it.
 */
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import type * as Schema from "effect/Schema"
import {
  type Call,
  demoteCallError,
  type Failure,
  type Repeat,
  toCallError,
  toUnsafeCallError
} from "../../errors/internal/failure.js"
import { readJson } from "../../errors/internal/json.js"
import type { OwnErrors } from "../../errors/internal/ownErrors.js"
import type { CallError, OperationError, UnsafeCallError } from "../../errors/WachtError.js"
import { compileDecoder } from "../../schemas/internal/decoder.js"
import { isGzip } from "./bytes.js"
import type { Checked } from "./checked.js"
import { parseLossless } from "./losslessJson.js"
import type { PathNames } from "./path.js"
import type { EncodeBody } from "./requestBody.js"

/** The service that has the operation. */
export type ServiceName = "ApiKeys" | "OAuth" | "Gateway" | "WachtClient"

/**
 * The verbs that a call may have.
 *
 * @since 0.1.0
 * @category models
 */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** Which of the two hosts answers. */
export type Host = "platform" | "gateway"

/** What went wrong while reading a 2xx answer. */
export interface Unreadable {
  readonly reason: "Json" | "Shape" | "Encoding"
  readonly field: string
  readonly message: string
}

/** How an operation reads a 2xx answer. */
export interface Output<out A> {
  /** False where the answer has nothing to say; then its body is not read. */
  readonly wantsBody: boolean
  readonly decode: (text: string) => Either.Either<A, Unreadable>
  /** Of the JSON that the server sends, where it sends some. For tests that answer by values. */
  readonly schema?: Schema.Schema.AnyNoContext
}

/** Writes an operation's query. */
export interface EncodeQuery<in Query> {
  (query: Query): Checked<QueryValues>
}

/** A flat query, as texts. */
export type QueryValues = Readonly<Record<string, string | undefined>>

/** What is declared of an operation; `E` is its exact error union. */
export interface Declared<Path extends string, in Query, in Body, out A, in out E> {
  readonly method: Method
  readonly path: Path
  readonly host: Host
  readonly repeat: Repeat
  /** The words of the 404 of a repeat that finds nothing left to do: then an earlier attempt worked. */
  readonly repeatAnswer: RegExp | undefined
  /** The parameters of the path that are record ids. */
  readonly ids: ReadonlyArray<string>
  /** By the statuses that mean them. */
  readonly errors: OwnErrors<OperationError>
  readonly query: EncodeQuery<Query> | undefined
  readonly body: EncodeBody<Body> | undefined
  readonly output: Output<A>
  readonly toError: (call: Call, failure: Failure) => E
  /** Takes back an error that a policy may have put in place of one of ours. */
  readonly admit: (error: E | CallError, startedAt: number) => E
}

/** An operation. */
export interface Operation<Path extends string, in Query, in Body, out A, in out E> extends Declared<
  Path,
  Query,
  Body,
  A,
  E
> {
  readonly service: ServiceName
  readonly name: string
}

/** Names an operation. */
export const nameOperation = <Path extends string, Query, Body, A, E>(
  service: ServiceName,
  name: string,
  declared: Declared<Path, Query, Body, A, E>
): Operation<Path, Query, Body, A, E> => ({ ...declared, service, name })

type Named<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Declared<infer Path, infer Query, infer Body, infer A, infer E>
    ? Operation<Path, Query, Body, A, E>
    : never
}

/** Names the operations of a service as its table does. */
export const operationsOf = <Table extends Readonly<Record<string, object>>>(
  service: ServiceName,
  table: Table
): Named<Table> => {
  const named = Object.entries(table).map(([name, declared]) => [name, { ...declared, service, name }])
  // `Named` is the type of exactly this loop, which TypeScript cannot follow.
  return Object.fromEntries(named) as Named<Table>
}

const noJson = (text: string): Unreadable => {
  // Nobody asked for gzip, and not every client unpacks it.
  if (isGzip(text)) {
    return { reason: "Encoding", field: "", message: "the answer is gzip, not asked for" }
  }
  return { reason: "Json", field: "", message: text.trim() === "" ? "the answer is empty" : "the answer is not JSON" }
}

/** JSON of the given shape. Integers beyond 2^53 come as their decimal text. */
export const jsonOutput = <A, I>(schema: Schema.Schema<A, I>): Output<A> => {
  const decode = compileDecoder(schema)
  return {
    wantsBody: true,
    schema,
    decode: (body) => {
      // Most clients drop the mark of UTF-8 that some servers put first, but not all.
      const text = body.replace(/^\uFEFF/, "")
      const json = readJson(text)
      if (json === undefined) return Either.left(noJson(text))
      return Either.mapLeft(
        decode(json, () => parseLossless(text)),
        (issue) => ({
          reason: "Shape",
          field: issue.field,
          message: `the answer has an unexpected shape: ${issue.field || "it"} must be ${issue.expected}`
        })
      )
    }
  }
}

/** Nothing: the status says it all. */
export const noOutput: Output<void> = { wantsBody: false, decode: () => Either.void }

interface Definition<Path extends string, Query, Body, A, Own extends OperationError> {
  readonly method: Method
  readonly path: Path
  readonly ids?: ReadonlyArray<PathNames<Path>>
  readonly host?: Host
  readonly repeat: Repeat
  readonly repeatAnswer?: RegExp
  readonly query?: EncodeQuery<Query>
  readonly body?: EncodeBody<Body> | undefined
  readonly output: Output<A>
  /** Left out where it has none of its own. */
  readonly errors?: OwnErrors<Own>
}

const declare = <Path extends string, Query, Body, A, Own extends OperationError, Other>(
  definition: Definition<Path, Query, Body, A, Own>,
  toOther: (call: Call, failure: Failure) => Other,
  admit: (error: Own | Other | CallError, startedAt: number) => Own | Other
): Declared<Path, Query, Body, A, Own | Other> => {
  const { errors = {} } = definition
  const toOwn = ({ operation }: Call, failure: Failure): Own | undefined =>
    failure._tag === "Answered" ? errors[failure.status]?.({ operation, message: failure.message }) : undefined
  return {
    ids: [],
    host: "platform",
    repeatAnswer: undefined,
    query: undefined,
    body: undefined,
    ...definition,
    errors,
    toError: (call, failure) => toOwn(call, failure) ?? toOther(call, failure),
    admit
  }
}

/** An operation that is safe or idempotent, or metered. */
export const operation = <Path extends string, A, Own extends OperationError = never, Query = never, Body = never>(
  definition: Definition<Path, Query, Body, A, Own> & { readonly repeat: "safe" | "idempotent" | "metered" }
): Declared<Path, Query, Body, A, Own | CallError> => declare(definition, toCallError, identity)

/** One of the operations that must not be repeated blindly. */
export const unsafeOperation = <
  Path extends string,
  A,
  Own extends OperationError = never,
  Query = never,
  Body = never
>(
  definition: Omit<Definition<Path, Query, Body, A, Own>, "repeat">
): Declared<Path, Query, Body, A, Own | UnsafeCallError> =>
  declare({ ...definition, repeat: "unsafe" }, toUnsafeCallError, demoteCallError)

/** What a call of an operation is made with: a part is there exactly when the operation has it. */
export type Input<Path extends string, Query, Body> = (string extends Path
  ? { readonly path: Readonly<Record<string, string>> }
  : [PathNames<Path>] extends [never]
    ? { readonly path?: undefined }
    : { readonly path: { readonly [Name in PathNames<Path>]: string } }) &
  ([Query] extends [never] ? { readonly query?: undefined } : { readonly query: Query | undefined }) &
  ([Body] extends [never] ? { readonly body?: undefined } : { readonly body: Body })
