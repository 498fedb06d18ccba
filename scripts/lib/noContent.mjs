// Node 20.19.0 and 20.19.1 wait for the two bytes that a 204 of this API claims and never sends, and take the end of the connection for
// an abort. A client that is loaded after this one takes it for the end of the answer, as later versions do.
import { IncomingMessage } from "node:http"

if (process.versions.llhttp.startsWith("8.")) {
  const { emit } = IncomingMessage.prototype
  IncomingMessage.prototype.emit = function (event, ...args) {
    return this.statusCode === 204 && event === "error" ? emit.call(this, "end") : emit.call(this, event, ...args)
  }
}
