import { rmSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { createLogger, formatLocation, type MillraceError, toMillraceError } from '../../base/index.js'
import { defineFunction, Kwargs, str } from '../../jinja/index.js'
import { type Warehouse, withConnection } from '../../warehouse/index.js'
import { Relation } from '../adapter/relation.js'
import { AgateTable } from '../adapter/table.js'
import { writeCatalog, writeManifest, writeRunResults } from '../artifacts/write.js'
import { dbtVersion, toPython } from '../context/base-context.js'
import type { ManifestNode, NodeResult, ProfileTarget, ResourceType, TransformEvent } from '../contract.js'
import { transformErrors } from '../errors.js'
import { openSession, type RunSession } from '../execute/open-session.js'
import { runNodes } from '../execute/run-nodes.js'
import { type ParsedProject, parseProject } from '../parse/parse-project.js'
import { commandResourceTypes, type IndirectSelection, selectNodes } from '../select/index.js'
import { type ParsedFlags, parseFlags, yamlMapping } from './flags.js'

export interface DbtIo {
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
  readonly isTty: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
  readonly openWarehouse: (target: ProfileTarget) => Promise<Warehouse>
  readonly onEvent?: ((event: TransformEvent) => void) | undefined
}

const runCommands = new Set(['build', 'run', 'test', 'seed', 'snapshot'])
const refused: Readonly<Record<string, string>> = {
  init: 'Make a project with `millrace init` instead.',
  clone: 'It comes with a later version.',
  retry: 'It comes with a later version; run the failed nodes by name with --select.',
  source: 'Source freshness comes with a later version.',
}

/** Runs one dbt command line. Answers 0 when all went well, 1 when a node failed, 2 when it could not run. */
export async function runDbtCommand(argv: readonly string[], io: DbtIo): Promise<number> {
  try {
    const flags = parseFlags(argv, io.env)
    const [command = 'help', ...rest] = flags.positional
    if (argv.includes('--version') || command === 'version') {
      io.stdout(`Millrace, dbt-compatible with dbt Core ${dbtVersion}`)
      return 0
    }
    return await new DbtCommand(command, rest, flags, io).run()
  } catch (thrown) {
    printError(toMillraceError(thrown), io)
    return 2
  }
}

function printError(error: MillraceError, io: DbtIo): void {
  io.stdout('Encountered an error:')
  io.stdout(error.message)
  if (error.at && !error.message.includes(formatLocation(error.at))) io.stdout(`  at ${formatLocation(error.at)}`)
  if (error.frame) io.stdout(error.frame)
  if (error.hint) io.stdout(`Hint: ${error.hint}`)
}

class DbtCommand {
  readonly #command: string
  readonly #rest: readonly string[]
  readonly #flags: ParsedFlags['values']
  readonly #io: DbtIo

  constructor(command: string, rest: readonly string[], flags: ParsedFlags, io: DbtIo) {
    this.#command = command
    this.#rest = rest
    this.#flags = flags.values
    this.#io = io
  }

  async run(): Promise<number> {
    const command = this.#command
    if (runCommands.has(command)) return this.#withSession((session) => this.#runNodes(session))
    switch (command) {
      case 'parse': {
        const project = this.#parse()
        writeManifest(project.manifest, this.#targetDir(project))
        this.#info(`Parsed ${Object.keys(project.manifest.nodes).length} nodes.`)
        return 0
      }
      case 'ls':
      case 'list':
        return this.#list()
      case 'compile':
        return this.#withSession((session) => this.#compile(session))
      case 'show':
        return this.#withSession((session) => this.#show(session))
      case 'debug':
        return this.#debug()
      case 'docs':
        if (this.#rest[0] === 'generate') return this.#withSession((session) => this.#docs(session))
        break
      case 'run-operation':
        return this.#withSession((session) => this.#runOperation(session))
      case 'clean': {
        const project = this.#parse()
        rmSync(this.#targetDir(project), { recursive: true, force: true })
        return 0
      }
      case 'deps':
        this.#info('Packages in dbt_packages and local packages are used as they are; nothing was downloaded.')
        return 0
    }
    throw transformErrors.create(command in refused ? 'TRANSFORM_UNSUPPORTED' : 'TRANSFORM_USAGE', {
      message: command in refused ? `\`dbt ${command}\` is not there yet.` : `There is no dbt command \`${command}\`.`,
      hint:
        refused[command] ??
        'Commands: build run test seed snapshot compile show ls parse debug docs generate run-operation clean deps.',
    })
  }

  #info(line: string): void {
    if (!this.#flags.quiet) this.#io.stdout(line)
  }

  get #logger() {
    return createLogger((record) => {
      if (record.level === 'debug' ? this.#flags.debug : !this.#flags.quiet || record.level === 'error')
        this.#io.stdout(record.message)
    })
  }

  #parse(): ParsedProject {
    const { projectDir, profilesDir, profile, target, threads, vars } = this.#flags
    return parseProject({
      projectDir: resolve(this.#io.cwd, String(projectDir ?? '.')),
      profilesDir: profilesDir === undefined ? undefined : resolve(this.#io.cwd, String(profilesDir)),
      profile: profile as string | undefined,
      target: target as string | undefined,
      threads: threads as number | undefined,
      vars: yamlMapping(vars, '--vars'),
      env: this.#io.env,
      flags: {
        FULL_REFRESH: this.#flags.fullRefresh === true,
        STORE_FAILURES: this.#flags.storeFailures === true,
        WHICH: this.#command,
      },
      logger: this.#logger,
      print: (line) => this.#io.stdout(line),
    })
  }

  #targetDir(project: ParsedProject): string {
    const path = String(this.#flags.targetPath ?? project.root.targetPath)
    return isAbsolute(path) ? path : join(project.root.dir, path)
  }

  async #withSession(use: (session: RunSession) => Promise<number>): Promise<number> {
    const project = this.#parse()
    const session = await openSession(project, {
      openWarehouse: this.#io.openWarehouse,
      targetPath: this.#targetDir(project),
      fullRefresh: this.#flags.fullRefresh === true,
      isEmpty: this.#flags.empty === true,
    })
    try {
      return await use(session)
    } finally {
      await session.close()
    }
  }

  #select(project: ParsedProject, types: readonly ResourceType[]): Set<string> {
    const { select, exclude, selector, resourceType, indirect } = this.#flags
    const wanted =
      resourceType === undefined || (resourceType as string[]).includes('all')
        ? types
        : (resourceType as ResourceType[])
    return selectNodes(project.manifest, {
      select: select as string[] | undefined,
      exclude: exclude as string[] | undefined,
      selector: selector as string | undefined,
      resourceTypes: wanted,
      indirect: indirect as IndirectSelection | undefined,
      onWarning: (message) => this.#info(message),
    })
  }

  async #runNodes(session: RunSession): Promise<number> {
    const { project } = session
    const started = performance.now()
    const types = commandResourceTypes[this.#command as 'build'] as readonly ResourceType[]
    const ids = this.#select(project, types)
    for (const id of ids)
      if (
        project.manifest.nodes[id]?.config.materialized === 'ephemeral' ||
        id.startsWith('source.') ||
        id.startsWith('exposure.')
      )
        ids.delete(id)
    if (!this.#flags.noWriteJson) writeManifest(project.manifest, session.targetDir)
    this.#info(`Found ${counts(project)}`)
    if (ids.size === 0) this.#info('Nothing to do. Try checking your model configs and model specification args')
    await session.runHooks('on-run-start')
    const results = await runNodes(session, ids, {
      threads: project.target.threads,
      failFast: this.#flags.failFast === true,
      testsBlock: this.#command === 'build',
      signal: this.#io.signal,
      fullRefresh: this.#flags.fullRefresh === true,
      onEvent: (event) => this.#print(event, project),
    })
    await session.runHooks('on-run-end', results)
    const elapsedSeconds = (performance.now() - started) / 1000
    if (!this.#flags.noWriteJson) {
      writeManifest(project.manifest, session.targetDir)
      writeRunResults(results, {
        targetDir: session.targetDir,
        invocationId: project.invocation.id,
        elapsedSeconds,
        args: { which: this.#command },
      })
    }
    return this.#summary(results, elapsedSeconds)
  }

  #print(event: TransformEvent, project: ParsedProject): void {
    this.#io.onEvent?.(event)
    if (event.type === 'log') {
      if (event.level === 'info' || event.level === 'warn' || (event.level === 'debug' && this.#flags.debug))
        this.#info(event.message)
      return
    }
    const node = project.manifest.nodes[event.uniqueId] ?? project.manifest.unit_tests[event.uniqueId]
    const what = describe(node as ManifestNode | undefined, event.uniqueId)
    const line = `${event.index} of ${event.total} `
    if (event.type === 'node_started') this.#info(padded(`${line}START ${what}`, 'RUN'))
    else {
      const { status, execution_time, message, failures } = event.result
      const done = status === 'skipped' ? 'SKIP' : status === 'success' ? 'OK' : status.toUpperCase()
      const detail =
        status === 'success'
          ? (message ?? 'OK')
          : status === 'skipped'
            ? 'SKIP'
            : failures
              ? `${done} ${failures}`
              : done
      this.#info(
        padded(
          `${line}${done} ${what}`,
          status === 'skipped' ? 'SKIP' : `${detail.split('\n')[0]} in ${execution_time.toFixed(2)}s`,
        ),
      )
    }
  }

  #summary(results: readonly NodeResult[], elapsedSeconds: number): number {
    const count = (...statuses: string[]) => results.filter((result) => statuses.includes(result.status)).length
    const errors = count('error', 'fail', 'runtime error')
    this.#info('')
    this.#info(`Finished running ${results.length} nodes in ${elapsedSeconds.toFixed(2)} seconds.`)
    for (const result of results) {
      if (!['error', 'fail', 'runtime error', 'warn'].includes(result.status)) continue
      const { error } = result
      this.#io.stdout('')
      this.#io.stdout(`${result.status === 'warn' ? 'Warning' : 'Failure'} in ${result.unique_id}`)
      this.#io.stdout(`  ${(result.message ?? '').split('\n').join('\n  ')}`)
      if (error?.at) this.#io.stdout(`  at ${formatLocation(error.at)}`)
      if (error?.frame) this.#io.stdout(error.frame)
      if (error?.hint) this.#io.stdout(`  Hint: ${error.hint}`)
    }
    this.#info('')
    this.#info(
      `Done. PASS=${count('success', 'pass', 'no-op')} WARN=${count('warn')} ERROR=${errors} SKIP=${count('skipped')} NO-OP=${count('no-op')} TOTAL=${results.length}`,
    )
    return errors > 0 || this.#io.signal?.aborted ? 1 : 0
  }

  #list(): number {
    const project = this.#parse()
    const ids = this.#select(project, commandResourceTypes.list as readonly ResourceType[])
    const output = String(this.#flags.output ?? 'selector')
    const { nodes, sources, exposures, unit_tests } = project.manifest
    const all: Record<string, unknown> = { ...nodes, ...sources, ...exposures, ...unit_tests }
    const lines = [...ids]
      .map((id) => listLine(all[id] as ManifestNode, output, this.#flags.outputKeys as string[] | undefined))
      .sort()
    for (const line of lines) this.#io.stdout(line)
    return 0
  }

  async #compile(session: RunSession): Promise<number> {
    if (this.#flags.inline !== undefined) {
      this.#io.stdout(await session.runner(inlineNode(session.project, String(this.#flags.inline))).compileOnly())
      return 0
    }
    const ids = this.#select(session.project, ['model', 'test', 'analysis', 'snapshot'])
    const hasSelection = this.#flags.select !== undefined
    for (const id of ids) {
      const node = session.manifest.nodes[id]
      if (!node) continue
      const sql = await session.runner(node).compileOnly()
      if (hasSelection) this.#io.stdout(`Compiled node '${node.name}' is:\n${sql}\n`)
    }
    writeManifest(session.manifest, session.targetDir)
    return 0
  }

  async #show(session: RunSession): Promise<number> {
    const { inline, limit = 5, output } = this.#flags
    const nodes =
      inline !== undefined
        ? [inlineNode(session.project, String(inline))]
        : [...this.#select(session.project, ['model', 'seed', 'snapshot', 'test', 'analysis'])]
            .filter((id) => !id.startsWith('test.'))
            .map((id) => session.manifest.nodes[id] as ManifestNode)
    for (const node of nodes) {
      const sql =
        node.resource_type === 'seed' ? `select * from ${node.relation_name}` : await session.runner(node).compileOnly()
      const result = await withConnection(session.warehouse, (connection) =>
        connection.query(sql, Number(limit) < 0 ? {} : { limit: Number(limit) }),
      )
      if (output === 'json')
        this.#io.stdout(
          JSON.stringify({
            node: node.name,
            show: result.rows.map((row) =>
              Object.fromEntries(
                result.columns.map((column, i) => [column.name, typeof row[i] === 'bigint' ? String(row[i]) : row[i]]),
              ),
            ),
          }),
        )
      else {
        this.#info(inline === undefined ? `Previewing node '${node.name}':` : 'Previewing inline node:')
        this.#io.stdout(AgateTable.fromResult(result).print())
      }
    }
    return 0
  }

  async #debug(): Promise<number> {
    const project = this.#parse()
    const { target } = project
    for (const line of [
      `Project: ${project.root.dir}`,
      `Profile: ${target.profileName}, target ${target.targetName}`,
      `Adapter: ${target.type}`,
      `Database: ${target.database}, schema ${target.schema}`,
    ])
      this.#io.stdout(line)
    const warehouse = await this.#io.openWarehouse(target)
    await withConnection(warehouse, (connection) => connection.query('select 1'))
    await warehouse.close()
    this.#io.stdout('Connection test: OK connection ok')
    this.#io.stdout('All checks passed!')
    return 0
  }

  async #docs(session: RunSession): Promise<number> {
    const { nodes, sources } = session.manifest
    const entries = async (
      all: Record<
        string,
        { unique_id: string; schema: string; alias?: string; identifier?: string; database: string | null }
      >,
    ) => {
      const found: Record<string, unknown> = {}
      for (const node of Object.values(all)) {
        const name = node.alias ?? node.identifier ?? ''
        const columns = await session.warehouse.columns({ schema: node.schema, identifier: name })
        if (columns.length === 0) continue
        const relation = (await session.warehouse.listRelations({ schemas: [node.schema] })).find(
          (one) => one.identifier === name,
        )
        found[node.unique_id] = {
          unique_id: node.unique_id,
          metadata: {
            type: relation?.type === 'view' ? 'VIEW' : 'BASE TABLE',
            database: node.database,
            schema: node.schema,
            name,
            comment: relation?.comment ?? null,
            owner: null,
          },
          columns: Object.fromEntries(
            columns.map((column) => [
              column.name,
              { type: column.type, index: column.position, name: column.name, comment: column.comment ?? null },
            ]),
          ),
          stats: {
            has_stats: {
              id: 'has_stats',
              label: 'Has Stats?',
              value: false,
              include: false,
              description: 'Indicates whether there are statistics for this table',
            },
          },
        }
      }
      return found
    }
    const own = Object.fromEntries(
      Object.entries(nodes).filter(([, node]) => ['model', 'seed', 'snapshot'].includes(node.resource_type)),
    )
    writeManifest(session.manifest, session.targetDir)
    writeCatalog(
      { nodes: await entries(own), sources: await entries(sources) },
      session.targetDir,
      session.project.invocation.id,
    )
    this.#info(`Catalog written to ${join(session.targetDir, 'catalog.json')}`)
    return 0
  }

  async #runOperation(session: RunSession): Promise<number> {
    const [name = ''] = this.#rest
    const args = yamlMapping(this.#flags.args, '--args')
    await session.runner(inlineNode(session.project, '')).withContext(async (context) => {
      const [first = '', second] = name.split('.')
      const macro = (
        second === undefined
          ? context.get(first)
          : (context.get(first) as { jinjaAttribute(key: string): unknown } | undefined)?.jinjaAttribute(second)
      ) as { jinjaCall(args: unknown[], kwargs: Kwargs): unknown } | undefined
      if (!macro) throw transformErrors.create('TRANSFORM_MACRO_NOT_FOUND', { message: `There is no macro '${name}'.` })
      context.set(
        'ref',
        defineFunction('ref', ['name'], (model: unknown) => {
          const node = Object.values(session.manifest.nodes).find((candidate) => candidate.name === str(model))
          return Relation.create({
            database: node?.database ?? null,
            schema: node?.schema ?? null,
            identifier: node?.alias ?? str(model),
          })
        }),
      )
      await macro.jinjaCall([], new Kwargs(Object.entries(args).map(([key, value]) => [key, toPython(value)] as const)))
    })
    return 0
  }
}

const padded = (text: string, status: string) => `${text} `.padEnd(80, '.').concat(` [${status}]`)

function describe(node: ManifestNode | undefined, id: string): string {
  if (!node) return id
  if (node.resource_type === 'test') return `test ${node.name}`
  if (node.resource_type === 'unit_test') return `unit_test ${node.name}`
  if (node.resource_type === 'seed') return `seed file ${node.schema}.${node.alias}`
  if (node.resource_type === 'snapshot') return `snapshot ${node.schema}.${node.alias}`
  return `sql ${node.config.materialized} model ${node.schema}.${node.alias}`
}

function counts({ manifest }: ParsedProject): string {
  const types = new Map<string, number>()
  for (const node of Object.values(manifest.nodes))
    if (node.resource_type !== 'operation') types.set(node.resource_type, (types.get(node.resource_type) ?? 0) + 1)
  const of = (name: string, count: number) => `${count} ${name}${count === 1 ? '' : 's'}`
  return [
    ...[...types].map(([name, count]) => of(name === 'test' ? 'data test' : name, count)),
    of('source', Object.keys(manifest.sources).length),
    of('unit test', Object.keys(manifest.unit_tests).length),
    of('macro', Object.keys(manifest.macros).length),
  ].join(', ')
}

const jsonKeys = [
  'name',
  'resource_type',
  'package_name',
  'original_file_path',
  'unique_id',
  'alias',
  'config',
  'tags',
  'depends_on',
  'source_name',
]

function listLine(node: ManifestNode, output: string, keys: readonly string[] | undefined): string {
  if (output === 'name') return node.name
  if (output === 'path') return node.original_file_path
  if (output === 'json') {
    const wanted = keys?.flatMap((key) => key.split(' ')) ?? jsonKeys
    return JSON.stringify(
      Object.fromEntries(wanted.filter((key) => node[key] !== undefined).map((key) => [key, node[key]])),
    )
  }
  const fqn = (node.fqn ?? [node.package_name, node.name]).join('.')
  const type = node.resource_type as string
  if (type === 'source') return `source:${node.package_name}.${String(node.source_name)}.${node.name}`
  if (type === 'exposure') return `exposure:${node.package_name}.${node.name}`
  return type === 'unit_test' ? `unit_test:${node.package_name}.${node.name}` : fqn
}

/** SQL from the command line as a node of its own. */
function inlineNode({ root, target }: ParsedProject, code: string): ManifestNode {
  return {
    unique_id: `sql_operation.${root.name}.inline_query`,
    resource_type: 'sql_operation',
    name: 'inline_query',
    alias: 'inline_query',
    package_name: root.name,
    path: 'sql/inline_query',
    original_file_path: 'from remote system.sql',
    fqn: [root.name, 'sql', 'inline_query'],
    database: target.database,
    schema: target.schema,
    relation_name: null,
    language: 'sql',
    raw_code: code,
    config: { enabled: true, tags: [], meta: {}, materialized: 'view' },
    unrendered_config: {},
    tags: [],
    meta: {},
    description: '',
    columns: {},
    refs: [],
    sources: [],
    metrics: [],
    depends_on: { nodes: [], macros: [] },
    checksum: { name: 'none', checksum: '' },
    group: null,
    patch_path: null,
    docs: { show: true, node_color: null },
    created_at: 0,
    build_path: null,
    extra_ctes: [],
    extra_ctes_injected: false,
  }
}
