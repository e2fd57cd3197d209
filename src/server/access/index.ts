export { Access } from './access.js'
export { accessGuard, viewersOnly } from './access-guard.js'
export { type Actor, actorOf, noteFacts, noteNothing } from './actor.js'
export { sessionIdleMs } from './session-cookie.js'
