import type { ChildProcess } from 'node:child_process'

/** So long what the program itself wrote has to be read. */
const momentMs = 1_000

/**
 * Node tells `close` of a program once nobody holds its output open, and what it started and left behind may do so for ever. So that is
 * closed a moment after such a program has exited. For output that is read as it comes.
 * @param onHeld is told before
 */
export function closeHeldOutput(child: ChildProcess, onHeld: () => void): void {
  const close = () => {
    onHeld()
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  child.once('exit', () => {
    let reading: NodeJS.Immediate | undefined
    // Where this process was busy for the whole moment, what lies there is read first.
    const timer = setTimeout(() => {
      reading = setImmediate(close)
    }, momentMs)
    child.once('close', () => {
      clearTimeout(timer)
      clearImmediate(reading)
    })
  })
}
