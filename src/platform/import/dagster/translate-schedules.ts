import type { Checklist } from '../checklist.js'
import { type Code, call, code, quoted, type SourceValue, sourceOf } from '../typescript/source-text.js'
import type { Job, Schedule, Sensor } from './answers.js'
import { cronOfDagster } from './cron.js'
import { type DagsterRepository, keyText } from './dagster-project.js'
import type { DefinitionsText } from './definitions-text.js'
import { isMadeByCode } from './match-assets.js'
import { inTarget, type Reference } from './references.js'
import { sections } from './sections.js'
import type { AssetTranslation } from './translate-assets.js'
import type { TranslationOutput } from './translation-output.js'
import { duration } from './write-options.js'

/** What a schedule or sensor is to make. */
interface Target {
  readonly code: Code
  /** What keeps it from being made as it is in Dagster. */
  readonly unready: readonly string[]
  readonly isEmpty: boolean
}

/** Tags of Dagster that count here, too. */
const knownTags = new Set(['dagster/priority', 'dagster/max_runtime', 'dagster/max_retries'])

/** Writes the jobs, schedules and sensors of a code location. */
export class ScheduleTranslation {
  readonly #repository: DagsterRepository
  readonly #assets: AssetTranslation
  readonly #text: DefinitionsText
  readonly #checklist: Checklist
  /** Constants that hold what a job makes, by the job. */
  readonly #jobs = new Map<string, { readonly name: string; readonly target: Target }>()

  constructor(repository: DagsterRepository, assets: AssetTranslation, to: TranslationOutput) {
    this.#repository = repository
    this.#assets = assets
    this.#text = to.text
    this.#checklist = to.checklist
  }

  writeJobs(): void {
    this.#text.heading(
      `Jobs${this.#repository.location === '' ? '' : ` of ${this.#repository.location}`}: what they make`,
    )
    for (const job of this.#repository.jobs) {
      if (job.name.startsWith('__')) continue
      if (!job.isAssetJob) {
        const ops = job.nodeNames.map((name) => `\`${name}\``).join(', ')
        this.#checklist.add(
          sections.jobs,
          `\`${job.name}\` runs ops (${ops})${job.description ? `: ${job.description.split('\n')[0]}` : ''}. Make an asset of what it makes, or call what it does from elsewhere.`,
        )
        continue
      }
      const target = this.#targetOfJob(job.name)
      if (target.isEmpty) continue
      const name = this.#text.names.of(job.name, 'Job')
      this.#jobs.set(job.name, { name, target })
      this.#text.constant(name, target.code, {
        above: job.description ? [job.description] : [],
        isDefinition: false,
        // Also what no schedule uses: a person may ask for it.
        isExported: true,
      })
    }
  }

  writeSchedules(): void {
    this.#text.heading('Schedules')
    for (const schedule of this.#repository.schedules) this.#writeSchedule(schedule)
  }

  writeSensors(): void {
    this.#text.heading('Sensors: each is what it was told of in Dagster, and has to be written')
    for (const sensor of this.#repository.sensors) this.#writeSensor(sensor)
  }

  #writeSchedule(schedule: Schedule): void {
    const { name, cronSchedule, pipelineName, description } = schedule
    const timezone = schedule.executionTimezone ?? 'UTC'
    const isOnThere = (schedule.scheduleState?.status ?? schedule.defaultStatus) === 'RUNNING'
    if (isOnThere) this.#checklist.add(sections.there, `the schedule \`${name}\`.`)
    const job = this.#jobOf(pipelineName)
    const cron = cronOfDagster(cronSchedule, timezone)
    const target = this.#targetOf(pipelineName, schedule.assetSelection?.assetKeys)
    const why = whyLeftOut({ schedule, job, cron, target })
    if (why !== undefined || !cron) {
      this.#checklist.add(sections.schedules, `\`${name}\` (${cronSchedule}, ${timezone}) is left out: ${why}.`)
      return
    }
    const isOn = isOnThere && target.unready.length === 0
    const tags = { ...job?.runTags, ...job?.tags, ...schedule.tags }
    const known = Object.entries(tags).filter(([tag]) => !tag.startsWith('dagster/') || knownTags.has(tag))
    const options: SourceValue = {
      cron,
      timezone: timezone === 'UTC' ? undefined : timezone,
      target: code(this.#jobs.get(pipelineName)?.name ?? target.code.text),
      description: description || undefined,
      tags: known.length === 0 ? undefined : Object.fromEntries(known),
      on: isOn ? undefined : false,
    }
    const above: string[] = []
    if (isOnThere && !isOn) {
      const why = target.unready.join('; ')
      above.push(`It is on in Dagster, and off here: ${why}.`)
      this.#checklist.add(
        sections.schedules,
        `\`${name}\` is on in Dagster, and off here: ${why}. Then take out \`on: false\`.`,
      )
    }
    const constant = this.#text.names.of(name, 'Schedule')
    this.#text.constant(constant, call('schedule', [safeName(name), options], constant.length + 10), {
      above,
      isDefinition: true,
    })
  }

  #writeSensor(sensor: Sensor): void {
    const { name, sensorType, minIntervalSeconds, description, targets, assetSelection, metadata } = sensor
    const isOn = (sensor.sensorState?.status ?? sensor.defaultStatus) === 'RUNNING'
    if (isOn) this.#checklist.add(sections.there, `the sensor \`${name}\`.`)
    if (sensorType === 'AUTO_MATERIALIZE' || sensorType === 'AUTOMATION') {
      this.#checklist.add(
        sections.sensors,
        `\`${name}\` evaluates conditions in Dagster, and is not needed: the daemon does that here${isOn ? '' : '. It is off there: `millrace automation off asset_conditions` does the same'}.`,
      )
      return
    }
    const made = targets?.map((one) => one.pipelineName) ?? []
    const found = made.map((job) => this.#targetOf(job, assetSelection?.assetKeys))
    const target = found.find(({ isEmpty }) => !isEmpty)
    const constant = this.#text.names.of(name, 'Sensor')
    const shared = {
      target: target?.code,
      description: description || undefined,
      on: isOn ? undefined : (false as const),
    }
    const watched = (metadata?.assetKeys ?? []).map((path) => inTarget(this.#referenceOf(path)))
    const words = sensorWords(sensorType)
    this.#text.note([
      `${name}: ${words}${sensorType === 'STANDARD' ? `, every ${duration(minIntervalSeconds)}` : ''}${isOn ? '' : '; off in Dagster'}`,
      ...sensorCode(constant, safeName(name), { sensorType, minIntervalSeconds, watched, shared }).split('\n'),
    ])
    this.#checklist.add(
      sections.sensors,
      `\`${name}\` (${words}) stands there as a comment: write what its function does, and give it to the list at the end.`,
    )
  }

  #referenceOf(path: readonly string[]): Reference {
    return this.#assets.reference(path) ?? { key: keyText(path), isMade: false }
  }

  #jobOf(name: string): Job | undefined {
    return this.#repository.jobs.find((job) => job.name === name)
  }

  #targetOf(job: string, selected: readonly (readonly string[])[] | undefined): Target {
    const known = this.#jobs.get(job)
    if (known) return { ...known.target, code: code(known.name) }
    return selected ? this.#target(selected) : this.#targetOfJob(job)
  }

  #targetOfJob(job: string): Target {
    const inJob = this.#assets.assets.filter(({ node }) => node.jobNames.includes(job) && node.isExecutable)
    return this.#target(inJob.map(({ node }) => node.assetKey))
  }

  #target(paths: readonly (readonly string[])[]): Target {
    const wanted = new Set(paths.map(keyText))
    const assets = this.#assets.assets.filter(({ node }) => wanted.has(keyText(node.assetKey)))
    const made = assets.map(({ node }) => this.#referenceOf(node.assetKey)).filter(({ isMade }) => isMade)
    const unwritten = assets.filter(({ match, node }) => match.type === 'own' && isMadeByCode(node))
    const missing = assets.filter(({ match }) => match.type === 'missing')
    const list = (all: typeof assets) => all.map(({ node }) => keyText(node.assetKey)).join(', ')
    return {
      code: code(sourceOf([...new Map(made.map((one) => [one.key, inTarget(one)])).values()], 20)),
      isEmpty: made.length === 0,
      unready: [
        ...(unwritten.length > 0 ? [`the code of ${list(unwritten)} has to be written`] : []),
        ...(missing.length > 0
          ? [`${list(missing)} ${missing.length === 1 ? 'is' : 'are'} not in the project yet`]
          : []),
      ],
    }
  }
}

