// The suite where there is a command line: `main.mjs '{"url": …}'` prints the results as one line of JSON.
import { suite } from "./suite.mjs"

const { Deno, process } = globalThis
const [settings] = Deno === undefined ? process.argv.slice(2) : Deno.args

// Deno's fetch sends a POST a second time when a connection taken from the pool is lost: so nothing may come from the pool.
const requestInit = Deno === undefined ? {} : { client: Deno.createHttpClient({ poolMaxIdlePerHost: 0 }) }

console.log(JSON.stringify(await suite(JSON.parse(settings), requestInit)))
