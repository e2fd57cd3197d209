import { listedTypes } from '../../../graph/resource-types.js'
import type { Flag } from '../dbt-flags.js'

const resourceTypes = [...listedTypes, 'analysis', 'default']

/** Which nodes, and what to compare them with. */
export const selectionFlags: readonly Flag[] = [
  {
    names: ['--select', '-s', '--models', '--model', '-m'],
    kind: 'list',
    key: 'select',
    help: 'what to take: names, paths, +upstream, downstream+, tag:, source:, state: …',
  },
  { names: ['--exclude'], kind: 'list', key: 'exclude', help: 'what to leave out of it' },
  {
    names: ['--selector'],
    kind: 'text',
    key: 'selector',
    value: 'name',
    help: 'a selection of selectors.yml, by its name',
  },
  {
    names: ['--resource-type', '--resource-types'],
    kind: 'list',
    key: 'resourceType',
    env: 'DBT_RESOURCE_TYPES',
    choices: [...resourceTypes, 'all'],
    help: 'only these types',
  },
  {
    names: ['--exclude-resource-type', '--exclude-resource-types'],
    kind: 'list',
    key: 'excludeResourceType',
    env: 'DBT_EXCLUDE_RESOURCE_TYPES',
    choices: resourceTypes,
    help: 'all but these types',
  },
  {
    names: ['--indirect-selection'],
    kind: 'text',
    key: 'indirect',
    choices: ['eager', 'cautious', 'buildable', 'empty'],
    env: 'DBT_INDIRECT_SELECTION',
    setting: 'indirect_selection',
    help: 'which tests come along: of anything chosen, or only of what is chosen wholly',
  },
  {
    names: ['--state'],
    kind: 'text',
    key: 'state',
    value: 'folder',
    env: 'DBT_STATE',
    help: 'a folder with the artifacts of another run, for state: and --defer',
  },
  {
    names: ['--defer-state'],
    kind: 'text',
    key: 'deferState',
    value: 'folder',
    env: 'DBT_DEFER_STATE',
    help: 'the same for --defer alone, where it is another one than for state:',
  },
  {
    names: ['--defer'],
    off: ['--no-defer'],
    kind: 'switch',
    key: 'defer',
    env: 'DBT_DEFER',
    help: 'refs to what is not selected lead to where --state says it is',
  },
  {
    names: ['--favor-state'],
    off: ['--no-favor-state'],
    kind: 'switch',
    key: 'favorState',
    env: 'DBT_FAVOR_STATE',
    help: 'with --defer: also where it exists here',
  },
  {
    names: ['--against'],
    kind: 'text',
    key: 'against',
    value: 'target',
    help: 'the target whose last runs to compare with or to defer to',
  },
]
