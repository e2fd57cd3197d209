import { userInfo } from 'node:os'
import { type AccessStore, visibleLine } from '../access/index.js'
import { toMillraceError } from '../base/index.js'

/** Does what a command changes, and notes it in the audit log, also when it was refused. @param made names what came of it */
export async function audited<T>(
  access: AccessStore,
  { action, what }: { readonly action: string; readonly what: string },
  work: () => Promise<T>,
  made?: (value: T) => string,
): Promise<T> {
  const note = (outcome: string, facts = what) =>
    access.noteAudit({ actor: whoAmI(), via: 'cli', action, what: visibleLine(facts.slice(0, 300)), outcome })
  try {
    const value = await work()
    await note('ok', made ? `${made(value)}; ${what}` : what)
    return value
  } catch (error) {
    await note(toMillraceError(error).code).catch(() => {})
    throw error
  }
}

/** A container may run as a number that has no name. */
export function whoAmI(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
