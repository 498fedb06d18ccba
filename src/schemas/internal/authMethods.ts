/** How an OAuth client proves who it is at the token endpoint. */
export const authMethods = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "none",
  "private_key_jwt"
] as const
