import {
  defineFunction,
  equals,
  iterate,
  type JinjaCallable,
  PyDict,
  PyTuple,
  pairs,
  repr,
  str,
  truthy,
} from '../../jinja/index.js'
import type { Cell } from '../../warehouse/index.js'
import type { ManifestColumn } from '../contract.js'
import { transformErrors } from '../errors.js'
import { toPlain } from '../python/values.js'
import type { Adapter } from './adapter.js'
import { behaviorObject } from './behavior.js'
import { renderColumnConstraint, renderColumns, renderModelConstraint, renderModelConstraints } from './constraints.js'
import { IndexConfig } from './index-config.js'
import { Relation, textOrNull } from './relation.js'
import { type SeedTable, sqlTypeOf } from './seed-table.js'
import { AgateTable } from './table.js'

/** A value of a template as a parameter of a statement. */
function parameterOf(value: unknown): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return value
  return str(value)
}

/** A method that answers nothing, as Python's `None` printed in a template by mistake would not be wanted. */
const silently =
  (work: (...args: never[]) => Promise<unknown> | unknown) =>
  async (...args: unknown[]): Promise<string> => {
    await (work as (...args: unknown[]) => unknown)(...args)
    return ''
  }

/** @throws TRANSFORM_COMPILE before a statement is made of what is no relation */
function relationArgument(method: string, value: unknown): Relation {
  if (value instanceof Relation) return value
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `adapter.${method}() needs a relation, and was given ${repr(value)}.`,
    hint: 'Hand it `this`, a ref() or source(), or what api.Relation.create() or load_relation() answers.',
  })
}

const withRelation = (name: string, work: (relation: Relation, ...more: unknown[]) => unknown, more: string[] = []) =>
  defineFunction(name, ['relation', ...more], (relation: unknown, ...others: unknown[]) =>
    work(relationArgument(name, relation), ...others),
  )
const withTwoRelations = (name: string, work: (from: Relation, to: Relation) => unknown) =>
  defineFunction(name, ['from_relation', 'to_relation'], (from: unknown, to: unknown) =>
    work(relationArgument(name, from), relationArgument(name, to)),
  )

/** dbt's `adapter` in templates: every member under dbt's name and with dbt's arguments. */
export function adapterObject(adapter: Adapter) {
  const members: Readonly<Record<string, unknown>> = {
    ...aboutAdapter(adapter),
    ...statements(adapter),
    ...relations(adapter),
    ...schemas(adapter),
    ...columns(adapter),
    ...tables(adapter),
    ...adapter.options.engine.members(adapter.options.target.credentials, adapter),
  }
  return { pythonType: 'DatabaseWrapper', jinjaAttribute: (name: string): unknown => members[name] }
}

function aboutAdapter(adapter: Adapter): Record<string, unknown> {
  const { options } = adapter
  const { target, warehouse, engine, quoting } = options
  const credentials = { jinjaAttribute: (key: string) => target.credentials[key] }
  return {
    Relation: adapter.api.Relation,
    Column: adapter.api.Column,
    ConstraintSupport: new PyDict(),
    config: { jinjaAttribute: (name: string) => (name === 'credentials' ? credentials : undefined) },
    behavior: behaviorObject(options.flags, engine.behaviorFlags),
    connections: { jinjaAttribute: () => () => null },
    type: () => target.type,
    is_cancelable: () => true,
    nice_connection_name: () => 'connection',
    date_function: () => engine.dateFunction,
    quote: (name: unknown) => warehouse.quoteIdentifier(str(name)),
    /** A text for SQL of our own macros; `string_literal` of dbt expects one that is escaped already. */
    quote_literal: (text: unknown) => warehouse.quoteLiteral(str(text)),
    quote_as_configured: (name: unknown, part: unknown) =>
      (quoting[str(part)] ?? !engine.relations.areNamesBare) ? warehouse.quoteIdentifier(str(name)) : str(name),
    quote_seed_column: defineFunction(
      'quote_seed_column',
      ['column', 'quote_config?'],
      (column: unknown, quoted: unknown) => seedColumn(adapter, str(column), quoted),
    ),
    warn_once: silently((message: unknown) => options.warn(str(message))),
    dispatch: defineFunction(
      'dispatch',
      ['macro_name', 'macro_namespace?', 'packages?'],
      (macro: unknown, namespace: unknown) => options.dispatch(str(macro), textOrNull(namespace)),
    ),
    get_incremental_strategy_macro: (_: unknown, strategy: unknown) =>
      adapter.strategyMacro(strategy == null ? 'default' : str(strategy)),
    valid_incremental_strategies: () => [...engine.incrementalStrategies],
  }
}

