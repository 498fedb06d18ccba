/**
 * Work that is done once per object.
 */

/** The same function, which makes one result per argument and keeps it as long as the argument lives. */
export const memoize = <A extends object, B>(make: (key: A) => B): ((key: A) => B) => {
  const known = new WeakMap<A, B>()
  return (key) => {
    let made = known.get(key)
    if (made === undefined) known.set(key, (made = make(key)))
    return made
  }
}
