import type { Definitions, PartitionsSpec } from '../../../orchestrate/index.js'
import type { Checklist } from '../checklist.js'
import { type Code, call, code, quoted, type SourceValue, sourceOf } from '../typescript/source-text.js'
import type { AssetNode, Resource } from './answers.js'
import { type DagsterProject, keyText, partitionsId } from './dagster-project.js'
import type { DefinitionsText } from './definitions-text.js'
import { isMadeByCode, type Match, type MatchedAsset } from './match-assets.js'
import { inOrder, unitsOf } from './order-assets.js'
import { writeOwnChecks } from './own-checks.js'
import { understandPartitions } from './partitions.js'
import { inDeps, type Reference, tableName } from './references.js'
import { sections } from './sections.js'
import type { TranslationOutput } from './translation-output.js'
import { automationCode, configCode, describedOptions, freshnessCode } from './write-options.js'
import { partitionsCode, partitionsName } from './write-partitions.js'

/** Writes assets, and knows afterwards how each is named. */
export class AssetTranslation {
  readonly #dagster: DagsterProject
  readonly #definitions: Definitions
  readonly #text: DefinitionsText
  readonly #checklist: Checklist
  readonly #assets: readonly MatchedAsset[]
  readonly #resources: readonly Resource[]
  /** By the key in Dagster. */
  readonly #references = new Map<string, Reference>()
  readonly #partitionNames = new Map<string, string>()
  readonly #partitions = new Map<string, PartitionsSpec | undefined>()

  constructor(
    dagster: DagsterProject,
    definitions: Definitions,
    assets: readonly MatchedAsset[],
    to: TranslationOutput,
  ) {
    this.#dagster = dagster
    this.#definitions = definitions
    this.#assets = assets
    this.#resources = dagster.repositories.flatMap(({ resources }) => resources)
    this.#text = to.text
    this.#checklist = to.checklist
    for (const { node, match } of assets)
      this.#references.set(keyText(node.assetKey), this.#firstReference(node, match))
  }

  /** By its key in Dagster; undefined for what is unknown there, too. */
  reference(path: readonly string[]): Reference | undefined {
    return this.#references.get(keyText(path))
  }

  get assets(): readonly MatchedAsset[] {
    return this.#assets
  }

  write(): void {
    const own = this.#assets.filter(({ match }) => match.type !== 'here')
    this.#writePartitions(own)
    this.#text.heading('Assets')
    for (const unit of inOrder(unitsOf(own))) {
      if (unit.length > 1) this.#writeMultiAsset(unit)
      else for (const one of unit) this.#writeAsset(one)
    }
  }

  #firstReference(node: AssetNode, match: Match): Reference {
    if (match.type !== 'here') return { key: match.key, isMade: match.type === 'own' && isMadeByCode(node) }
    const table = tableName(match.asset, this.#definitions.assets)
    return { key: match.asset.key, isMade: match.asset.isExecutable, ...(table === undefined ? {} : { table }) }
  }

