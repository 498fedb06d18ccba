/**
 * `undici` puts its own connections behind Node's `fetch` where it is loaded first. Most apps never load it, so Node's own are to be tested: whoever asks
 * for one of its classes loads them.
 */
export const { Headers } = globalThis
