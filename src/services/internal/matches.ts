/**
 * The check between an interface written by hand and the table of operations: assignment alone would let an error union that is too wide pass.
 */
import type * as Effect from "effect/Effect"
import type { Operation } from "./operation.js"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type ResultOf<Method> = Method extends (...args: never) => Effect.Effect<infer A, infer E, infer R>
  ? readonly [A, E, R]
  : never

type ExpectedOf<Op> = Op extends Operation<string, never, never, infer A, infer E> ? readonly [A, E, never] : never

type Differences<Service, Table> =
  | {
      [Name in keyof Table]: Name extends keyof Service
        ? Equal<ResultOf<Service[Name]>, ExpectedOf<Table[Name]>> extends true
          ? never
          : {
              readonly method: Name
              readonly missing: Exclude<ExpectedOf<Table[Name]>[1], ResultOf<Service[Name]>[1]>
              readonly tooMuch: Exclude<ResultOf<Service[Name]>[1], ExpectedOf<Table[Name]>[1]>
            }
        : { readonly missingMethod: Name }
    }[keyof Table]
  | { [Name in keyof Service]: Name extends keyof Table ? never : { readonly notInTable: Name } }[keyof Service]

/** `true`, or a type that says what differs. */
export type Matches<Service, Table> = [Differences<Service, Table>] extends [never] ? true : Differences<Service, Table>
