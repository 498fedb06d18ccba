// The suite where there is none: posted settings are answered with the results.
import { suite } from "./suite.mjs"

export default {
  async fetch(request) {
    return Response.json(await suite(await request.json()))
  }
}
