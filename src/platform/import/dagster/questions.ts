import { instanceSchema, partitionsSchema, placesSchema, repositorySchema } from './answers.js'
import { fieldsQuery, type KnownFields, selectionSet } from './fields.js'

/** What is asked, one after the other: whatever the answer is to hold. Each names its operation, so that logs of Dagster tell who asked. */
export const questions = {
  places: `query MillraceImportPlaces { ${selectionSet(placesSchema)} }`,

  fields: fieldsQuery('MillraceImportFields', [instanceSchema, repositorySchema, partitionsSchema]),

  instance: (known: KnownFields) => `query MillraceImportInstance { ${selectionSet(instanceSchema, known)} }`,

  repository: (known: KnownFields) => `query MillraceImportRepository($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) { ${selectionSet(repositorySchema.shape.repositoryOrError, known)} }
}`,

  partitions: (known: KnownFields) => `query MillraceImportPartitions($asset: AssetKeyInput!) {
  assetNodeOrError(assetKey: $asset) { ${selectionSet(partitionsSchema.shape.assetNodeOrError, known)} }
}`,
} as const
