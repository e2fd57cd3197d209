import { join, resolve } from 'node:path'
import { readPreviousState } from '../../artifacts/read.js'
import type { Manifest } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { EventLog } from '../../log/event-log.js'
import { warningTag } from '../../log/paint.js'
import { formerManifest, rememberedState } from '../../memory/remembered-state.js'
import { rememberedTargets, TargetMemory } from '../../memory/target-memory.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import type { PreviousState } from '../../state/previous-state.js'
import type { DbtFlags } from '../flags/dbt-flags.js'

/** The command that asks, as far as that matters. */
interface Asker {
  readonly flags: DbtFlags
  readonly io: { readonly memoryDir?: string | undefined }
  readonly log: EventLog
  readonly projectDir: string
  targetDir(project: Pick<ParsedProject, 'root'>): string
  behaves(flag: string): boolean
}

/** What a command compares with and defers to: a folder of artifacts, or what is remembered of a target. */
export class FormerState {
  readonly #invocation: Asker
  /** Told already that --state names the folder that is written into. */
  #comparesWithTarget = false
  #isTold = false

  constructor(invocation: Asker) {
    this.#invocation = invocation
  }

  /** What the folder of --state holds, or else what is remembered of the target. */
  state(project: ParsedProject, folder = this.#invocation.flags.state): PreviousState | undefined {
    if (folder !== undefined) {
      this.#tellOfRendered()
      const [state, target] = [resolve(this.#invocation.projectDir, folder), this.#invocation.targetDir(project)]
      if (state === target && !this.#comparesWithTarget)
        this.#invocation.log.warn('WarnStateTargetEqual', { state_path: folder })
      this.#comparesWithTarget ||= state === target
      return readPreviousState(state, target)
    }
    if (this.#invocation.io.memoryDir === undefined) return undefined
    const memory = this.memory(project, this.#invocation.flags.against)
    return memory.exists ? rememberedState(() => memory.read(), project.manifest, new Set(project.builtin)) : undefined
  }

  /** Configs are always compared as they are written: with values, every var that changes would change what it touches. */
  #tellOfRendered(): void {
    if (this.#isTold || this.#invocation.behaves('state_modified_compare_more_unrendered_values')) return
    this.#isTold = true
    const msg =
      'state_modified_compare_more_unrendered_values is false, which has no effect: configs are compared as they are written.'
    this.#invocation.log.fire('Note', { msg: warningTag(msg) }, { level: 'warn' })
  }

  /** What ran last in a target, this one's unless another is named; of a bare dbt project below target/. */
  memory(project: ParsedProject, target = project.target.targetName): TargetMemory {
    return new TargetMemory(this.#memoryDir(project), project.target.profileName, target)
  }

  #memoryDir(project: ParsedProject): string {
    return this.#invocation.io.memoryDir ?? join(this.#invocation.targetDir(project), 'memory')
  }

  /** The manifest of the environment to defer to, or to clone. @throws TRANSFORM_COMMAND */
  manifest(project: ParsedProject): Manifest {
    const folder = this.#invocation.flags.deferState ?? this.#invocation.flags.state
    const former = folder === undefined ? this.#rememberedElsewhere(project) : this.state(project, folder)?.manifest
    if (former) return former
    if (folder !== undefined)
      throw transformErrors.create('TRANSFORM_COMMAND', {
        message: `Could not find manifest in --state path: '${folder}'`,
        hint: 'Name a folder with the manifest.json of the environment to defer to.',
      })
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: '--state or --defer-state are required for deferral, but neither was provided.',
      hint: 'Name its folder: --state path/to/artifacts.',
    })
  }

  /** What is remembered of the target of --against, or of the only other one. */
  #rememberedElsewhere(project: ParsedProject): Manifest | undefined {
    if (this.#invocation.io.memoryDir === undefined) return undefined
    const { profileName, targetName } = project.target
    const others = rememberedTargets(this.#invocation.io.memoryDir, profileName).filter((name) => name !== targetName)
    const { against = others.length === 1 ? others[0] : undefined } = this.#invocation.flags
    if (against !== undefined && others.includes(against))
      return formerManifest(this.memory(project, against).read(), project.manifest)
    if (against === undefined && others.length === 0) return undefined
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message:
        against === undefined
          ? `Several targets are remembered: ${others.join(', ')}.`
          : `Nothing is remembered of the target '${against}'.`,
      hint:
        others.length === 0
          ? 'Build there once, or name a folder of artifacts with --state.'
          : `Say which one to defer to: --against ${others.join(' or ')}.`,
    })
  }
}
