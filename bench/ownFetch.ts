// Node's own `fetch` as an app has it: `undici` puts its own connections behind it where it is loaded first.
new Headers()
export {}
