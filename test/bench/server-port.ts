import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** What a server of the bench says first. */
export async function portOf(server: ChildProcess): Promise<number> {
  const [said] = (await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer]
  return Number(said.toString())
}
