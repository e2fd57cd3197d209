/** Sends a signal to a process that leads a group of its own, and to all that it started. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone already.
  }
}

const bound = new Set<number>()
process.on('exit', endBoundGroups)

/** Such a group does not outlive this process, also where that ends at once; but for a `kill -9`. @returns what lets it go */
export function bindGroup(pid: number | undefined): () => void {
  if (pid === undefined) return () => {}
  bound.add(pid)
  return () => bound.delete(pid)
}

/** For who ends this process by a signal, of which nobody hears. */
export function endBoundGroups(): void {
  for (const pid of bound) signalGroup(pid, 'SIGKILL')
}