function statements({ connection, options: { engine, print } }: Adapter): Record<string, unknown> {
  return {
    execute: defineFunction(
      'execute',
      ['sql', 'auto_begin?', 'fetch?', 'limit?'],
      async (sql: unknown, autoBegin: unknown = false, _: unknown = false, limit: unknown = null) => {
        const result = await connection.execute(str(sql), truthy(autoBegin), limit === null ? undefined : Number(limit))
        return PyTuple.fromArray([engine.response(result), AgateTable.fromResult(result, print)])
      },
    ),
    add_query: defineFunction(
      'add_query',
      ['sql', 'auto_begin?', 'bindings?', 'abridge_sql_log?'],
      async (sql: unknown, autoBegin: unknown = true, bindings: unknown = null) => {
        const params = bindings === null ? undefined : iterate(bindings).map(parameterOf)
        await connection.execute(str(sql), truthy(autoBegin), undefined, params)
        return ''
      },
    ),
    begin: silently(() => connection.begin()),
    commit: silently(() => connection.commit()),
    commit_if_has_connection: silently(() => connection.commit()),
    validate_sql: async (sql: unknown) => engine.response(await connection.execute(`explain ${str(sql)}`, false)),
  }
}

function relations(adapter: Adapter): Record<string, unknown> {
  const { cache, target, engine, quoting } = adapter.options
  const named = (database: unknown, schema: unknown, identifier: unknown) =>
    Relation.create(engine.relations, {
      database: textOrNull(database) ?? target.database,
      schema: str(schema),
      identifier: str(identifier),
      quoted: quoting,
    })
  const list = (database: unknown, schema: unknown) => cache.list(textOrNull(database) ?? target.database, str(schema))
  return {
    get_relation: defineFunction(
      'get_relation',
      ['database?', 'schema?', 'identifier?', 'needs_information?'],
      (database: unknown, schema: unknown, identifier: unknown) =>
        schema == null || identifier == null ? null : cache.get(named(database, schema, identifier)),
    ),
    load_relation: withRelation('load_relation', (relation) => cache.get(relation)),
    list_relations: defineFunction('list_relations', ['database', 'schema'], list),
    list_relations_without_caching: withRelation('list_relations_without_caching', (schema) =>
      adapter.listRelations(schema),
    ),
    already_exists: async (schema: unknown, identifier: unknown) =>
      (await cache.get(named(null, schema, identifier))) !== null,
    drop_relation: defineFunction(
      'drop_relation',
      ['relation'],
      silently((relation: unknown) =>
        adapter.dropRelation(relation === null ? null : relationArgument('drop_relation', relation)),
      ),
    ),
    truncate_relation: withRelation(
      'truncate_relation',
      silently((relation: Relation) => adapter.runMacro('truncate_relation', relation)),
    ),
    rename_relation: withTwoRelations('rename_relation', (from, to) => adapter.renameRelation(from, to).then(() => '')),
    cache_added: withRelation(
      'cache_added',
      silently((relation: Relation) => adapter.connection.added(relation)),
    ),
    cache_dropped: withRelation(
      'cache_dropped',
      silently((relation: Relation) => adapter.connection.dropped(relation)),
    ),
    cache_renamed: withTwoRelations(
      'cache_renamed',
      silently((from: Relation, to: Relation) => {
        adapter.connection.dropped(from)
        adapter.connection.added(to)
      }),
    ),
    generate_unique_temporary_table_suffix: () => `__dbt_tmp${Date.now().toString(36)}`,
  }
}

function schemas(adapter: Adapter): Record<string, unknown> {
  const { target } = adapter.options
  return {
    create_schema: withRelation(
      'create_schema',
      silently((relation: Relation) => adapter.createSchema(relation)),
    ),
    drop_schema: withRelation(
      'drop_schema',
      silently((relation: Relation) => adapter.dropSchema(relation)),
    ),
    check_schema_exists: defineFunction(
      'check_schema_exists',
      ['database', 'schema'],
      (database: unknown, schema: unknown) => adapter.hasSchema(textOrNull(database) ?? target.database, str(schema)),
    ),
    list_schemas: (database: unknown) => adapter.listSchemas(textOrNull(database) ?? target.database),
    verify_database: (database: unknown) => verifyDatabase(adapter, str(database)),
    use_database: () => '',
  }
}

function columns(adapter: Adapter): Record<string, unknown> {
  const quote = (name: string) => adapter.options.warehouse.quoteIdentifier(name)
  const plain = (value: unknown) => toPlain(value)
  return {
    get_columns_in_relation: withRelation('get_columns_in_relation', (relation) => adapter.columns(relation)),
    get_missing_columns: withTwoRelations('get_missing_columns', (from, to) => adapter.missingColumns(from, to)),
    expand_target_column_types: withTwoRelations('expand_target_column_types', (from, to) =>
      adapter.expandColumns(from, to).then(() => ''),
    ),
    get_column_schema_from_query: (sql: unknown) => adapter.columnsOf(str(sql)),
    get_columns_in_query: async (sql: unknown) => (await adapter.columnsOf(str(sql))).map((column) => column.name),
    parse_index: (raw: unknown) => (raw === null ? null : IndexConfig.parse(plain(raw))),
    render_raw_columns_constraints: defineFunction('render_raw_columns_constraints', ['raw_columns'], (raw: unknown) =>
      renderColumns(plain(raw) as Record<string, ManifestColumn>, quote),
    ),
    render_raw_model_constraints: defineFunction('render_raw_model_constraints', ['raw_constraints'], (raw: unknown) =>
      renderModelConstraints((plain(raw) ?? []) as unknown[]),
    ),
    render_column_constraint: (constraint: unknown) => renderColumnConstraint(plain(constraint)),
    render_model_constraint: (constraint: unknown) => renderModelConstraint(plain(constraint)),
    CONSTRAINT_SUPPORT: adapter.options.engine.constraints,
  }
}