/** Undefined for a schedule that can be said here. */
function whyLeftOut({
  schedule,
  job,
  cron,
  target,
}: {
  readonly schedule: Schedule
  readonly job: Job | undefined
  readonly cron: unknown
  readonly target: Target
}): string | undefined {
  if (job && !job.isAssetJob) return `its job \`${schedule.pipelineName}\` runs ops`
  if (!cron) return `its times (${schedule.cronSchedule}) are not known here`
  return target.isEmpty ? 'nothing of what it makes is made here' : undefined
}

const safeName = (name: string) => name.replaceAll(/[\s,*+]+/g, '_')

const kinds: Readonly<Record<string, string>> = {
  STANDARD: 'a function looks for something new',
  ASSET: 'told when an asset was made',
  MULTI_ASSET: 'told when several assets were made',
  RUN_STATUS: 'told how runs end',
  FRESHNESS_POLICY: 'told when something is late: `freshness` of assets and `alerts` of millrace.yaml do that',
}

const sensorWords = (type: string) => kinds[type] ?? `a sensor of the kind ${type}`

interface SensorParts {
  readonly sensorType: string
  readonly minIntervalSeconds: number
  readonly watched: readonly Code[]
  readonly shared: {
    readonly target: Code | undefined
    readonly description: string | undefined
    readonly on: false | undefined
  }
}

/** A beginning in the words of `sensor`, `onMaterialized` and `onRunStatus`. */
function sensorCode(constant: string, name: string, parts: SensorParts): string {
  const { sensorType, minIntervalSeconds, watched, shared } = parts
  const { target = code("'…'"), ...rest } = shared
  const head = `const ${constant} = sensor(${quoted(name)}, `
  if (sensorType === 'RUN_STATUS') {
    const options = {
      statuses: ['failed'],
      evaluate: code('async evaluate({ run }) {\n  // What was done about it.\n}'),
      ...shared,
    }
    return `${head}onRunStatus(${sourceOf(options)}))`
  }
  if (sensorType === 'ASSET' || sensorType === 'MULTI_ASSET') {
    const assets = watched.length > 0 ? watched : code('[/* which assets, Dagster does not tell */]')
    const all = sensorType === 'MULTI_ASSET' ? true : undefined
    return `${head}onMaterialized(${sourceOf({ assets, all, target, ...rest })}))`
  }
  const evaluate = code("async evaluate({ cursor, signal }) {\n  return { cursor, skip: 'not written yet' }\n}")
  return `${head}${sourceOf({ every: duration(minIntervalSeconds), target, evaluate, ...rest })})`
}
