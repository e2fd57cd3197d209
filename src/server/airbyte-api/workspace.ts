import {
  type JobType,
  type RunRequest,
  type SyncJob,
  type SyncJobFilter,
  selectionOf,
  switchEvents,
  switches,
} from '../../orchestrate/index.js'
import type { Engine } from '../../platform/index.js'
import { definitionsOf, type Services } from '../services.js'
import { inactiveWithoutSchedule, invalid, jobConflict, missing } from './errors.js'
import { uuidOf } from './paging.js'
import { Catalog, type ShownConnection, type ShownSource } from './views/catalog.js'
import { type ConnectionFacts, scheduleOf } from './views/connections.js'
import { Connectors } from './views/connectors.js'

/** The project as both of Airbyte's APIs show it, and what they may do with it: one workspace. */
export class Workspace {
  readonly services: Services
  readonly connectors: Connectors
  #created:
    | { readonly catalog: Catalog; readonly found: ReturnType<Services['store']['connectionsCreated']> }
    | undefined

  constructor(services: Services) {
    this.services = services
    this.connectors = new Connectors(services.engine, services.clock)
  }

  /** @throws SERVER_NOT_READY */
  async catalog(): Promise<Catalog> {
    const [definitions, made] = await Promise.all([definitionsOf(this.services), this.services.store.connectionEnds()])
    return Catalog.of(definitions, made)
  }

  /** The same for who names the workspace. @throws SERVER_INVALID, SERVER_NOT_FOUND, SERVER_NOT_READY */
  async catalogOf(workspaceId: string): Promise<Catalog> {
    const id = uuidOf('workspaceId', workspaceId)
    const catalog = await this.catalog()
    if (id !== catalog.workspaceId) throw missing('workspace', id)
    return catalog
  }

  /** What stands beside the definitions. @throws SERVER_NOT_READY */
  async facts(): Promise<ConnectionFacts & { readonly catalog: Catalog }> {
    const definitions = await definitionsOf(this.services)
    const [made, states] = await Promise.all([
      this.services.store.connectionEnds(),
      this.services.store.automationStates(),
    ])
    const catalog = Catalog.of(definitions, made)
    const created = await this.#createdOf(catalog)
    return {
      definitions,
      catalog,
      isOn: switches(states),
      createdAt: (connection) => created.at.get(connection) ?? created.since,
    }
  }

  /** They come and go with a publication only. */
  #createdOf(catalog: Catalog) {
    if (this.#created?.catalog === catalog) return this.#created.found
    const found = this.services.store.connectionsCreated()
    this.#created = { catalog, found }
    found.catch(() => {
      this.#created = undefined
    })
    return found
  }

  /** @throws SERVER_NOT_FOUND */
  async connection(id: string): Promise<ShownConnection> {
    const found = (await this.catalog()).connection(id)
    if (!found) throw missing('connection', id)
    return found
  }

  /** What a source has: it is asked. */
  async streamsOf(source: ShownSource, signal: AbortSignal | undefined): ReturnType<Engine['discoverConnection']> {
    const { engine } = this.services
    const [reader] = (await this.catalog()).ofSource(source.id)
    if (reader) return engine.discoverConnection(reader.spec.name, { signal })
    const { id, connector, end } = source
    const draft = {
      name: `asked_${id}`,
      source: { connector, config: end?.config ?? {} },
      destination: { schema: 'raw' },
    }
    return (await engine.discoverDraft({ ...draft, streams: [] }, { signal })).streams
  }

  /** Those of connections that are there, with them. */
  async jobs(filter: SyncJobFilter): Promise<readonly ShownJob[]> {
    const catalog = await this.catalog()
    // Which are gone is known here: a page of a list must not be shorter for it, one job may.
    const stepKeys = filter.stepKeys ?? (filter.ids ? undefined : catalog.connections.map(({ spec }) => spec.step))
    const found = await this.services.store.listSyncJobs({ ...filter, stepKeys })
    return found.flatMap((job) => {
      const connection = catalog.ofStep(job.stepKey)
      return connection ? [{ job, connection }] : []
    })
  }

  /** @throws SERVER_NOT_FOUND */
  async job(id: number): Promise<ShownJob> {
    const [found] = Number.isSafeInteger(id) && id > 0 ? await this.jobs({ ids: [id], limit: 1 }) : []
    if (!found) throw missing('job', String(id))
    return found
  }

  /** @param by who is told to have asked. @throws AIRBYTE_JOB_CONFLICT while one goes on */
  async requestJob(connection: ShownConnection, type: JobType, by: string): Promise<ShownJob> {
    const { spec } = connection
    if (spec.streams.length === 0)
      throw invalid(`The connection ${spec.name} has no streams yet: its source was not asked for them.`)
    const request: RunRequest = {
      selection: selectionOf(spec.streams.map(({ asset }) => asset)),
      trigger: { type: 'manual', name: by },
      ...(type === 'refresh' ? { fullRefresh: true } : type === 'clear' ? { clearData: true } : {}),
    }
    const job = await this.services.store.requestSyncJob(spec.step, request)
    if (job) return { job, connection }
    throw jobConflict(
      `A sync is already running for the connection ${spec.name}.`,
      'Wait for its end, or cancel it: GET /jobs lists it.',
    )
  }

  /** Ends it with its run, unless others are in that. @throws AIRBYTE_JOB_CONFLICT */
  async cancelJob({ job, connection }: ShownJob): Promise<ShownJob> {
    const steps = await this.services.store.listSteps(job.run.id)
    if (steps.some(({ key }) => key !== job.stepKey))
      throw jobConflict(
        `The run of job ${job.id} makes more than the connection ${connection.spec.name}: ending it would end all of that.`,
        `Cancel the run ${job.run.id} itself, on its page or with \`millrace runs cancel\`.`,
      )
    await this.services.store.requestCancel(job.run.id)
    return this.job(job.id)
  }

  /** Turns the schedule of a connection on or off. @throws AIRBYTE_NOT_OFFERED where it has none */
  async setActive({ spec }: ShownConnection, isActive: boolean): Promise<void> {
    const definitions = await definitionsOf(this.services)
    const schedule = scheduleOf(definitions, spec)
    if (!schedule) {
      if (isActive) return
      throw inactiveWithoutSchedule(spec.name)
    }
    const noted = switchEvents(definitions, schedule.name, { isOn: isActive, by: 'web' })
    await this.services.store.setAutomation(schedule.name, 'schedule', isActive, noted)
  }
}

export interface ShownJob {
  readonly job: SyncJob
  readonly connection: ShownConnection
}
