import { isProcessGone, type Logger, processName, systemClock } from '../../base/index.js'
import { type OrchestrateStore, runDaemon } from '../../orchestrate/index.js'
import type { Engine, Project } from '../contract.js'
import { pageUrl } from '../project/page-url.js'

export interface ProjectDaemonOptions {
  readonly store: OrchestrateStore
  /** Has the project's code. */
  readonly engine: Pick<Engine, 'evaluateSensor'>
  /** Where a server of this machine is listening. */
  readonly address: { readonly host: string; readonly port: number }
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly onLoop?: ((at: Date) => void) | undefined
}

/** Fires what the project has until the signal aborts, in whatever process. */
export function runProjectDaemon(
  project: Project,
  { store, engine, address, logger, signal, onLoop }: ProjectDaemonOptions,
): Promise<void> {
  return runDaemon({
    store,
    clock: systemClock,
    logger,
    signal,
    name: processName(),
    isGone: isProcessGone,
    retention: project.retentionDays,
    alerts: { ...project.alerts, project: project.name, pageUrl: pageUrl(project, { ...address, logger }) },
    evaluateSensor: (name, question) => engine.evaluateSensor(name, question),
    onLoop,
  })
}
