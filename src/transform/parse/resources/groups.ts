import { isMapping } from '../../project/yaml-file.js'
import { below } from '../files/files.js'
import { keep, type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'

export function parseGroups(scope: ParseScope): void {
  parseEachEntry(scope, scope.properties.ofKind('groups'), 'groups', (property) => parseGroup(scope, property))
}

function parseGroup(scope: ParseScope, property: Property): void {
  const { name, package: own, file, values } = property
  const id = `group.${own.name}.${name}`
  keep(scope, 'groups', {
    unique_id: id,
    resource_type: 'group',
    name,
    package_name: own.name,
    path: below(file),
    original_file_path: file,
    owner: { email: null, name: null, ...(isMapping(values.owner) ? values.owner : {}) },
    description: scope.docs.describe(values.description, own.name, () => property.at).text || null,
    config: { meta: {}, ...(isMapping(values.config) ? values.config : {}) },
  })
}