  #named(node: AssetNode, key: string): string {
    const name = this.#text.names.of(key, 'Asset')
    const path = keyText(node.assetKey)
    const known = this.#references.get(path)
    if (known) this.#references.set(path, { ...known, name })
    return name
  }

  #writePartitions(own: readonly MatchedAsset[]): void {
    this.#text.heading('Partitions')
    const isMulti = ({ node }: MatchedAsset) => node.partitionDefinition?.type === 'MULTIPARTITIONED'
    // What several dimensions are made of may have a name by then.
    for (const { node } of [...own.filter((one) => !isMulti(one)), ...own.filter(isMulti)]) {
      const { partitionDefinition: definition } = node
      if (!definition) continue
      const id = partitionsId(definition)
      if (!this.#partitions.has(id)) {
        const { spec, notes } = understandPartitions(definition, this.#dagster.partitions.get(id), this.#dagster.now)
        this.#partitions.set(id, spec)
        for (const note of notes) this.#checklist.add(sections.partitions, `\`${keyText(node.assetKey)}\`: ${note}.`)
        if (spec && !this.#partitionNames.has(JSON.stringify(spec))) {
          const name = this.#text.names.of(partitionsName(spec), 'Partitions')
          this.#partitionNames.set(JSON.stringify(spec), name)
          this.#text.constant(
            name,
            partitionsCode(spec, (one) => this.#partitionNames.get(JSON.stringify(one))),
            { isDefinition: false },
          )
        }
      }
    }
  }

  #partitionsOf({ partitionDefinition: definition }: AssetNode): Code | undefined {
    const spec = definition ? this.#partitions.get(partitionsId(definition)) : undefined
    const name = spec ? this.#partitionNames.get(JSON.stringify(spec)) : undefined
    return name === undefined ? undefined : code(name)
  }

  #writeAsset({ node, match, location }: MatchedAsset): void {
    if (match.type === 'here') return
    const { key } = match
    if (match.type === 'missing' || !isMadeByCode(node)) {
      this.#writeExternal(node, match)
      return
    }
    const options: SourceValue = {
      deps: this.#deps(node),
      ...describedOptions(node),
      ...this.#madeOptions(node),
      partitions: this.#partitionsOf(node),
      makesPartitions: this.#isTogether(node) ? 'together' : undefined,
      pool: node.pools?.[0],
      config: configCode(node),
      run: code(`() => unfinished(${quoted(key)}, ${quoted(whereOf(node, location))})`),
    }
    this.#tellCode(node, key, location)
    const above = this.#about([node])
    const name = this.#named(node, key)
    this.#text.constant(name, call('asset', [key, options], name.length + 10), { above, isDefinition: true })
    writeOwnChecks({ node, key, name, location }, { text: this.#text, checklist: this.#checklist })
  }

  #writeExternal(node: AssetNode, match: Exclude<Match, { type: 'here' }>): void {
    const { key } = match
    const { description, ...described } = describedOptions(node)
    // Of what will come by itself the SQL of a model, which dagster-dbt takes for a description, says too much.
    const words = match.type === 'missing' ? undefined : description
    const options: SourceValue = { deps: this.#deps(node), description: words, ...described }
    const above: string[] = []
    if (match.type === 'missing') {
      above.push(
        `Stands for what ${match.by === 'dbt' ? `dbt makes (${match.what})` : `Airbyte loads (${match.what})`}: take it out once that is in the project.`,
      )
      this.#checklist.add(
        sections.missing,
        match.by === 'dbt'
          ? `\`${key}\` is made by dbt (${match.what}): put the dbt project where \`dbt:\` of millrace.yaml says, then import again with --force.`
          : `\`${key}\` is loaded by Airbyte's connection ${match.what}: \`millrace import airbyte\`, then import again with --force.`,
      )
    } else if (node.isObservable) {
      above.push('In Dagster a function looks at it: `observe` and `every` do that here.')
      this.#checklist.add(
        sections.code,
        `\`${key}\` is looked at by the function \`${node.opName ?? key}\` in Dagster: give the external asset \`observe\` and \`every\`.`,
      )
    }
    const name = this.#named(node, key)
    this.#text.constant(name, call('externalAsset', [key, options], name.length + 10), {
      above,
      isDefinition: true,
    })
  }

  #writeMultiAsset(unit: readonly MatchedAsset[]): void {
    const [first] = unit
    if (!first) return
    const { node, location } = first
    const op = node.opName ?? keyText(node.assetKey)
    const outputs: Record<string, SourceValue> = {}
    for (const one of unit) {
      if (one.match.type === 'here') continue
      const { key } = one.match
      outputs[key] = { deps: this.#deps(one.node), ...describedOptions(one.node), ...this.#madeOptions(one.node) }
      this.#tellCode(one.node, key, location)
    }
    const options: SourceValue = {
      outputs,
      partitions: this.#partitionsOf(node),
      makesPartitions: this.#isTogether(node) ? 'together' : undefined,
      pool: node.pools?.[0],
      run: code(`() => unfinished(${quoted(op)}, ${quoted(whereOf(node, location))})`),
    }
    const name = this.#text.names.of(op, 'Assets')
    const safe = op.replaceAll(/[\s,*+]+/g, '_')
    this.#text.constant(name, call('multiAsset', [safe, options], name.length + 10), {
      above: this.#about(unit.map((one) => one.node)),
      isDefinition: true,
    })
    for (const { node: made, match } of unit)
      if (match.type !== 'here')
        writeOwnChecks(
          { node: made, key: match.key, name: undefined, location },
          { text: this.#text, checklist: this.#checklist },
        )
  }

  /** Of what code makes: until when, and which code. Its condition is left to a person, as it would start what only fails. */
  #madeOptions(node: AssetNode): Readonly<Record<string, SourceValue>> {
    const automation = automationCode(node)
    const key = keyText(node.assetKey)
    if (node.automationCondition && !automation)
      this.#checklist.add(
        sections.automation,
        `\`${key}\` has a condition of its own: \`${node.automationCondition.expandedLabel.join(' ')}\`. Write it with \`when\` (docs/automation.md has the words).`,
      )
    if (automation)
      this.#checklist.add(
        sections.automation,
        `\`${key}\` is made by the condition \`${automation.text}\` in Dagster: once its code is written, give it \`automation: ${automation.text}\`.`,
      )
    return { freshness: freshnessCode(node), codeVersion: node.opVersion ?? undefined }
  }

  #isTogether({ backfillPolicy, partitionDefinition }: AssetNode): boolean {
    return (
      backfillPolicy?.policyType === 'SINGLE_RUN' && partitionDefinition !== null && partitionDefinition !== undefined
    )
  }

  #deps(node: AssetNode): SourceValue {
    const deps = node.dependencies.flatMap(({ asset, partitionMapping }) => {
      const reference = this.reference(asset.assetKey) ?? { key: keyText(asset.assetKey), isMade: false }
      const isItself = keyText(asset.assetKey) === keyText(node.assetKey)
      const mapping = partitionMapping && this.#mapping(node, asset.assetKey, partitionMapping)
      const named = isItself ? code(quoted(reference.key)) : inDeps(reference)
      return mapping ? [code(sourceOf({ asset: named, mapping }))] : [named]
    })
    return deps.length === 0 ? undefined : deps
  }

  #mapping(
    node: AssetNode,
    upstream: readonly string[],
    { className, description }: { readonly className: string; readonly description: string },
  ): Code | undefined {
    const read = this.#assets.find(({ node: one }) => keyText(one.assetKey) === keyText(upstream))
    const isCut = [node, read?.node].every((one) => one && this.#partitionsOf(one))
    const words = { IdentityPartitionMapping: 'identity', AllPartitionMapping: 'all', LastPartitionMapping: 'last' }
    const plain = Object.entries(words).find(([name]) => name === className)?.[1]
    // What has no partitions here is read as a whole.
    if (!read || !this.#partitionsOf(read.node)) return undefined
    if (plain) return code(`mapping.${plain}()`)
    const [, startOffset = '0', endOffset = '0'] = /offsetted by (-?\d+) and (-?\d+) partitions/.exec(description) ?? []
    if (className === 'TimeWindowPartitionMapping' && isCut) {
      const offsets = { startOffset: Number(startOffset) || undefined, endOffset: Number(endOffset) || undefined }
      return offsets.startOffset || offsets.endOffset ? code(`mapping.timeWindow(${sourceOf(offsets)})`) : undefined
    }
    this.#checklist.add(
      sections.partitions,
      `\`${keyText(node.assetKey)}\` reads \`${keyText(upstream)}\` by ${className} (${description}): say it with \`mapping\`; until then it reads partitions of the same key or time.`,
    )
    return undefined
  }

  #tellCode(node: AssetNode, key: string, location: string): void {
    const parts = [`\`${key}\`: ${whereOf(node, location)}`]
    const resources = this.#resourcesOf(node)
    if (resources.length > 0) parts.push(`with ${resources.map((name) => `\`${name}\``).join(', ')}`)
    this.#checklist.add(sections.code, `${parts.join(', ')}.`)
  }

  #resourcesOf(node: AssetNode): string[] {
    const key = keyText(node.assetKey)
    return this.#resources
      .filter(({ assetKeysUsing }) => assetKeysUsing.some((path) => keyText(path) === key))
      .map(({ name }) => name)
  }

  /** What the code in Dagster was given, where it stands, and when it was made. */
  #about(nodes: readonly AssetNode[]): string[] {
    const places = nodes.flatMap(({ metadataEntries }) =>
      metadataEntries.flatMap(({ codeReferences }) =>
        (codeReferences ?? []).map(({ filePath, lineNumber, url }) => url ?? `${filePath}:${lineNumber ?? 1}`),
      ),
    )
    const resources = nodes.flatMap((node) => this.#resourcesOf(node))
    const conditions = nodes.flatMap((node) => {
      if (!node.automationCondition) return []
      const words = automationCode(node)?.text ?? node.automationCondition.expandedLabel.join(' ')
      return [`${nodes.length > 1 ? `${keyText(node.assetKey)}: ` : ''}${words}`]
    })
    return [
      ...(places.length > 0 ? [`In Dagster: ${[...new Set(places)].join(', ')}`] : []),
      ...(resources.length > 0 ? [`Resources: ${[...new Set(resources)].join(', ')}`] : []),
      ...conditions.map((condition) => `Its automation, once it is written: ${condition}`),
    ]
  }
}

/** Where the code stands in Dagster. */
const whereOf = (node: AssetNode, location: string) =>
  `the ${node.graphName ? `graph ${node.graphName}` : `op ${node.opName ?? keyText(node.assetKey)}`} of ${location}`
