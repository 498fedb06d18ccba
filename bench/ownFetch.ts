// Node's own `fetch` as an app has it: `undici` puts its own connections behind it where it is loaded before one of its classes was asked for.
export const { Headers } = globalThis
