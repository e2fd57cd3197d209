export { Access } from './access.js'
export { accessGuard, viewersOnly } from './access-guard.js'
export { type Actor, actorOf, askedBy, noteFacts, noteMade, noteNothing } from './actor.js'
export { sessionIdleMs } from './session-cookie.js'