function tables(adapter: Adapter): Record<string, unknown> {
  return {
    convert_type: (table: { seed?: SeedTable }, index: unknown) =>
      table.seed ? sqlTypeOf(table.seed, Number(index)) : 'varchar',
    get_seed_file_path: (model: unknown) => adapter.options.seedFile(plainModel(model)),
    can_copy_seed: (table: { seed?: SeedTable }) => table.seed?.isCopyable === true,
    load_seed_rows: (relation: Relation, table: { seed: SeedTable }, quoted: unknown, rowsAtOnce: unknown) =>
      adapter.loadSeed(relation, table.seed, (name) => seedColumn(adapter, name, quoted), Number(rowsAtOnce)),
    standardize_grants_dict: (table: unknown) => adapter.grantsOf(table),
    get_hard_deletes_behavior: (config: unknown) => hardDeletes(config),
    valid_snapshot_target: withRelation(
      'valid_snapshot_target',
      silently((relation: Relation, names: unknown = null) => checkSnapshot(adapter, relation, names)),
      ['column_names?'],
    ),
    assert_valid_snapshot_target_given_strategy: withRelation(
      'assert_valid_snapshot_target_given_strategy',
      silently((relation: Relation, names: unknown) => checkSnapshot(adapter, relation, names)),
      ['column_names', 'strategy?'],
    ),
  }
}

/** Columns of seeds are quoted unless `quote_columns` says otherwise. */
function seedColumn({ options: { warehouse, engine } }: Adapter, name: string, quoted: unknown): string {
  if (quoted === undefined || quoted === null)
    return engine.relations.areNamesBare ? name : warehouse.quoteIdentifier(name)
  if (quoted === true) return warehouse.quoteIdentifier(name)
  if (quoted === false) return name
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `The seed's \`quote_columns\` is ${str(quoted)}, which is neither true nor false.`,
  })
}

/** @throws TRANSFORM_COMPILE where a connection sees one database and this is another one */
function verifyDatabase({ options: { engine, target, warehouse } }: Adapter, written: string): string {
  const database = written.replace(/^"|"$/g, '')
  if (warehouse.capabilities.catalogs || database.toLowerCase() === target.database.toLowerCase()) return ''
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `Cross-db references not allowed in ${engine.type} (${database} vs ${target.database})`,
    hint: `Remove \`database: ${database}\`, or use a target that connects to it.`,
  })
}

const plainModel = (model: unknown) => toPlain(model)
const entriesOf = (value: unknown) => new Map(pairs(value).map(([key, item]) => [str(key), item]))

/** What a snapshot does with rows that are gone, from its config: the object of the context or a dict. */
function hardDeletes(config: unknown): string {
  const object = config as { jinjaAttribute?: (name: string) => unknown }
  const get = object.jinjaAttribute?.('get') as JinjaCallable | undefined
  const value = (key: string) => (get?.jinjaCall ? get.jinjaCall([key], null) : entriesOf(config).get(key)) ?? null
  const [older, wanted] = [value('invalidate_hard_deletes'), value('hard_deletes')]
  const fail = (message: string) => {
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message,
      hint: 'Use hard_deletes: ignore, invalidate or new_record.',
    })
  }
  if (older !== null && wanted !== null)
    fail("You cannot set both the 'invalidate_hard_deletes' and 'hard_deletes' config properties on the same snapshot.")
  if (wanted === null) return older === true ? 'invalidate' : 'ignore'
  if (!['ignore', 'invalidate', 'new_record'].includes(str(wanted))) fail('Invalid setting for property hard_deletes.')
  return str(wanted)
}

async function checkSnapshot(adapter: Adapter, relation: Relation, names: unknown): Promise<void> {
  const given = names === null ? [] : pairs(names).map(([, value]) => str(value))
  const present = new Set((await adapter.columns(relation)).map((column) => column.name.toLowerCase()))
  const wanted = given.length > 0 ? given : ['dbt_scd_id', 'dbt_valid_from', 'dbt_valid_to']
  const missing = wanted.filter((name) => !present.has(name.toLowerCase()) && !equals(name, 'dbt_is_deleted'))
  if (missing.length > 0)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `Snapshot target is missing configured columns (missing "${missing.join('", "')}"): ${relation.render()} has others.`,
      hint: 'Something else made this table. Drop it, or give the snapshot another alias.',
    })
}
