import type { Context } from 'hono'
import type { Role } from '../../access/index.js'

/** Who asks, and what they may. */
export interface Actor {
  /** As the audit log calls them. */
  readonly name: string
  readonly role: Role
  readonly via: 'session' | 'token' | 'open'
  /** Absent for a token of the command line, and while there is no login. */
  readonly user?: { readonly id: string; readonly name: string } | undefined
  /** Of a session, by which it is ended. */
  readonly secretHash?: string | undefined
  readonly sessionExpiresAt?: Date | undefined
}

declare module 'hono' {
  interface ContextVariableMap {
    /** Absent only where no login is needed. */
    actor: Actor | undefined
    /** What the audit log says beside the path; null where nothing was done that it should tell. */
    auditFacts: string | null | undefined
  }
}

/** Of a call that needs a role, where there always is one. */
export function actorOf(c: Context): Actor {
  const actor = c.get('actor')
  if (actor) return actor
  throw new Error(`${c.req.path} was answered without asking who calls`)
}

/** Who is told to have asked for a run, as the audit log has it; `web` while there is no login. */
export const askedBy = (c: Context): string => {
  const { name, via } = actorOf(c)
  return via === 'open' ? 'web' : name
}

/** For the audit log: short facts, never a secret. */
export const noteFacts = (c: Context, facts: string): void => c.set('auditFacts', facts)
/** The run or backfill that a call asked for, told before all other facts. */
export const noteMade = (c: Context, what: string): void =>
  noteFacts(c, [what, c.get('auditFacts')].filter(Boolean).join('; '))
/** The names of secrets that were kept with what a call changed. */
export const noteSecrets = (c: Context, names: readonly string[]): void => {
  if (names.length > 0)
    noteFacts(c, [c.get('auditFacts'), `with secrets ${names.join(', ')}`].filter(Boolean).join('; '))
}
/** A call that only asked what would happen. */
export const noteNothing = (c: Context): void => c.set('auditFacts', null)
