import type { Logger } from '../../../base/index.js'
import { defineFunction, Kwargs, PyDict, pairs, str, truthy } from '../../../jinja/index.js'
import { translatedType } from '../../adapter/column.js'
import { engineOf } from '../../adapter/engines/index.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import { exceptionFunctions } from '../../context/exceptions.js'
import { executionMetric } from '../../context/metric-reference.js'
import { configMembers, NodeContext } from '../../context/node-context.js'
import { politePauses } from '../../context/pauses.js'
import { runtimeConfig } from '../../context/runtime-config.js'
import type { ManifestNode } from '../../contract.js'
import { batchConfig, batchObject } from '../../event-time/batch-context.js'
import type { EventContext, EventSink } from '../../log/event-sink.js'
import { nodeInfo } from '../../log/node-info.js'
import { toPlain, toPython } from '../../python/values.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import { executionFunction } from './function-reference.js'
import { executionRef, executionSource } from './references.js'

/** Everything that a node's templates can name while it is executed, but for what needs its connection. */
export function executionContext(scope: ExecutionScope, node: ManifestNode, run: RunnerOptions): NodeContext {
  const { project, index, isEmpty, sample, deferred } = scope
  const { batch } = run
  const elsewhere = (found: ManifestNode) => run.standIn?.(found) ?? deferred?.ref(found)
  const rows = { isEmpty, sample: run.inputWindow ?? sample, batch }
  const { events } = project.invocation
  const config = () => runtimeConfig(project)
  const references = { index, relations: project.relations, node, rows, deferred: elsewhere, events, config }
  const context = new NodeContext({
    invocation: project.invocation,
    registry: project.registry,
    root: project.root,
    packageName: node.package_name,
    testPackage: node.test_metadata?.namespace ?? undefined,
    own: project.packages.find((one) => one.name === node.package_name),
    isAsync: true,
    dispatchPrefixes: project.dispatchPrefixes,
    builtin: project.builtin,
    vars: run.vars,
    onMacro: () => {},
    pause: politePauses(run.signal),
  })
  if (run.addsToRelation) context.override('is_incremental', () => true).override('should_full_refresh', () => false)
  const logger = loggerOf(scope, node, run)
  return context
    .set('execute', true)
    .set('this', nodeRelation(project.relations, node))
    .set('database', node.database)
    .set('schema', node.schema)
    .setLazy('model', () => modelObject(node, batch, engineOf(project.target.type).translateType ?? translatedType))
    .set('config', configObject(node))
    .set('ref', executionRef(references))
    .set('source', executionSource(references))
    .set('metric', executionMetric(project.manifest, node))
    .set(
      'function',
      executionFunction({
        manifest: project.manifest,
        relations: project.relations,
        node,
        deferred: deferred?.unlessSelected,
      }),
    )
    .set('graph', scope.graph)
    .set('selected_resources', scope.selectedIds)
    .setLazy('pre_hooks', () => hooks(node, 'pre-hook'))
    .setLazy('post_hooks', () => hooks(node, 'post-hook'))
    .set('sql', node.compiled_code ?? '')
    .set('compiled_code', node.compiled_code ?? '')
    .setLazy('exceptions', () => exceptionFunctions(logger, project.invocation.events, { node: nodeInfo(node) }))
    .setLazy('flags', () =>
      toPython({ ...project.invocation.flags, FULL_REFRESH: run.fullRefresh ?? scope.fullRefresh, EMPTY: isEmpty }),
    )
    .set(
      'log',
      defineFunction('log', ['msg', 'info?'], (message: unknown, isInfo: unknown = false) => {
        logger[truthy(isInfo) ? 'info' : 'debug'](str(message))
        return ''
      }),
    )
}

/** A contract may say `string` on every engine. */
const withTranslatedTypes = (
  columns: ManifestNode['columns'],
  translate: (type: unknown) => string,
): ManifestNode['columns'] =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const type = column.data_type
      return [name, type === null ? column : { ...column, data_type: translate(type) }]
    }),
  )

function modelObject(node: ManifestNode, batch: RunnerOptions['batch'], translate: (type: unknown) => string): PyDict {
  const columns = node.contract?.alias_types ? withTranslatedTypes(node.columns, translate) : node.columns
  const model = toPython({ ...node, columns, config: { ...node.config } }) as PyDict
  if (!batch) return model
  const config = model.get('config') as PyDict
  for (const [name, value] of batchConfig(batch)) config.set(name, value)
  return model.set('batch', batchObject(batch))
}

function loggerOf({ project }: ExecutionScope, node: ManifestNode, { onLog }: RunnerOptions) {
  const { logger, events } = project.invocation
  if (!onLog && events) return eventLogger(events, { node: nodeInfo(node) }, logger)
  if (!onLog) return logger
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string) => onLog(level, message)
  return { ...logger, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/** What templates log, as events of their node. */
function eventLogger(events: EventSink, context: EventContext, logger: Logger): Logger {
  return {
    ...logger,
    debug: (msg: string) => events.fire('JinjaLogDebug', { msg }, context),
    info: (msg: string) => events.fire('JinjaLogInfo', { msg }, context),
    warn: (msg: string) => events.warn('JinjaLogWarning', { msg }, context),
  }
}

function hooks(node: ManifestNode, name: 'pre-hook' | 'post-hook'): unknown {
  const list = node.config[name]
  if (!Array.isArray(list)) return []
  return list.map((hook: unknown) =>
    typeof hook === 'string'
      ? PyDict.from([
          ['sql', hook],
          ['transaction', true],
        ])
      : PyDict.from([['transaction', true] as const, ...pairs(toPython(hook))]),
  )
}

/** `config`: its call says nothing while executing, `set` changes what this run reads of it. */
function configObject(node: ManifestNode) {
  const changed: Record<string, unknown> = {}
  const current = () => ({ ...node.config, ...changed })
  const members: Readonly<Record<string, unknown>> = {
    ...configMembers(current),
    set: (name: unknown, value: unknown) => {
      changed[str(name)] = toPlain(value)
      return ''
    },
  }
  // A header may hold what only running can know, so the last word on it is spoken now.
  const call = (args: readonly unknown[], kwargs: Kwargs | null) => {
    const given = [...args.flatMap((arg) => (arg instanceof Kwargs ? [] : pairs(arg))), ...(kwargs?.entries ?? [])]
    for (const [key, value] of given)
      if (['sql_header', 'unique_key'].includes(str(key)) && value !== null) changed[str(key)] = toPlain(value)
    return ''
  }
  const member = (name: string) => (name === 'model' ? toPython(node) : members[name])
  return { jinjaCall: call, jinjaAttribute: member }
}
