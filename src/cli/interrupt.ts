import { endBoundGroups } from '../base/index.js'
import { stderrLogger } from './output/stderr-logger.js'
import { isSupervised } from './supervised.js'

/** What ends this quickly needs no words. */
const patienceMs = 300
const sayStopping = () => stderrLogger().info('Stopping … (Ctrl-C again ends it at once)')

/** As who does not listen to a signal ends. `process.exit` waits for DuckDB's threads, one of which may be waiting for this one: neither would go on. */
function endNow(signal: NodeJS.Signals): void {
  endBoundGroups()
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/**
 * Who ends all processes of a service at once, as systemd does by itself, ends the supervisor as well, which then tells this process again:
 * nobody's patience is at its end. What does not listen the supervisor kills.
 */
const isSaidTwice = (signal: NodeJS.Signals) => signal === 'SIGTERM' && isSupervised && process.connected

let stop: AbortController | undefined

/** Aborts at the first Ctrl-C (or end of the terminal, or TERM); the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  if (stop) return stop.signal
  stop = new AbortController()
  let count = 0
  const onSignal = (signal: NodeJS.Signals) => {
    if (++count > 1 && !isSaidTwice(signal)) endNow(signal)
    else interrupt({ isSaid: signal !== 'SIGHUP' })
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // Under `nohup` there is no terminal, and the end of the terminal must stay ignored.
  if (process.stdout.isTTY) process.on('SIGHUP', onSignal)
  return stop.signal
}

/** What the first Ctrl-C does, for what is no signal: a second one must not end the process before it has tidied up. */
export function interrupt({ isSaid = true } = {}): void {
  // A signal, and the end of who started it, may come together: it is said once.
  if (interruptSignal().aborted) return
  // `millrace up` speaks for its children, and a terminal that is gone hears nothing.
  if (!isSupervised && isSaid) setTimeout(sayStopping, patienceMs).unref()
  stop?.abort()
}
