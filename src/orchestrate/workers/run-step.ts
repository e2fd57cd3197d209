import type { CheckDefinition } from '../authoring/checks/check.js'
import type { AnyAsset, RunContext } from '../authoring/define.js'
import { assetOfInput, inputsIn } from '../authoring/inputs.js'
import type { MultiAssetDefinition } from '../authoring/multi-asset.js'
import { parsedConfig } from '../config/parsed-config.js'
import type { AssetKey, Metadata } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { inputValues, storeValue } from '../values/asset-values.js'
import { plainMetadata } from '../values/plain.js'
import { askCheck } from './ask-check.js'
import { type CodeSurroundings, contextOf, shownPartition, versionOf } from './code-context.js'
import type { CheckReport, Task } from './messages.js'
import { OpenResources } from './open-resources.js'
import { stepOfMultiAsset } from './step-keys.js'
import { type PipesSurroundings, stepPipes } from './step-pipes.js'

type StepTask = Extract<Task, { type: 'step' }>

/** Makes what a step makes, and asks its checks. */
export async function runStep(around: CodeSurroundings, task: StepTask): Promise<void> {
  const resources = new OpenResources(around)
  try {
    await new StepCall(around, task, resources).run()
  } finally {
    await resources.close()
  }
}

class StepCall {
  readonly #around: CodeSurroundings
  readonly #task: StepTask
  readonly #resources: OpenResources
  /** What was made, with its metadata. */
  readonly #told = new Map<AssetKey, Metadata>()
  /** What the function of an asset answered. */
  #value: { readonly value?: unknown } = {}
  /** What a program reported. */
  readonly #reported = new Set<CheckDefinition>()

  constructor(around: CodeSurroundings, task: StepTask, resources: OpenResources) {
    this.#around = around
    this.#task = task
    this.#resources = resources
  }

