import { isMapping } from '../../../../base/index.js'
import { type BuildScope, defineComponent } from '../../component.js'
import type {
  DeclarativeStream,
  Mapping,
  PartitionRouter,
  RecordFilter,
  StreamCursor,
  StreamSlice,
} from '../../component-contract.js'
import { noCursor } from '../cursors/no-cursor.js'
import { routerOf } from '../partitions/router-of.js'
import { type DeclarativeStreamDefinition, declarativeStreamSchema } from './declarative-stream-schema.js'
import { isParentName } from './parent-names.js'
import { primaryKeyOf } from './primary-key.js'
import { sharedSchema } from './shared-schemas.js'
import { schemaOf } from './stream-schema.js'

export const declarativeStream = defineComponent({
  type: 'DeclarativeStream',
  kind: 'stream',
  schema: declarativeStreamSchema,
  build: (definition, scope, { state, parentOf, readFor }) => {
    const name = definition.name ?? ''
    const kept = migrated(definition, scope, state)
    const router = routerOf(definition.retriever.partition_router, scope, {
      stream: name,
      state: kept,
      isOfParent: parentOf !== undefined,
      readFor: readFor ?? name,
    })
    const cursor = cursorOf(definition, scope, { name, router, state: kept })
    const own = schemaOf(definition, scope, name)
    const schema = parentOf === undefined ? sharedSchema(scope.shared, definition, own) : own
    const primaryKey = primaryKeyOf(definition.primary_key)
    const { file_uploader: files } = definition
    const retriever = scope.build('retriever', definition.retriever, {
      name,
      primaryKey,
      cursor,
      transformations: (definition.transformations ?? []).map((each) => scope.build('transformation', each)),
      ...filtering(definition, cursor),
      schema,
      hasFiles: files != null,
      isAuxiliary: parentOf !== undefined,
      readFor,
      useCache: isCached(
        definition,
        parentOf === 'stream' || (parentOf === undefined && isParentName(scope.shared, name)),
      ),
    })
    const limit = scope.services.limits?.slices
    return {
      name,
      primaryKey,
      cursorField: cursor.cursorField,
      cursor,
      parents: router?.parents ?? [],
      schema: () => schema.schema(),
      files: files ? scope.build('file_uploader', files, { stream: name, primaryKey }) : undefined,
      slices: () => limited(retriever.slices?.() ?? cursor.slices(), limit),
      readSlice: (slice) => retriever.readSlice(slice),
    } satisfies DeclarativeStream
  },
})

/** The kept state in the shape that the cursor has now; undefined where there is none. */
function migrated(
  definition: DeclarativeStreamDefinition,
  scope: BuildScope,
  state: Mapping | undefined,
): Mapping | undefined {
  const migrations = (definition.state_migrations ?? []).map((each) =>
    scope.build('state_migration', each, { stream: definition }),
  )
  const found = migrations.reduce((kept, migration) => migration.migrate(kept), state ?? {})
  return Object.keys(found).length > 0 ? found : undefined
}

/** Others read it too, so its pages are kept, unless its definition says otherwise. */
function isCached({ retriever }: DeclarativeStreamDefinition, isWanted: boolean): boolean {
  return isWanted && !(isMapping(retriever.requester) && retriever.requester.use_cache === false)
}

function cursorOf(
  definition: DeclarativeStreamDefinition,
  scope: BuildScope,
  given: {
    readonly name: string
    readonly router: PartitionRouter | undefined
    readonly state: Mapping | undefined
  },
): StreamCursor {
  const { name, router, state } = given
  if (!definition.incremental_sync) return noCursor(router, () => scope.services.clock.now())
  return scope.build('incremental_sync', definition.incremental_sync, { stream: name, partitionRouter: router, state })
}

/** A data feed drops what was synced before after its pages were counted, by itself. */
function filtering({ incremental_sync: sync }: DeclarativeStreamDefinition, cursor: StreamCursor) {
  const isDataFeed = sync?.is_data_feed === true
  const isClientSide = sync?.is_client_side_incremental === true
  const clientSideFilter: RecordFilter = {
    uses: cursor.uses,
    filter: (records, place) => records.filter((record) => !place.slice || cursor.shouldBeSynced(record, place.slice)),
  }
  return { isDataFeed, transformsFirst: isClientSide, ...(isClientSide && !isDataFeed ? { clientSideFilter } : {}) }
}

async function* limited(slices: AsyncIterable<StreamSlice>, limit: number | undefined): AsyncIterable<StreamSlice> {
  let left = limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  for await (const slice of slices) {
    yield slice
    if (--left <= 0) return
  }
}
