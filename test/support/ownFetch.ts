/**
 * `undici` puts its own connections behind Node's `fetch` where it is loaded first. Most apps never load it: Node's own are to be tested.
 */
new Headers()
export {}