  async run(): Promise<void> {
    const { assets, checks } = this.#task
    const missing = assets.length > 0 ? await this.#make() : []
    for (const check of checks) {
      // Of what was not made now there is nothing new to ask.
      if (assets.includes(check.asset) && !this.#told.has(check.asset)) continue
      const found = this.#findCheck(check)
      if (!found) throw gone('check', check.name)
      if (found.run && !this.#reported.has(found)) await this.#ask(found)
    }
    const [first] = missing
    if (first !== undefined) throw notMade(this.#task.step, missing, first)
  }

  /** Answers which assets it owes. */
  async #make(): Promise<readonly AssetKey[]> {
    const { definitions } = this.#around
    const { step, assets } = this.#task
    const multi = definitions.find((one) => one.type === 'multi' && stepOfMultiAsset(one.name) === step)
    if (multi?.type === 'multi') return this.#makeSeveral(multi)
    const [asset = ''] = assets
    const found = definitions.find((one) => one.type === 'asset' && one.key === asset)
    if (found?.type !== 'asset') throw gone('asset', asset)
    const metadata: Record<string, Metadata[string]> = {}
    const pipes = this.#pipes((reported, values) => {
      if (reported === asset) Object.assign(metadata, values)
      else this.#around.print('warn', `The program says that it made ${reported}; this step makes ${asset}.`)
    })
    const context = { ...contextOf(this.#around, this.#task.run, metadata), pipes, ...this.#partitions() }
    const config = found.config && (await parsedConfig(asset, found.config, this.#task.config))
    const resources = await this.#resources.values(found.resources)
    const { given } = this.#around
    const inputs = await (given?.inputs(found) ?? inputValues(found, this.#task.reads ?? {}, this.#values()))
    const value: unknown = await found.run({
      ...context,
      ...(found.config ? { config } : {}),
      inputs,
      resources,
    } as never)
    this.#value = { value }
    const reader = definitions.find((one) => one.type === 'asset' && readsValueOf(one, asset))
    if (given) given.made(value)
    else
      await storeValue(found, value, {
        partitions: this.#task.partitions?.map(({ key }) => key),
        reader: reader?.type === 'asset' ? reader.key : undefined,
        around: this.#values(),
      })
    this.#tell(asset, metadata)
    return []
  }

  async #makeSeveral(multi: MultiAssetDefinition): Promise<readonly AssetKey[]> {
    const { assets: selected } = this.#task
    const unknown = selected.find((key) => !(key in multi.outputs))
    if (unknown !== undefined) throw gone('asset', unknown)
    const { metadata: _, dataVersion: __, ...context } = contextOf(this.#around, this.#task.run, {})
    const materialized = (
      key: AssetKey,
      metadata?: Metadata,
      { dataVersion }: { readonly dataVersion?: string } = {},
    ) => {
      requireSelected(multi, key, selected)
      if (this.#told.has(key)) throw toldTwice(multi, key)
      this.#tell(key, dataVersion === undefined ? metadata : { ...metadata, ...versionOf(dataVersion) })
    }
    await multi.run({
      ...context,
      ...this.#partitions(),
      selected,
      materialized,
      pipes: this.#pipes(materialized),
      resources: await this.#resources.values(multi.resources),
    } as never)
    return selected.filter((key) => !this.#told.has(key) && !multi.outputs[key]?.isOptional)
  }

  /** What IO managers are given of this step. */
  #values() {
    const { projectDir, signal, query, log } = contextOf(this.#around, this.#task.run, {})
    return { projectDir, signal, query, log, read: this.#around.read }
  }

  #tell(asset: AssetKey, metadata: Metadata | undefined): void {
    const told = plainMetadata(metadata)
    this.#told.set(asset, told)
    this.#around.tell({ type: 'materialized', asset, metadata: told })
  }

  async #ask(check: CheckDefinition): Promise<void> {
    await askCheck(this.#around, check, {
      run: this.#task.run,
      resources: () => this.#resources.values(check.resources),
      pipes: this.#pipes(() => {}),
      about: {
        metadata: this.#told.get(check.asset) ?? this.#task.checked?.[check.asset] ?? {},
        partitions: [],
        ...this.#partitions(),
        ...(this.#around.given?.checked ?? this.#value),
      },
    })
  }

  #pipes(onMade: PipesSurroundings['onMade']): RunContext['pipes'] {
    return stepPipes({ ...this.#around, task: this.#task, onMade, onChecked: (check) => this.#report(check) })
  }

  #report(check: CheckReport): void {
    const { asset, name } = check
    const found = this.#findCheck(check)
    if (!found) {
      const hint = `reportedCheck('${asset}', '${name}')`
      this.#around.print('warn', `The program reported the check ${name} of ${asset}; definitions.ts lacks ${hint}.`)
      return
    }
    this.#reported.add(found)
    this.#around.tell({ type: 'checked', check: { ...check, metadata: plainMetadata(check.metadata) } })
  }

  #partitions() {
    const shown = this.#task.partitions?.map(shownPartition)
    return shown ? { partition: shown[0], partitions: shown } : {}
  }

  #findCheck({ asset, name }: StepTask['checks'][number]): CheckDefinition | undefined {
    const found = this.#around.definitions.find(
      (one) => one.type === 'check' && one.asset === asset && one.name === name,
    )
    return found?.type === 'check' ? found : undefined
  }
}

const readsValueOf = (reader: Pick<AnyAsset, 'inputs'>, key: AssetKey) =>
  inputsIn(reader).some(([, input]) => assetOfInput(input).key === key)

export function gone(what: string, name: string) {
  return orchestrateErrors.create('DEFINITIONS_INVALID', {
    message: `definitions.ts has no ${what} ${name} any more.`,
    hint: 'It was removed after this was planned. Start it again.',
  })
}

function requireSelected(multi: MultiAssetDefinition, key: unknown, selected: readonly AssetKey[]): void {
  if (selected.includes(key as AssetKey)) return
  const isOutput = typeof key === 'string' && key in multi.outputs
  const said = JSON.stringify(key) ?? 'undefined'
  throw orchestrateErrors.create('USER_CODE_FAILED', {
    message: `The multi-asset ${multi.name} said that it made ${said}, which ${isOutput ? 'this run did not ask for' : 'is not one of its outputs'}.`,
    hint: isOutput
      ? 'Look at `selected` before making one.'
      : `Its outputs are ${Object.keys(multi.outputs).join(', ')}.`,
  })
}

const toldTwice = (multi: MultiAssetDefinition, key: AssetKey) =>
  orchestrateErrors.create('USER_CODE_FAILED', {
    message: `The multi-asset ${multi.name} said twice that it made ${key}.`,
    hint: 'What reads it may have started already: tell it once, when it is done.',
  })

function notMade(step: string, missing: readonly AssetKey[], first: AssetKey) {
  return orchestrateErrors.create('USER_CODE_FAILED', {
    message: `${step.replace(/^ts:multi:/, 'The multi-asset ')} did not make ${missing.join(', ')}.`,
    hint: `Call materialized('${first}') when it is made, or give it \`isOptional: true\`.`,
  })
}
