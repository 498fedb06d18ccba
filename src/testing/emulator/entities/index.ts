/** The entities of a world, by what they belong to. */
export type * from "./apiauth.js"
export type * from "./gateway.js"
export type * from "./oauth.js"
export type * from "./tenants.js"
