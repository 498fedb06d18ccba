/**
 * What a compiled decoder is: a closure that gives the value, or gives up.
 */

/** Given up: the schema itself has to judge. Not a refusal yet, and never without one. */
export const Bail: unique symbol = Symbol.for("effect-wacht/Bail")

/** Decodes a value of `JSON.parse`, or gives `Bail`. */
export type Decode = (json: unknown) => unknown

/** Compiles a part. */
export type Compile<Node> = (node: Node) => Decode

/**
 * Annotates a transformation whose decoded side needs no check: what it makes is valid by construction. And a filter of texts that
 * passes today what it passed before, which one of a caller's own need not.
 */
export const Trusted: unique symbol = Symbol.for("effect-wacht/Trusted")

/** Annotates a schema with a `Decode` of its own, which takes nothing that the schema would read in another way. */
export const Direct: unique symbol = Symbol.for("effect-wacht/Direct")

/** Annotates a field: left out or null is `None`, all else `Some`. */
export const OptionField: unique symbol = Symbol.for("effect-wacht/OptionField")
