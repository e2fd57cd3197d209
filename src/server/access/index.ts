export { Access } from './access.js'
export { accessGuard } from './access-guard.js'
export { type Actor, actorOf, noteFacts, noteNothing } from './actor.js'
export { sessionIdleMs } from './session-cookie.js'
